import DriftMonitor
import Foundation

/// What labels say, for a terminal: each week with how complete its labels are, and what that means in words.
struct OutcomeText {
    private let report: OutcomeReport

    init(_ report: OutcomeReport) {
        self.report = report
    }

    var lines: [String] {
        let through = report.labelsThrough.map {
            "labels through \(OutcomeReport.dateText($0)), F=\(Self.number(report.completenessThere ?? 0))"
        }
        var table = TextTable(header: ["week to", "predictions", "positive so far", "labels", "F", "rate", "expected by scores"])
        for cohort in report.cohorts {
            table.add([
                OutcomeReport.dateText(cohort.to - 1), "\(cohort.rows)", "\(cohort.positivesSeen)", cohort.stage.rawValue,
                Self.number(cohort.completeness), cohort.rate.map(Self.number) ?? "-",
                cohort.expectedRate.map(Self.number) ?? "-",
            ])
        }
        return ["", "  outcomes: \(through ?? "no label is old enough")"]
            + table.text.split(separator: "\n").map { "    \($0)" }
            + report.sentences.map { "    \($0)" }
    }

    private static func number(_ value: Double) -> String { String(format: "%.4f", value) }
}
