import FeatureDefs

/// What a sample says of a change, for a terminal.
struct PlanSampleText {
    let views: [SampledView]

    var text: String {
        guard !views.isEmpty else { return "Nothing to sample: no feature of a feature view is computed in another way." }
        var table = TextTable(header: ["FEATURE", "ROWS", "DIFFER", "NULL", "MEAN", "PSI"])
        for change in views.flatMap(\.changes) {
            table.add([
                change.feature, "\(change.rows)", Self.percent(change.different, of: change.rows),
                Self.arrow(
                    Self.percent(change.oldNulls, of: change.rows), Self.percent(change.newNulls, of: change.rows)),
                Self.arrow(change.oldMean.map(Self.short), change.newMean.map(Self.short)),
                change.populationStabilityIndex.map(Self.decimals) ?? "",
            ])
        }
        let problems = views.compactMap { view in view.problem.map { "\(view.view): not sampled: \($0)" } }
        let head = "Applied and new definitions at the keys and event times of source rows, as served:"
        let isEmpty = views.allSatisfy(\.changes.isEmpty)
        return ([head] + (isEmpty ? [] : [table.text]) + problems).joined(separator: "\n")
    }

    private static func percent(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "" }
        let share = Double(part) / Double(whole) * 100
        return part > 0 && share < 0.01 ? "under 0.01 %" : "\((share * 100).rounded() / 100) %"
    }

    private static func arrow(_ old: String?, _ new: String?) -> String {
        switch (old, new) {
        case (nil, nil): ""
        case (let old, let new): old == new ? old ?? "" : "\(old ?? "none") → \(new ?? "none")"
        }
    }

    private static func decimals(_ number: Double) -> String { "\((number * 1000).rounded() / 1000)" }

    /// Four digits, which are enough to compare by.
    private static func short(_ number: Double) -> String {
        guard number != 0 else { return "0" }
        var scale = 1.0
        var rest = number.magnitude
        while rest < 1000, scale < 1e9 { (rest, scale) = (rest * 10, scale * 10) }
        return "\((number * scale).rounded() / scale)"
    }
}
