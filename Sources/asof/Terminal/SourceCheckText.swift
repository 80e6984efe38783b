import OfflineStore

/// What a source was held to, for a terminal: one line for each expectation, rows that break it, the verdict.
struct SourceCheckText {
    private let report: SourceCheckReport

    init(_ report: SourceCheckReport) {
        self.report = report
    }

    var text: String {
        let since = report.since.map { " that became available from \($0) on" } ?? ""
        var table = TextTable(header: ["", "", "column", "expected", "found"])
        for check in report.checks {
            table.add([Self.sign(check.outcome), check.kind.rawValue, check.column ?? "", check.expected, check.found])
        }
        // Under each broken expectation its examples.
        var lines = ["\(report.source): \(report.rows) \(report.rows == 1 ? "row" : "rows")\(since)"]
        for (line, check) in zip(table.text.split(separator: "\n").dropFirst(), report.checks) {
            lines.append("  \(line)")
            for example in check.examples { lines.append("       \(example)") }
        }
        return (lines + [verdict]).joined(separator: "\n")
    }

    private var verdict: String {
        let broken = report.checks.count { $0.outcome == .fail }
        let unknown = report.checks.count { $0.outcome == .inconclusive }
        switch report.outcome {
        case .pass: return "PASS: \(report.checks.count) as expected"
        case .fail: return "FAIL: \(broken) of \(report.checks.count) not as expected"
        case .inconclusive: return "INCONCLUSIVE: \(unknown) of \(report.checks.count) could not be judged"
        }
    }

    private static func sign(_ outcome: SourceCheckReport.Outcome) -> String {
        switch outcome {
        case .pass: "ok"
        case .fail: "!"
        case .inconclusive: "?"
        }
    }
}
