import FeatureDefs
import SkewChecker

/// A skew report for a terminal: what matters first.
struct SkewText {
    private static let worstFeatures = 5

    private let document: SkewDocument

    init(_ document: SkewDocument) {
        self.document = document
    }

    var text: String {
        var lines: [String] = []
        for service in document.services { lines += section(service) }
        lines += document.losses.map(Self.loss)
        lines.append(verdict)
        return lines.joined(separator: "\n")
    }

    private func section(_ service: SkewDocument.Service) -> [String] {
        let width = service.features.map(\.feature.count).max() ?? 0
        var lines = [
            "\(service.service), plan \(service.planFingerprint.prefix(12)): \(service.rows) rows served since \(document.since)",
            "",
        ]
        lines.append("  " + "feature".padded(to: width) + "  compared     equal  different  verdict")
        for feature in service.features {
            let rate = feature.different == 0 ? "" : "  \(Self.percent(feature.mismatchRate ?? 0))"
            lines.append(
                "  " + feature.feature.padded(to: width) + String(feature.compared).padded(toLeft: 10)
                    + String(feature.equal).padded(toLeft: 10) + String(feature.different).padded(toLeft: 11)
                    + "  \(feature.verdict.rawValue)\(rate)"
            )
        }
        lines.append("")
        for feature in worst(of: service) { lines += causes(of: feature) }
        return lines
    }

    /// Those that fail first, then by their rate.
    private func worst(of service: SkewDocument.Service) -> [SkewDocument.Feature] {
        let differing = service.features.filter { $0.different > 0 }
        let sorted = differing.sorted { ($1.lowerBound, $1.different) < ($0.lowerBound, $0.different) }
        return Array(sorted.prefix(Self.worstFeatures))
    }

    private func causes(of feature: SkewDocument.Feature) -> [String] {
        var lines = ["  \(feature.feature): \(feature.different) of \(feature.compared) differ"]
        for cause in feature.causes {
            lines.append("    \(cause.count) \(cause.code): \(cause.words)")
            if let example = cause.examples.first { lines.append("      \(Self.example(example))") }
        }
        return lines + [""]
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
            "NOT CHECKED: \(loss.rows) rows of \(loss.service), lost by \(loss.host) between \(loss.first) and \(loss.last): \(reason)"
    }

    private var verdict: String {
        let features = document.services.flatMap(\.features)
        let limit = Self.percent(document.limits.rate)
        switch document.verdict {
        case .pass:
            return
                "PASS: \(document.different) of \(document.compared) served values differ from what training computes; no feature "
                + "differs in more than \(limit), with \(Self.percent(1 - document.limits.alpha)) confidence"
        case .fail:
            return "FAIL: \(document.different) of \(document.compared) served values differ from what training computes, "
                + "in \(features.count { $0.different > 0 }) of \(features.count) features"
        case .inconclusive:
            guard document.compared > 0 else {
                return "INCONCLUSIVE: nothing was logged since \(document.since); serve with `log: {sample: ...}` on the service"
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
