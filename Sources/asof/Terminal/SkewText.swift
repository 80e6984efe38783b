import FeatureDefs
import SkewChecker

/// A skew report for a terminal: the verdict, the worst five features, what changed since the run before, what to do now.
struct SkewText {
    private static let worstFeatures = 5

    private let document: SkewDocument
    private let isRepeated: Bool

    /// - Parameter isRepeated: nothing has been logged since the run that the document is of.
    init(_ document: SkewDocument, isRepeated: Bool = false) {
        self.document = document
        self.isRepeated = isRepeated
    }

    var text: String {
        var lines = [verdict]
        if isRepeated {
            lines.append("  nothing was logged since run \(document.run.map(String.init) ?? "-") at \(document.checkedAt)")
        }
        lines += document.services.map { service in
            "  \(service.service), plan \(service.planFingerprint.prefix(12)): \(service.rows) rows \(since)"
        }
        lines += worst + document.losses.map(Self.loss) + document.sources.flatMap(Self.source) + changes
        return (lines + ["", "  next: \(document.next)"]).joined(separator: "\n")
    }

    private var since: String {
        guard document.run != nil else { return "served since \(document.since)" }
        return isOfWholeLog ? "in the log, all that there is" : "logged since \(document.since)"
    }

    /// No `--since`, and no run before.
    private var isOfWholeLog: Bool { document.since == Timestamp.negativeInfinity.description }

    // MARK: Features

    private var features: [SkewDocument.Feature] { document.services.flatMap(\.features) }

    /// Those that fail first, then by their rate.
    private var worst: [String] {
        let differing = features.filter { $0.different > 0 }
        let sorted = differing.sorted { ($1.lowerBound, $1.different) < ($0.lowerBound, $0.different) }
        let shown = sorted.prefix(Self.worstFeatures)
        guard !features.isEmpty else { return [] }
        var lines = [""]
        if !shown.isEmpty {
            let width = max(7, shown.map(\.feature.count).max() ?? 0)
            lines.append("  " + "feature".padded(to: width) + "  verdict       different   compared      rate")
            for feature in shown {
                lines.append(
                    "  " + feature.feature.padded(to: width) + "  " + feature.verdict.rawValue.padded(to: 12)
                        + String(feature.different).padded(toLeft: 11) + String(feature.compared).padded(toLeft: 11)
                        + Self.percent(feature.mismatchRate ?? 0).padded(toLeft: 10))
                lines += Self.causes(of: feature)
            }
        }
        let rest = Dictionary(grouping: features.filter { !shown.contains($0) }, by: \.verdict).mapValues(\.count)
        let counts = SkewVerdict.allCases.compactMap { verdict in rest[verdict].map { "\($0) \(verdict.rawValue)" } }
        if !counts.isEmpty {
            lines.append("  \(shown.isEmpty ? "features" : "other features"): \(counts.joined(separator: ", "))")
        }
        let stale = features.filter { $0.staleness.verdict == .fail }
        for feature in stale {
            lines.append(
                "  \(feature.feature): \(feature.staleness.stale) of \(feature.staleness.compared) values had changed since their cut, "
                    + "more than the budget of \(Self.percent(document.limits.staleRate ?? 1))")
        }
        return lines
    }

    private static func causes(of feature: SkewDocument.Feature) -> [String] {
        feature.causes.flatMap { cause -> [String] in
            let line = "    \(cause.count) \(cause.code): \(cause.words)"
            return [line] + (cause.examples.first.map { ["      \(example($0))"] } ?? [])
        }
    }

    private static func example(_ example: SkewDocument.Example) -> String {
        let keys = example.keys.map { $0 ?? "NULL" }.joined(separator: ", ")
        return "served \(example.served ?? "NULL") (\(example.status.rawValue)), training computes "
            + "\(example.recomputed ?? "NULL"), for (\(keys)) at \(example.servedAt)"
    }

