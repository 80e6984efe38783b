import FeatureDefs
import OfflineStore

/// A plan's difference for a terminal.
///
///     ~ feature card_activity.spend_7d
///         window 7d → 14d
///         touches fraud_v1
struct PlanText {
    let difference: PlanDifference
    let rewrites: [RewriteEstimate]
    let applied: AppliedPlan?
    let token: PlanToken

    var text: String {
        guard !difference.isEmpty else { return unchanged }
        let head = applied.map { "Against plan \($0.fingerprint.prefix(12)), applied by \($0.appliedBy) at \($0.appliedAt):" }
        var lines = [head ?? "Nothing has been applied yet:", ""]
        for item in difference.items { lines += entry(item) }
        lines += ["", counts]
        if !difference.services.isEmpty { lines.append("Services touched: \(difference.services.joined(separator: ", "))") }
        if !rewrites.isEmpty {
            lines.append("To be written online again, by `asof materialize`:")
            lines += rewrites.map(rewrite)
        }
        lines += ["", "To apply exactly this: asof apply --plan \(token)"]
        return lines.joined(separator: "\n")
    }

    private var unchanged: String {
        let plan = applied.map { "plan \($0.fingerprint.prefix(12))" } ?? "the empty plan"
        return difference.isInNotesOnly
            ? "No change of meaning against \(plan); descriptions, owners or tags differ, which `asof apply` records."
            : "Nothing to change: \(plan) is what is applied."
    }

    private func entry(_ item: PlanDifference.Item) -> [String] {
        // Of what is new, every part is listed anyway; of what was there, the reader wants to know who depends on it.
        let services = item.kind == .service || item.change == .added ? [] : item.services
        return ["\(item.change.sign) \(item.kind.words) \(item.name)"]
            + item.details.map { "    \($0)" }
            + (services.isEmpty ? [] : ["    touches \(services.joined(separator: ", "))"])
    }

    private var counts: String {
        PlanDifference.Change.allCases
            .map { change in "\(difference.items.count { $0.change == change }) \(change.rawValue)" }
            .joined(separator: ", ")
    }

    private func rewrite(_ estimate: RewriteEstimate) -> String {
        let origin =
            switch estimate.keysFrom {
            case .lastMaterialization: "as its last run found"
            case .statistics: "by Postgres' estimate"
            }
        return "    \(estimate.view): \(estimate.keys) keys (\(origin)), from about \(estimate.sourceRows) source rows"
    }
}

extension PlanDifference.Change {
    fileprivate var sign: String {
        switch self {
        case .added: "+"
        case .changed: "~"
        case .removed: "-"
        }
    }
}

extension PlanDifference.Kind {
    fileprivate var words: String {
        switch self {
        case .entity: "entity"
        case .featureView: "view"
        case .feature: "feature"
        case .onDemandView: "on-demand view"
        case .onDemandFeature: "on-demand feature"
        case .service: "service"
        case .expectations: "expectations of source"
        }
    }
}
