import Columnar
import FeatureDefs

/// Finds the features that alone give the label away.
struct LabelCheck {
    let label: LabelSample.Label
    let schema: TrainingSchema
    /// The features', in their order.
    let types: [FeatureType]

    struct Outcome {
        var findings: [LeakFinding] = []
        /// Features that cannot be held against a label.
        var unordered: [String] = []
    }

    /// nil where a value of the label has too few rows for anything to be said.
    func run() -> Outcome? {
        guard min(label.counts.negatives, label.counts.positives) >= LabelSeparation.leastRowsOfAClass else { return nil }
        var outcome = Outcome()
        for (index, column) in schema.columns.enumerated() where column.isFeature {
            let type = types[index - schema.spineColumnCount]
            let values = label.isPositive.indices.map { label.rows.columns[index].featureValue(at: $0, as: type) }
            guard let area = LabelSeparation.area(values, isPositive: label.isPositive) else {
                outcome.unordered.append(column.name)
                continue
            }
            guard area > LabelSeparation.suspicious else { continue }
            outcome.findings.append(
                LeakFinding(
                    kind: .separatesLabel,
                    subject: column.name,
                    description:
                        "feature `\(column.name)` alone tells `\(label.name)` (AUC \(Self.rounded(area)) over "
                        + "\(label.isPositive.count) rows); it may be made from the outcome"
                )
            )
        }
        return outcome
    }

    private static func rounded(_ number: Double) -> Double { (number * 10_000).rounded() / 10_000 }
}
