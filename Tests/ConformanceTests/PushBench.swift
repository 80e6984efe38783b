import FeatureDefs
import Materializer
import OnlineStore
import PostgresClient
import RedisClient
import TestSupport
import Testing

@testable import OfflineStore

/// A project that takes pushes, applied, with stores of its own.
struct PushBench {
    static let definitions = """
        entities:
          card: {join_keys: {card_id: int64}}
          shop: {join_keys: {shop: string}}
        sources:
          payments: {table: payments, event_timestamp: at, created_timestamp: known_at}
          ratings: {table: ratings, event_timestamp: at}
          big: {query: SELECT * FROM payments WHERE amount > 100, event_timestamp: at}
        feature_views:
          card_last: {entities: [card], source: payments, features: {amount: {latest: amount}, shop: {latest: shop}}}
          pair_last: {entities: [shop, card], source: payments, features: {double_amount: {latest: amount * 2}}}
          inverse: {entities: [shop], source: payments, features: {inverse: {latest: 1 % count}}}
          hourly:
            entities: [card]
            source: payments
            schedule: {every: 1h, lag: 0s}
            features: {amount_then: {latest: amount}, count_2h: {count: "*", window: 2h}}
          unserved: {entities: [card], source: payments, features: {count_1h: {count: "*", window: 1h}}}
          rating: {entities: [shop], source: ratings, features: {stars: {latest: stars}}}
          rating_daily: {entities: [shop], source: ratings, schedule: {every: 1d, lag: 0s}, features: {daily_stars: {latest: stars}}}
          big_last: {entities: [card], source: big, features: {big_amount: {latest: amount}}}
        feature_services:
          all: {features: [card_last, pair_last, inverse, hourly, rating]}
        """

    let connection: PostgresConnection
    let redis: RedisConnection
    let plan: Plan
    let ids: [String: ViewLayoutIDs]

    /// - Parameter gate: what `payments` is held to.
    init(redis: RedisConnection? = nil, gate: String? = nil) async throws {
        connection = try await StoreBench.connect()
        try await connection.executeScript(
            """
            CREATE TABLE payments (
                payment serial, card_id int8, shop varchar(20), amount float8, count int4 CHECK (count <> 13), price numeric(10,2),
                extra jsonb, tags text[], at timestamptz NOT NULL, known_at timestamp);
            CREATE TABLE ratings (shop text, stars int2, at timestamptz);
            """)
        let definitions = Self.definitions.replacing(
            "created_timestamp: known_at", with: "created_timestamp: known_at" + (gate.map { ", expect: \($0)" } ?? ""))
        let parsed = parseProject([SourceFile(path: "features/push.yaml", text: definitions)], project: "push")
        let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
        let applied = try #require(
            try await Registry(connection: connection, project: "push").apply(plan, appliedBy: "test", engineVersion: "test"))
        self.plan = applied.plan
        ids = applied.layouts
        if let redis {
            self.redis = redis
        } else {
            self.redis = try await .connect(to: try await TestStack.shared().freshRedisURL())
            _ = try await self.redis.send(RedisPipeline("FLUSHDB"))
        }
    }

    func close() async {
        redis.close()
        await connection.close()
    }

    func pusher(connections: Int = 4) -> Pusher {
        let url = connection.url
        return Pusher(
            plan: plan, ids: ids,
            offline: PushConnections(limit: connections) { try await PostgresConnection.connect(to: url) }, online: redis)
    }

    @discardableResult
    func materialize(_ view: String, at instant: RunInstant = .present(notBefore: .epoch)) async throws -> MaterializationRun {
        let target = MaterializationTarget(
            view: try #require(plan.featureView(named: view)), ids: try #require(ids[view]))
        return try await Materializer(project: plan.project, offline: connection, online: redis)
            .materialize(target, at: instant, startedAt: .epoch)
    }

    /// One row in JSON's values, by name.
    static func request(
        _ target: String, _ columns: [(String, [JSONValue])], to destination: PushRequest.Destination = .online
    ) -> PushRequest {
        PushRequest(
            target: target, columns: columns.map { PushedColumn(name: $0, cells: $1.map { .json($0) }) }, destination: destination
        )
    }

    /// A view's features of an entity, as they are served.
    func served(_ view: String, _ keys: [String: FeatureValue]) async throws -> [FeatureValue] {
        let lookup = FeatureLookup(plan: plan, ids: ids, connection: redis)
        let features = try #require(plan.featureView(named: view)).features
        let prepared = try lookup.prepare(features: features.map { FeatureReference(view: view, feature: $0.name) })
        let result = try await lookup.features(
            prepared, for: try LookupRows(keys.mapValues { [$0] }), now: try await Pusher.postgresClock(connection))
        return result.features.map { $0[0].value }
    }

    func count(_ table: String) async throws -> Int {
        Int(try await connection.execute("SELECT count(*) FROM \(table)").firstCell ?? "") ?? -1
    }
}
