import FeatureDefs
import SkewChecker

/// A skew report for a terminal.
struct SkewText {
    private let report: SkewReport

    init(_ report: SkewReport) {
        self.report = report
    }

    var text: String {
        var lines: [String] = []
        for service in report.services { lines += section(service) }
        lines += report.losses.map(Self.loss)
        lines.append(verdict)
        return lines.joined(separator: "\n")
    }

    private func section(_ service: ServiceSkew) -> [String] {
        let width = service.features.map(\.feature.description.count).max() ?? 0
        var lines = [
            "\(service.service), plan \(service.planFingerprint.prefix(12)): \(service.rows) rows served since \(report.since)",
            "",
        ]
        lines.append("  " + "feature".padded(to: width) + "  compared     equal  different")
        for feature in service.features {
            let rate = feature.different == 0 ? "" : "  (\(Self.percent(feature.mismatchRate ?? 0)))"
            lines.append(
                "  " + feature.feature.description.padded(to: width) + String(feature.compared).padded(toLeft: 10)
                    + String(feature.equal).padded(toLeft: 10) + String(feature.different).padded(toLeft: 11) + rate
            )
        }
        lines.append("")
        for feature in service.features where !feature.examples.isEmpty {
            lines.append("  \(feature.feature): served, recomputed, keys, served at")
            lines += feature.examples.map { "    \(example($0))" }
            lines.append("")
        }
        return lines
    }

    private func example(_ example: SkewExample) -> String {
        let keys = example.keys.map { $0.text ?? "NULL" }.joined(separator: ", ")
        return
            "\(example.served.text ?? "NULL") (\(example.status.rawValue)), \(example.recomputed.text ?? "NULL"), (\(keys)), \(example.servedAt)"
    }

    private static func loss(_ loss: ServedLogLoss) -> String {
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
        let features = report.services.flatMap(\.features)
        let compared = features.reduce(0) { $0 + $1.compared }
        let different = features.reduce(0) { $0 + $1.different }
        return switch report.verdict {
        case .pass: "PASS: \(compared) served values equal what training computes"
        case .fail:
            "FAIL: \(different) of \(compared) served values differ from what training computes, "
                + "in \(features.count { $0.different > 0 }) of \(features.count) features"
        case .inconclusive:
            "INCONCLUSIVE: nothing was logged since \(report.since); serve with `log: {sample: ...}` on the service"
        }
    }

    private static func percent(_ share: Double) -> String {
        share < 0.0001 ? "under 0.01 %" : "\(Double(Int((share * 10_000).rounded())) / 100) %"
    }
}
