import FeatureDefs
import OfflineStore

/// An explanation for a terminal.
struct ExplanationText {
    private let document: ExplanationDocument

    init(_ document: ExplanationDocument) {
        self.document = document
    }

    var text: String { (head + values + rows + served + ["SQL:", document.sql]).joined(separator: "\n") }

    private var head: [String] {
        let keys = document.keys.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value ?? "NULL")" }.joined(separator: " ")
        var lines = ["\(document.feature) = \(document.computation), for \(keys) at \(document.at)", ""]
        lines.append(
            "  cut     \(document.cut)" + (document.schedule.map { "  (\($0))" } ?? "  (no schedule: the instant itself)"))
        if let start = document.windowStart { lines.append("  window  events after \(start), until the cut") }
        if let ttl = document.ttl { lines.append("  ttl     \(ttl): a latest value older than that at the instant is NULL") }
        return lines + [""]
    }

    private var values: [String] {
        var table = TextTable(header: ["knowledge", "value"])
        for value in document.values { table.add([value.what, value.value ?? "NULL"]) }
        return [table.text, ""]
    }

    private var rows: [String] {
        guard !document.rows.isEmpty else { return ["The source has no row of this entity.", ""] }
        var table = TextTable(header: ["row", "event", "available", "value"])
        for row in document.rows {
            table.add([Self.words(row.part), row.event ?? "NULL", row.available ?? "", row.argument ?? ""])
        }
        let counts = ExplainedRow.Part.allCases.compactMap { part in
            document.counts[part.rawValue].map { "\($0) \(Self.words(part))" }
        }
        return [table.text, "", "Rows in all: \(counts.joined(separator: ", "))", ""]
    }

    private static func words(_ part: ExplainedRow.Part) -> String {
        switch part {
        case .contributes: "contributes"
        case .notLatest: "visible, not the latest"
        case .beforeWindow: "before the window"
        case .filtered: "filtered out"
        case .availableLater: "known too late"
        case .afterCut: "after the cut"
        case .future: "in the future"
        case .noEvent: "no event time"
        }
    }

    private var served: [String] {
        guard let served = document.served else { return ["Nothing was logged of it by then.", ""] }
        var table = TextTable(header: ["last served", "value"])
        table.add(["as served (\(served.status.rawValue))", served.value ?? "NULL"])
        for step in served.steps { table.add([step.what, step.value ?? "NULL"]) }
        let record = served.recordCut.map { "from the stored row of cut \($0)" } ?? "without a stored row"
        let cause = served.cause.map { "differs: \($0), \(served.causeWords ?? "")" } ?? "equal to what training computes"
        return [
            "By \(served.service) at \(served.servedAt) on \(served.host), \(record): \(cause)", "", table.text, "",
        ]
    }
}
