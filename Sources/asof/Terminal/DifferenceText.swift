import OfflineStore

/// The difference of two training sets for a terminal.
struct DifferenceText {
    private let content: TrainingSetDifference
    private let request: [ManifestDifference]
    private let a: String
    private let b: String

    init(_ content: TrainingSetDifference, request: [ManifestDifference], a: String, b: String) {
        self.content = content
        self.request = request
        self.a = a
        self.b = b
    }

    var text: String {
        var lines = request.map { "asked differently: \($0.what): \($0.a), \($0.b)" }
        if content.isEmpty { return (lines + ["same content: \(content.rowsInA) rows"]).joined(separator: "\n") }
        lines.append("rows: \(content.rowsInA) in \(a), \(content.rowsInB) in \(b)" + alignment)
        if content.rowsOnlyInA > 0 { lines.append("  \(content.rowsOnlyInA) only in \(a)") }
        if content.rowsOnlyInB > 0 { lines.append("  \(content.rowsOnlyInB) only in \(b)") }
        if !content.columnsOnlyInA.isEmpty {
            lines.append("columns only in \(a): \(content.columnsOnlyInA.joined(separator: ", "))")
        }
        if !content.columnsOnlyInB.isEmpty {
            lines.append("columns only in \(b): \(content.columnsOnlyInB.joined(separator: ", "))")
        }
        if content.isReordered { lines.append("columns stand in another order") }
        for column in content.types { lines.append("column \(column.column): of type \(column.a), \(column.b)") }
        for column in content.columns {
            let distance = column.largest.map { ", by \($0) at most" } ?? ""
            lines.append("column \(column.column): \(column.rows) row\(column.rows == 1 ? "" : "s") differ\(distance)")
            lines += column.examples.map { example in
                let row = example.rowInA == example.rowInB ? "\(example.rowInA)" : "\(example.rowInA) and \(example.rowInB)"
                return "  row \(row): \(example.a ?? "NULL"), \(example.b ?? "NULL")"
            }
        }
        return lines.joined(separator: "\n")
    }

    private var alignment: String {
        switch content.alignment {
        case .position: ""
        case .spine: "; brought together by the spine's columns"
        }
    }
}
