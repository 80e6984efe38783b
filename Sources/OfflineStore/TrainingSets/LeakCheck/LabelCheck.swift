import Columnar
import FeatureDefs

/// Finds the label among the spine's columns, and the features that alone give it away.
struct LabelCheck {
    let sample: ColumnTable
    let schema: TrainingSchema
    let request: TrainingRequest

    /// The label's column, and which rows have the greater of its two values; nil for a row without a label.
    struct Label {
        let name: String
        let isPositive: [Bool?]
    }

    /// The column that was named, or else the only one that could be it.
    func label(named name: String?) throws(TrainingError) -> Label? {
        if let name {
            guard schema.columns.contains(where: { !$0.isFeature && $0.name == name }) else {
                throw .noSuchLabel(name, available: schema.columns.filter { !$0.isFeature }.map(\.name))
            }
            return binary(name)
        }
        let taken = Set(request.selection.joinKeys.map(\.name) + request.selection.requestInputs.map(\.name))
            .union([request.timestampColumn])
        let candidates = schema.columns.filter { !$0.isFeature && !taken.contains($0.name) }.compactMap { binary($0.name) }
        return candidates.count == 1 ? candidates[0] : nil
    }

    /// nil unless the column has exactly two values.
    private func binary(_ name: String) -> Label? {
        guard let index = schema.columns.firstIndex(where: { $0.name == name }) else { return nil }
        let values = (0..<sample.rowCount).map { sample.columns[index].value(at: $0) }
        var distinct: [FeatureValue] = []
        for value in values where !value.isNull && !distinct.contains(value) {
            distinct.append(value)
            if distinct.count > 2 { return nil }
        }
        guard distinct.count == 2 else { return nil }
        let isSecondGreater = FeatureValueOrder.compare(distinct[0], distinct[1]) == .ascending
        let positive = distinct[isSecondGreater ? 1 : 0]
        return Label(name: name, isPositive: values.map { $0.isNull ? nil : $0 == positive })
    }

    func findings(_ label: Label) -> [LeakFinding] {
        let rows = label.isPositive.indices.filter { label.isPositive[$0] != nil }
        let isPositive = rows.map { label.isPositive[$0] ?? false }
        var findings: [LeakFinding] = []
        for (index, column) in schema.columns.enumerated() where column.isFeature {
            let type = request.selection.types[index - schema.spineColumnCount]
            let values = rows.map { sample.columns[index].featureValue(at: $0, as: type) }
            guard let area = LabelSeparation.area(values, isPositive: isPositive), area > LabelSeparation.suspicious else {
                continue
            }
            findings.append(
                LeakFinding(
                    kind: .separatesLabel,
                    subject: column.name,
                    description:
                        "feature `\(column.name)` alone tells `\(label.name)` (AUC \(Self.rounded(area)) over \(rows.count) rows); "
                        + "it may be made from the outcome"
                )
            )
        }
        return findings
    }

    private static func rounded(_ number: Double) -> Double { (number * 10_000).rounded() / 10_000 }
}