    private static func loss(_ loss: SkewDocument.Loss) -> String {
        let reason =
            switch loss.cause {
            case .queueFull: "requests came faster than the log could be written"
            case .storeUnavailable: "Postgres was away for too long"
            case .unstorable: "Postgres cannot hold their text"
            }
        return
            "  NOT CHECKED: \(loss.rows) rows of \(loss.service), lost by \(loss.host) between \(loss.first) and \(loss.last): \(reason)"
    }

    // MARK: Sources

    private static func source(_ source: SkewDocument.Source) -> [String] {
        guard source.missed > 0, let arrival = source.arrival, let most = arrival.lateness.last else { return [] }
        return [
            "",
            "  source \(source.source): \(source.missed) of \(arrival.rows) rows came after the run that should have had them, by up to "
                + "\(most) or more" + (source.verdict == .fail ? "; declare `\(source.proposal ?? "delay")`" : ""),
        ]
    }

    // MARK: Changes

    private var changes: [String] {
        guard let changes = document.changes else {
            return isOfWholeLog
                ? [] : ["", "  not recorded: `--since` only looks; without it the check goes on where the last one ended"]
        }
        var lines = [""]
        if let run = changes.previousRun, let at = changes.previousAt, let verdict = changes.previousVerdict {
            lines.append("  since run \(run) (\(at), \(verdict.rawValue)):")
        } else {
            lines.append("  run \(document.run.map(String.init) ?? "-"), the first:")
        }
        let details =
            changes.opened.map { "    opened   \(Self.finding($0)), \($0.count) values" }
            + changes.ongoing.map { finding in
                "    ongoing  \(Self.finding(finding)), "
                    + (finding.count > 0 ? "\(finding.count) values" : "not seen, too few values to close it")
                    + ", \(finding.nights) runs since \(finding.openedAt)"
            }
            + changes.closed.map { "    closed   \(Self.finding($0)): \($0.closedWhy ?? "")" }
            + changes.verdicts.map { "    verdict  \($0.service) \($0.feature): \($0.from.rawValue), now \($0.to.rawValue)" }
        return lines + (details.isEmpty ? ["    nothing changed"] : details)
    }

    private static func finding(_ finding: SkewDocument.Finding) -> String {
        "#\(finding.id) \(finding.service) \(finding.feature) \(finding.code)"
    }

    // MARK: Verdict

    private var verdict: String {
        let limit = Self.percent(document.limits.rate)
        let sure = Self.percent(1 - document.limits.alpha)
        switch document.verdict {
        case .pass:
            return
                "PASS: \(document.different) of \(document.compared) served values differ from what training computes; no feature "
                + "differs in more than \(limit), with \(sure) confidence"
        case .fail:
            let late = document.sources.filter { $0.verdict == .fail }.map(\.source)
            return "FAIL: \(document.different) of \(document.compared) served values differ from what training computes, "
                + "in \(features.count { $0.different > 0 }) of \(features.count) features"
                + (late.isEmpty ? "" : "; rows of \(late.joined(separator: ", ")) come later than declared")
        case .inconclusive:
            guard document.compared > 0 else {
                return "INCONCLUSIVE: nothing was logged\(document.run == nil && !isOfWholeLog ? " since \(document.since)" : "")"
            }
            let undecided = features.filter { $0.verdict == .inconclusive }
            let needed =
                undecided.compactMap(\.needed).max().map { "; \($0) more rows would decide, or a higher --max-rate" } ?? ""
            return "INCONCLUSIVE: \(document.different) of \(document.compared) served values differ; too few to say whether "
                + "\(undecided.count) of \(features.count) features differ in more than \(limit)\(needed)"
        }
    }

    private static func percent(_ share: Double) -> String {
        share < 0.0001 && share > 0 ? "under 0.01 %" : "\(Double(Int((share * 10_000).rounded())) / 100) %"
    }
}
