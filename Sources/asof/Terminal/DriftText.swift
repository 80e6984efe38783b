import DriftMonitor
import Foundation
import Profiler

/// A drift report for a terminal: the verdict, what is raised, what is close to it, what is not known.
struct DriftText {
    private let report: DriftReport

    init(_ report: DriftReport) {
        self.report = report
    }

    var text: String {
        var lines = [
            "\(report.subject), \(report.source), \(report.day) (\(report.hoursProfiled) of 24 hours profiled)",
            "  baseline \(report.baseline.prefix(28)): \(report.baselineRows) rows, \(report.baselineOrigin)",
        ]
        for against in report.against { lines += section(against) }
        for (reference, reason) in report.missingReferences.sorted(by: { $0.key < $1.key }) {
            lines += ["", "  against \(Self.name(reference)): not compared: \(reason)"]
        }
        if !report.notCompared.isEmpty {
            lines += ["", "  not compared:"]
            for (name, reason) in report.notCompared.sorted(by: { $0.key < $1.key }) { lines.append("    \(name): \(reason)") }
        }
        if let outcomes = report.outcomes { lines += OutcomeText(outcomes).lines }
        lines.append("")
        for limit in report.limits { lines.append("  Note: \(limit)") }
        return (lines + ["", verdict]).joined(separator: "\n")
    }

    private static func name(_ reference: String) -> String {
        reference == DriftReference.training.rawValue ? "the training set" : "the same weekday of the weeks before"
    }

    private func section(_ against: DriftReport.Against) -> [String] {
        let days = against.days.isEmpty ? "" : " (\(against.days.joined(separator: ", ")))"
        var lines = ["", "  against \(Self.name(against.reference.rawValue))\(days)"]
        let (alerts, warnings) = (against.alerts, against.warnings)
        if !alerts.isEmpty || !warnings.isEmpty {
            var table = TextTable(header: ["   ", "feature", "statistic", "effect", "gate", "noise", "p adjusted", "nights"])
            for (mark, findings) in [("  !", alerts), ("  ~", warnings)] {
                for finding in findings {
                    table.add([
                        mark, finding.name, finding.statistic.rawValue, number(finding.effect),
                        number(finding.gate.alert) + (finding.gate.calibratedBy == nil ? "" : "*"), number(finding.noise),
                        number(finding.adjustedP), finding.isSevere ? "severe" : "\(finding.hitsOf5) of 5",
                    ])
                }
            }
            lines += table.text.split(separator: "\n").map { "  \($0)" }
        }
        for finding in against.jointOnly {
            lines.append(
                "    \(finding.name): correlation \(finding.detail ?? ""); neither feature is raised by itself: how they go together "
                    + "has changed")
        }
        if let joint = against.joint, joint.level != .quiet {
            let features = joint.importances.filter { $0.lostAUC > 0.01 }.map(\.feature)
            lines.append(
                "    a classifier tells tonight's rows from the reference's with AUC \(number(joint.auc)) (0.5: not at all)"
                    + (features.isEmpty ? "" : ", by \(features.joined(separator: ", "))"))
        }
        if let discrepancy = against.discrepancy, discrepancy.level != .quiet {
            let measured = discrepancy.measured
            let nulls = [
                measured.entitiesP.map { "entities dealt anew to the two sides give as much at p \(number($0))" },
                measured.hoursP.map { "hours at p \(number($0))" },
                measured.nightsP.map { "the \(measured.nights) nights before at p \(number($0))" },
            ].compactMap { $0 }
            lines.append(
                "    the joint distribution is farther from the reference than chance makes it (MMD² \(number(measured.value)); "
                    + "\(nulls.joined(separator: ", ")))")
        }
        let open = against.features.filter { $0.verdict == .inconclusive }
        for feature in open {
            let needed = feature.neededRows.map { "; \(Int($0)) tonight would decide" } ?? "; the reference is too small to tell"
            lines.append(
                "    ? \(feature.name): \(Int(feature.currentRows)) independent rows against \(Int(feature.referenceRows))\(needed)"
            )
        }
        let passed = against.features.count { $0.verdict == .pass }
        lines.append("    \(passed) of \(against.features.count) features within their limits")
        return lines
    }

    private var verdict: String {
        switch report.verdict {
        case .alert:
            "ALERT: \(Set(report.against.flatMap { $0.alerts.map(\.name) }).count) features or pairs drifted"
                + (report.outcomes?.isAlert == true ? "; outcomes are not what scores say" : "")
        case .warn: "PASS, with warnings: nothing has drifted for long enough, or far enough, to alert"
        case .pass: "PASS: no change as large as the gates"
        case .inconclusive: "INCONCLUSIVE: not everything could be compared"
        }
    }

    /// Three digits.
    private func number(_ value: Double?) -> String {
        guard let value else { return "-" }
        return value != 0 && abs(value) < 0.001 ? String(format: "%.0e", value) : String(format: "%.3f", value)
    }
}
