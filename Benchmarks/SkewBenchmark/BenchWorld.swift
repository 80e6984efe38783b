import FeatureDefs
import Materializer
import OfflineStore
import OnlineStore
import PostgresClient
import RedisClient

/// A day of requests for 20 features of three views, served through the real materializer, Redis, lookup and log.
struct BenchWorld {
    static let project = "skewbench"
    static let accounts = 10_000
    static let shops = 500
    static let events = 1_000_000
    static let hours = 24
    static let features = 20
    /// The first hour that is served.
    static let start = Timestamp(microseconds: 1_709_510_400_000_000)

    static let definitions = """
        entities:
          account: {join_keys: {account_id: int64}}
          shop: {join_keys: {shop_id: int64}}
        sources:
          payments: {table: payments, event_timestamp: at, created_timestamp: known_at}
        feature_views:
          spending:
            entities: [account]
            source: payments
            schedule: {every: 1h, lag: 5m}
            features:
              count_1d: {count: "*", window: 1d}
              spend_1d: {sum: amount, window: 1d}
              mean_1d: {mean: amount, window: 1d}
              max_1d: {max: amount, window: 1d}
              night_1d: {count: "*", window: 1d, filter: extract(hour from at) < 6}
              count_7d: {count: "*", window: 7d}
              spend_7d: {sum: amount, window: 7d}
              mean_7d: {mean: amount, window: 7d}
              max_7d: {max: amount, window: 7d}
              min_7d: {min: amount, window: 7d}
          last:
            entities: [account]
            source: payments
            schedule: {every: 1h, lag: 5m}
            ttl: 7d
            features:
              amount: {latest: amount}
              country: {latest: country, default: none}
              shop: {latest: shop_id}
              at: {latest: at}
              half: {latest: amount / 2.0}
          shop:
            entities: [shop]
            source: payments
            schedule: {every: 1h, lag: 5m}
            features:
              count_1d: {count: "*", window: 1d}
              mean_1d: {mean: amount, window: 1d}
              max_1d: {max: amount, window: 1d}
              spend_1d: {sum: amount, window: 1d}
              last_amount: {latest: amount}
        feature_services:
          bench: {features: [spending, last, shop], log: {sample: 1.0}}
        """

    let offline: PostgresConnection
    let online: RedisConnection

    /// Eight days of payments, of which the last is served; one in fifty is known hours late.
    func createSource() async throws {
        try await offline.executeScript(
            """
            CREATE TABLE payments AS
            SELECT n, 1 + abs(hashint8extended(n, 1)) % \(Self.accounts) AS account_id,
                1 + abs(hashint8extended(n, 2)) % \(Self.shops) AS shop_id,
                (100 + abs(hashint8extended(n, 3)) % 100000) / 100.0::float8 AS amount,
                (ARRAY['NO', 'SE', 'DK', 'FI'])[1 + abs(hashint8extended(n, 4)) % 4] AS country, at,
                at + CASE WHEN n % 50 = 0 THEN interval '3 hours' ELSE interval '20 seconds' END AS known_at
            FROM (
                SELECT n, '2024-03-05 00:00Z'::timestamptz - interval '9 days' * ((n + 0.5) / \(Self.events)) AS at
                FROM generate_series(1, \(Self.events)) AS n
            ) AS drawn ORDER BY at;
            CREATE INDEX ON payments (account_id, at); CREATE INDEX ON payments (shop_id, at); ANALYZE payments;
            """)
    }

    func apply() async throws -> AppliedPlan {
        let parsed = parseProject([SourceFile(path: "features/bench.yaml", text: Self.definitions)], project: Self.project)
        let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: offline).read(parsed.sources))
        let registry = Registry(connection: offline, project: Self.project)
        _ = try await registry.apply(plan, appliedBy: "bench", engineVersion: "bench")
        return try await registry.plan(fingerprint: plan.fingerprint)
    }

    /// - Parameter broken: of a hundred requests, so many are logged with a truncated amount.
    func serve(_ requests: Int, broken: Int, _ applied: AppliedPlan) async throws {
        let plan = applied.plan
        let materializer = Materializer(project: Self.project, offline: offline, online: online)
        let lookup = FeatureLookup(plan: plan, ids: applied.layouts, connection: online)
        let prepared = try lookup.prepare(service: "bench")
        guard let service = plan.service(named: "bench") else { preconditionFailure("the bench has its service") }
        let schema = ServedSchema(
            service: "bench", planFingerprint: applied.fingerprint, selection: try plan.selection(of: service))
        let sink = PostgresServedFeatureSink(project: Self.project, url: offline.url)
        var random = SplitMix(state: 7)
        for hour in 0..<Self.hours {
            let at = Self.start + Period(microseconds: Int64(hour) * 3_600_000_000 + 600_000_000)
            for view in plan.featureViews {
                guard let ids = applied.layouts[view.name] else { continue }
                _ = try await materializer.materialize(.init(view: view, ids: ids), at: at, startedAt: at)
            }
            try await offline.execute(
                "UPDATE asof.materializations SET finished_at = started_at WHERE finished_at > now() - interval '1 day'")
            var left = requests / Self.hours
            var batch = 0
            while left > 0 {
                let count = min(left, 1000)
                let now = at + Period(microseconds: Int64(batch) * 1_000_000)
                let accounts = (0..<count).map { _ in Int64(1 + random.below(Self.accounts)) }
                let shops = (0..<count).map { _ in Int64(1 + random.below(Self.shops)) }
                let rows = try LookupRows([
                    "account_id": accounts.map { .int64($0) }, "shop_id": shops.map { .int64($0) },
                ])
                let result = try await lookup.features(prepared, for: rows, now: now)
                let logged = (0..<count).map { row -> ServedRow in
                    var features = schema.features.indices.map { result[feature: $0, row: row] }
                    if random.below(100) < broken, case .float64(let value) = features[1].value {
                        features[1] = ServedFeature(
                            value: .float64(value.rounded(.towardZero)), status: features[1].status,
                            eventTimestamp: features[1].eventTimestamp)
                    }
                    return ServedRow(
                        schema: schema, requestID: UUIDBytes(high: UInt64(hour), low: UInt64(batch)), ordinal: row, servedAt: now,
                        keys: schema.joinKeys.map { .int64($0.name == "account_id" ? accounts[row] : shops[row]) }, request: [],
                        features: features,
                        records: schema.views.indices.map { result.version(view: $0, row: row).map(ServedRecord.init) },
                        monotonicMicroseconds: 0, sampleProbability: 1, host: "bench-\(batch % 3)")
                }
                try await sink.write(logged)
                left -= count
                batch += 1
            }
        }
        try await offline.executeScript("UPDATE asof.served_rows SET logged_at = served_at + interval '0.3 seconds'; ANALYZE")
    }
}

/// SplitMix64: the same requests on every run.
private struct SplitMix {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(bound))
    }
}
