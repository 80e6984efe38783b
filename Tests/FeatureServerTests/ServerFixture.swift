import FeatureDefs
import FeatureServer
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import OnlineStore
import RedisClient
import TestSupport
import Testing

/// A feature server over a Redis of its own that has card 1 in it.
struct ServerFixture: Sendable {
    static let now = Timestamp(microseconds: 1_704_110_400_000_000)  // 2024-01-01T12:00:00Z
    static let event = now - Period(microseconds: 500_000)
    static let ttl = Period(microseconds: 3_600_000_000)

    let redis: PrivateRedisServer
    let connection: RedisConnection
    let server: FeatureServer

    init(
        log: ServedFeatureLog? = nil, logSample: Double? = nil, largestBody: Int = 1 << 16, port: Int = 0, now: Timestamp = now,
        pushes: (any PushReceiver)? = nil, configure: (inout FeatureServer.Configuration) -> Void = { _ in }
    ) async throws {
        redis = try PrivateRedisServer()
        try await redis.start()
        connection = LoopRedis.shortening(
            try RedisConnection.open(redis.url, timeout: .seconds(1), commandTimeout: .seconds(2)))
        let plan = Self.plan(logSample: logSample)
        let ids = Dictionary(
            uniqueKeysWithValues: plan.featureViews.enumerated().map {
                ($1.name, ViewLayoutIDs(field: UInt32($0), layout: UInt32($0 + 1)))
            }
        )
        var configuration = FeatureServer.Configuration()
        configuration.port = port
        configuration.largestBody = largestBody
        configuration.machine = "test-host"
        configure(&configuration)
        let lookup = FeatureLookup(plan: plan, ids: ids, connection: connection, timeout: .seconds(2))
        server = try FeatureServer(
            serving: ServedPlan(lookup: lookup, fingerprint: "f1", pushes: pushes),
            connection: connection, log: log, configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, clock: { now }
        )
        try await fill(plan, ids)
    }

