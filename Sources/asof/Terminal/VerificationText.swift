import FeatureDefs
import Verification

/// What `asof verify` found, for a terminal.
struct VerificationText {
    private let document: VerificationDocument

    init(_ document: VerificationDocument) {
        self.document = document
    }

    var text: String {
        var lines = document.finding.map(section) ?? []
        lines.append(verdict)
        lines += document.notVerified.map { "NOT VERIFIED: \($0)" }
        return lines.joined(separator: "\n")
    }

    private func section(_ finding: VerificationDocument.Finding) -> [String] {
        var lines = ["\(finding.feature ?? finding.subject), \(finding.knowledge.rawValue): \(finding.summary)", ""]
        lines += finding.definition.map { "  \($0)" } + [""]
        for source in finding.sources + [finding.spine] { lines += table(source) + [""] }
        if !finding.circumstances.isEmpty { lines += finding.circumstances.map { "  \($0)" } + [""] }
        if !finding.answers.isEmpty {
            let width = finding.answers.map(\.way.count).max() ?? 0
            lines += finding.answers.map { "  \($0.way.padded(to: width))  \($0.value)" } + [""]
        }
        lines += [
            "The oracle is right by the time contract, or the contract is wrong: this is a fault of asof's, not of the definitions.",
            "Again: \(finding.command)", "",
        ]
        return lines
    }

    private func table(_ table: VerificationDocument.Finding.Table) -> [String] {
        guard !table.rows.isEmpty else { return ["  \(table.name): no rows"] }
        var text = TextTable(header: table.columns)
        for row in table.rows { text.add(row) }
        return ["  \(table.name)"] + text.text.split(separator: "\n").map { "    \($0)" }
    }

    private var verdict: String {
        let ways = document.ways.joined(separator: ", ")
        let runs =
            "\(document.runs) run\(document.runs == 1 ? "" : "s") of \(document.subjects.joined(separator: "; ")), seed \(document.seed)"
        return document.agrees
            ? "PASS: \(document.valuesCompared) values by \(ways) equal the oracle's, in \(runs)"
            : "FAIL: the first disagreement after \(document.valuesCompared) values by \(ways), in \(runs)"
    }
}
