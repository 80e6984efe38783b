import FeatureDefs
import Materializer
import OfflineStore
import OnlineStore
import PostgresClient
import RedisClient

/// An online store that runs fill and lookups read, under a plan that may be a faulty one. Each has a Redis and a name of its own.
struct FaultStore {
    let plan: Plan
    private let ids: [String: ViewLayoutIDs]
    private let offline: PostgresConnection
    private let online: RedisConnection

    init(
        _ plan: Plan, named name: String, ids: [String: ViewLayoutIDs], offline: PostgresConnection, online: RedisConnection
    ) async throws {
        self.plan = Plan(
            project: name, entities: plan.entities, featureViews: plan.featureViews, onDemandViews: plan.onDemandViews,
            services: plan.services)
        self.ids = ids
        self.offline = offline
        self.online = online
    }

    func run(_ views: [String], at instant: Timestamp, isFull: Bool = false) async throws {
        let materializer = Materializer(project: plan.project, offline: offline, online: online)
        for view in plan.featureViews where views.contains(view.name) {
            guard let ids = ids[view.name] else { continue }
            _ = try await materializer.materialize(
                .init(view: view, ids: ids), at: instant, startedAt: instant, isFull: isFull)
        }
        // In the time that is being played.
        try await offline.execute(
            "UPDATE asof.materializations SET finished_at = started_at WHERE finished_at > now() - interval '1 day'")
    }

    func look(up requests: FaultRequests, at now: Timestamp, changing account: (String) -> String = { $0 }) async throws
        -> GivenAnswers
    {
        let lookup = FeatureLookup(plan: plan, ids: ids, connection: online)
        let rows = try LookupRows([
            "account_id": requests.accounts.map { .string(account($0)) }, "shop_id": requests.shops.map { .int64($0) },
            "amount": requests.amounts.map { .float64($0) },
        ])
        return GivenAnswers(try await lookup.features(try lookup.prepare(service: FaultWorld.service), for: rows, now: now))
    }

    /// The same rows, read by other rules.
    func reading(by change: (FeatureViewPlan) -> FeatureViewPlan) async throws -> FaultStore {
        try await FaultStore(
            plan.replacingViews(change), named: plan.project, ids: ids, offline: offline, online: online)
    }
}

/// What a batch of requests asks about.
struct FaultRequests {
    var accounts: [String] = []
    var shops: [Int64] = []
    var amounts: [Double] = []

    var count: Int { accounts.count }
}

extension Plan {
    func replacingViews(_ change: (FeatureViewPlan) -> FeatureViewPlan) -> Plan {
        Plan(
            project: project, entities: entities, featureViews: featureViews.map(change), onDemandViews: onDemandViews,
            services: services)
    }
}

extension FeatureViewPlan {
    /// The same view of another relation with the same columns.
    func reading(_ query: String) -> FeatureViewPlan {
        FeatureViewPlan(
            name: name, entities: entities, joinKeys: joinKeys, joinKeyColumns: joinKeyColumns,
            source: SourcePlan(
                name: source.name, relation: .query(query), eventTimestamp: source.eventTimestamp,
                createdTimestamp: source.createdTimestamp, delay: source.delay),
            filter: filter, schedule: schedule, ttl: ttl, features: features, notes: notes)
    }
}