    private func fill(_ plan: Plan, _ ids: [String: ViewLayoutIDs]) async throws {
        let view = try #require(plan.featureView(named: "cards"))
        let layout = OnlineViewLayout(project: "p", view: view, ids: try #require(ids["cards"]))
        var writer = OnlineWriter(to: connection, layout: layout)
        try await writer.write(
            key: [.int64(1)], version: RowVersion(cut: Self.now, run: 1, event: Self.event, available: Self.event),
            cells: [
                .int64(9_007_199_254_740_993), .float64(2), .float32(0.1), .string("a\"\\\n\u{1}é🙂"), .bool(true),
                .timestamp(Timestamp(microseconds: -500_000)), .bytes([0, 255]), .uuid(UUIDBytes(high: 1, low: 2)),
                .float64(.nan), .null, .int64(4), .list(FeatureList([.float64(1), .null, .float64(.nan)], of: .float64)),
                .list(FeatureList([], of: .string)), .list(FeatureList([.bytes([0, 255]), .bytes([])], of: .bytes)),
                .vector([0.5, 0.1]),
                .timestamp(Self.event),
            ]
        )
        _ = try await writer.finish()
        let world = OnlineViewLayout(
            project: "p", view: try #require(plan.featureView(named: "world")), ids: try #require(ids["world"]))
        var worldWriter = OnlineWriter(to: connection, layout: world)
        try await worldWriter.write(
            key: [], version: RowVersion(cut: Self.now, run: 1, event: .negativeInfinity, available: .negativeInfinity),
            cells: [.int64(70)])
        _ = try await worldWriter.finish()
    }

    static func plan(logSample: Double?) -> Plan {
        let card = JoinKey(name: "card", type: .int64)
        let cards = TestPlans.view(
            "cards", keys: [card],
            features: [
                TestPlans.latest("big"), TestPlans.latest("whole", .float8), TestPlans.latest("single", .float4),
                TestPlans.latest("text", .text), TestPlans.latest("flag", .bool), TestPlans.latest("seen", .timestamptz),
                TestPlans.latest("blob", .bytea), TestPlans.latest("tag", .uuid), TestPlans.latest("nan", .float8),
                TestPlans.latest("nothing", .text), TestPlans.count("n"), TestPlans.latest("floats", .array(.float8)),
                TestPlans.latest("words", .array(.text)), TestPlans.latest("blobs", .array(.bytea)), TestPlans.vector("point", 2),
            ],
            ttl: ttl
        )
        let pairs = TestPlans.view(
            "pairs", keys: [card, JoinKey(name: "shop", type: .string)], features: [TestPlans.count("n")]
        )
        let raw = TestPlans.view("raw", keys: [card], features: [TestPlans.count("m")], schedule: nil)
        let world = TestPlans.view("world", keys: [], features: [TestPlans.count("everything")])
        let sum = TypedExpression<OnDemandInput>(
            .call(
                .add,
                [
                    TypedExpression(.input(.feature(FeatureReference(view: "cards", feature: "n"))), type: .int64),
                    TypedExpression(.input(.request("extra")), type: .int64),
                ]
            ),
            type: .int64
        )
        let math = OnDemandViewPlan(
            name: "math", request: [RequestInput(name: "extra", type: .int64)],
            features: [OnDemandFeaturePlan(name: "sum", expression: sum, notes: TestPlans.notes)], notes: TestPlans.notes
        )
        let echo = OnDemandViewPlan(
            name: "echo",
            request: [
                RequestInput(name: "list", type: .list(.int64)), RequestInput(name: "times", type: .list(.timestamp)),
                RequestInput(name: "vector", type: .vector(2)),
            ],
            features: ([("l", "list", .list(.int64)), ("t", "times", .list(.timestamp)), ("v", "vector", .vector(2))]
                as [(String, String, FeatureType)]).map { name, input, type in
                    OnDemandFeaturePlan(
                        name: name, expression: TypedExpression(.input(.request(input)), type: type), notes: TestPlans.notes)
                },
            notes: TestPlans.notes
        )
        return Plan(
            project: "p",
            entities: [
                EntityPlan(name: "holder", joinKeys: [card], notes: TestPlans.notes),
                EntityPlan(name: "owner", joinKeys: [card], notes: TestPlans.notes),
                EntityPlan(name: "pair", joinKeys: [card, JoinKey(name: "shop", type: .string)], notes: TestPlans.notes),
            ],
            featureViews: [cards, pairs, raw, world], onDemandViews: [echo, math],
            services: [
                FeatureServicePlan(
                    name: "svc",
                    features: [
                        FeatureReference(view: "math", feature: "sum"), FeatureReference(view: "cards", feature: "big"),
                    ].map { SelectedFeature($0) },
                    logSample: logSample, notes: TestPlans.notes
                ),
                FeatureServicePlan(
                    name: "transfer",
                    features: [
                        .init(FeatureReference(view: "cards", feature: "n", keys: ["card": "payer"]), alias: .view("payer")),
                        .init(FeatureReference(view: "cards", feature: "n", keys: ["card": "payee"]), alias: .view("payee")),
                        .init(
                            FeatureReference(view: "cards", feature: "big", keys: ["card": "payee"]), alias: .feature("largest")),
                        .init(FeatureReference(view: "world", feature: "everything")),
                    ],
                    logSample: nil, notes: TestPlans.notes
                ),
            ]
        )
    }

    /// The status and body of a POST, over a socket: lookups are answered before the router.
    func post(
        _ body: String, to path: String = "/get-online-features", token: String? = nil
    ) async throws -> (status: Int, body: String) {
        try await server.application().test(.live) { client in
            try await client.execute(
                uri: path, method: .post, headers: token.map { [.authorization: $0] } ?? [:], body: ByteBuffer(string: body)
            ) { response in
                (response.status.code, String(buffer: response.body))
            }
        }
    }

    /// The status and body of a GET in process.
    func get(_ path: String, token: String? = nil) async throws -> (status: Int, body: String) {
        try await server.application().test(.router) { client in
            try await client.execute(
                uri: path, method: .get, headers: token.map { [.authorization: $0] } ?? [:]
            ) { response in
                (response.status.code, String(buffer: response.body))
            }
        }
    }

    /// Checks that an answer is an error in Feast's form.
    func expectError(
        _ body: String, to path: String = "/get-online-features", status: Int, feastClass: String = "FeastError", message: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await post(body, to: path)
        #expect(answer.status == status, sourceLocation: sourceLocation)
        let detail = try JSONDecoder().decode(String.self, from: Data(answer.body.utf8))
        let fields = try JSONDecoder().decode([String: String].self, from: Data(detail.utf8))
        #expect(
            fields == ["module": "feast.errors", "class": feastClass, "message": message], sourceLocation: sourceLocation
        )
    }
}
