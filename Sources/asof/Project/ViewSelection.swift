import FeatureDefs
import Materializer
import OfflineStore
import PostgresClient
import RedisClient

/// The feature views that a command works on: those named, or all that can be served.
struct ViewSelection: Sendable {
    let names: [String]
    let project: String
    /// Whether runs are held to everything that is expected of their rows, and not only to what is marked `gate: true`.
    var gatesAll = false

    /// As of the plan that was applied last; what is left out is said.
    func targets(in offline: PostgresConnection) async throws -> [MaterializationTarget] {
        try await targets(in: offline, saysWhatIsLeftOut: true)
    }

    /// With the cut of each one's last run under its present definition, where Redis still has what it wrote.
    func scheduled(
        in offline: PostgresConnection, _ online: RedisConnection
    ) async throws -> [(target: MaterializationTarget, lastCut: Timestamp?)] {
        let materializer = Materializer(project: project, offline: offline, online: online)
        var scheduled: [(target: MaterializationTarget, lastCut: Timestamp?)] = []
        for target in try await targets(in: offline, saysWhatIsLeftOut: false) {
            scheduled.append((target, try await materializer.lastCut(of: target)))
        }
        return scheduled
    }

    /// The views named, or all.
    func views(of plan: Plan) throws -> [FeatureViewPlan] {
        for name in names where plan.featureView(named: name) == nil { throw unknown(name, in: plan) }
        let wanted = Set(names)
        return plan.featureViews.filter { wanted.isEmpty || wanted.contains($0.name) }
    }

    private func unknown(_ name: String, in plan: Plan) -> CommandFailure {
        let known = plan.featureViews.map(\.name).joined(separator: ", ")
        return .usage("no feature view `\(name)` has been applied; there are: \(known)")
    }

    private func targets(
        in offline: PostgresConnection, saysWhatIsLeftOut: Bool
    ) async throws -> [MaterializationTarget] {
        let applied = try await Registry(connection: offline, project: project).latestPlan()
        for name in names where applied.plan.featureView(named: name) == nil { throw unknown(name, in: applied.plan) }
        let wanted = Set(names)
        var targets: [MaterializationTarget] = []
        for view in applied.plan.featureViews where wanted.isEmpty || wanted.contains(view.name) {
            guard let ids = applied.layouts[view.name] else { continue }
            if wanted.isEmpty, !view.isServable {
                if saysWhatIsLeftOut { StandardError.line("asof: left out: \(MaterializationError.notServable(view))") }
                continue
            }
            let gate = applied.plan.gate(of: view, all: gatesAll)
            if gatesAll, gate == nil, saysWhatIsLeftOut {
                StandardError.line(
                    "asof: nothing is expected of the rows of `\(view.source.name)`, so --gate holds none of `\(view.name)`")
            }
            targets.append(MaterializationTarget(view: view, ids: ids, gate: gate))
        }
        return targets
    }
}
