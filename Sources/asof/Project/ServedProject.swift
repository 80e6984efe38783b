import FeatureDefs
import FeatureServer
import Materializer
import OfflineStore
import OnlineStore
import PostgresClient
import RedisClient

/// What a server serves of a project, as the registry has it.
struct ServedProject: Sendable {
    let project: String
    let stores: ProjectStores
    let online: RedisConnection
    /// For what is pushed; nil when nothing may be.
    let pushConnections: PushConnections?

    /// The plan that was applied last.
    func plan() async throws -> ServedPlan {
        try await stores.withOffline { offline in
            let applied = try await Registry(connection: offline, project: project).latestPlan()
            return try await served(applied.plan, applied.layouts, fingerprint: applied.fingerprint, offline)
        }
    }

    /// The same plan with the layouts of its rows as they are now.
    func learn(_ old: ServedPlan) async throws -> ServedPlan {
        try await stores.withOffline { offline in
            let ids = try await Registry(connection: offline, project: project).layouts(of: old.lookup.plan)
            return try await served(old.lookup.plan, ids, fingerprint: old.fingerprint, offline)
        }
    }

    func recordedRuns() async throws -> [RecordedRun] {
        try await stores.withOffline { try await recordedRuns(on: $0) }
    }

    private func recordedRuns(on offline: PostgresConnection) async throws -> [RecordedRun] {
        try await MaterializationLog(connection: offline, project: project).runsOnline()
    }

    private func served(
        _ plan: Plan, _ ids: [String: ViewLayoutIDs], fingerprint: String, _ offline: PostgresConnection
    ) async throws -> ServedPlan {
        let runs = try await recordedRuns(on: offline)
        return ServedPlan(
            lookup: FeatureLookup(plan: plan, ids: ids, runs: runs, connection: online), fingerprint: fingerprint,
            pushes: pushConnections.map { Pusher(plan: plan, ids: ids, offline: $0, online: online) })
    }
}
