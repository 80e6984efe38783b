import FeatureDefs
import Foundation
import OnlineStore
import RedisClient
import TestSupport
import Testing

/// The public face of the store, as a service uses it.
struct EmbeddingTests {
    // example: docs/swift-client.md
    private func spend(ofCard card: Int, plan: Data, redis: String) async throws -> (spend: Double?, isKnown: Bool) {
        let features = try OnlineFeatures(plan: plan, redis: redis)
        let fraud = try features.service("fraud_v1")
        let row = try await fraud.lookup(["card_id": FeatureInput(card)], request: ["extra": 2])
        return (try row.double("spend"), try row.presence("spend") != .notFound)
    }
    // end

    /// The documented example is the one that is compiled and run here.
    @Test func theExampleOfTheDocumentationIsThisOne() throws {
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        let page = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/swift-client.md"),
            encoding: .utf8)
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        let first = try #require(lines.firstIndex { $0.contains("example: docs") })
        let last = try #require(lines.firstIndex { $0 == "    // end" })
        let example = lines[(first + 1)..<last].map { $0.dropFirst(4).replacingOccurrences(of: "private func", with: "func") }
            .joined(separator: "\n")
        #expect(page.contains(example))
    }

    private struct Fixture {
        let server: PrivateRedisServer
        let plan: Data
        var redis: String { server.url.description }

        init() async throws {
            server = try PrivateRedisServer()
            try await server.start()
            let keys = [JoinKey(name: "card_id", type: .int64)]
            let view = TestPlans.view(
                "cards", keys: keys,
                features: [
                    TestPlans.latest("spend", .float8), TestPlans.count("n"), TestPlans.latest("note", .text),
                    TestPlans.vector("where", 2),
                ])
            let extra = TypedExpression<OnDemandInput>(.input(.request("extra")), type: .int64)
            let count = TypedExpression<OnDemandInput>(
                .input(.feature(FeatureReference(view: "cards", feature: "n"))), type: .int64)
            let math = OnDemandViewPlan(
                name: "math", request: [RequestInput(name: "extra", type: .int64)],
                features: [
                    OnDemandFeaturePlan(
                        name: "sum", expression: TypedExpression(.call(.add, [count, extra]), type: .int64),
                        notes: TestPlans.notes)
                ],
                notes: TestPlans.notes)
            let names = [("cards", "spend"), ("cards", "n"), ("cards", "note"), ("cards", "where"), ("math", "sum")]
            let plan = Plan(
                project: "p", entities: [], featureViews: [view], onDemandViews: [math],
                services: [
                    FeatureServicePlan(
                        name: "fraud_v1", features: names.map { SelectedFeature(FeatureReference(view: $0.0, feature: $0.1)) },
                        logSample: nil, notes: TestPlans.notes)
                ])
            let ids = ViewLayoutIDs(field: 1, layout: 5)
            self.plan = try JSONEncoder().encode(ServingPlan(plan: plan, layouts: ["cards": ids]))
            let connection = try await RedisConnection.connect(to: server.url)
            var writer = OnlineWriter(to: connection, layout: OnlineViewLayout(project: "p", view: view, ids: ids))
            let event = Timestamp(microseconds: 5)
            let values: [StoredCell: FeatureValue] = [
                .feature(index: 0, type: .float64): .float64(12.5), .feature(index: 1, type: .int64): .int64(3),
                .feature(index: 2, type: .string): .null, .feature(index: 3, type: .vector(2)): .vector([1, -2]),
            ]
            try await writer.write(
                key: [.int64(4711)], version: RowVersion(cut: event, run: 1, event: event, available: event),
                cells: view.storedCells.map { values[$0] ?? .timestamp(event) })
            _ = try await writer.finish()
        }
    }

    @Test func aServiceLooksUpInOneAwait() async throws {
        let fixture = try await Fixture()
        let known = try await spend(ofCard: 4711, plan: fixture.plan, redis: fixture.redis)
        #expect(known.spend == 12.5 && known.isKnown)
        let unknown = try await spend(ofCard: 1, plan: fixture.plan, redis: fixture.redis)
        #expect(unknown.spend == nil && !unknown.isKnown)
    }

    @Test func everyTypeHasItsAccessor() async throws {
        let fixture = try await Fixture()
        let features = try OnlineFeatures(plan: fixture.plan, redis: fixture.redis)
        #expect(features.services == ["fraud_v1"])
        let service = try features.service("fraud_v1")
        #expect(service.names == ["spend", "n", "note", "where", "sum"])
        let rows = try await withTaskExecutorPreference(features.executor) {
            try await service.lookup(rows: ["card_id": [4711, 9, nil]], request: ["extra": [2, 2, nil]])
        }
        #expect(rows.count == 3)
        #expect(try rows[0].int("n") == 3 && rows[0].int("sum") == 5 && rows[0].vector("where") == [1, -2])
        #expect(try rows[0].string("note") == nil && rows[0].presence("note") == .null && rows[0].string("n") == "3")
        #expect(try rows[0].eventMicroseconds("spend") == 5)
        #expect(try rows[1].presence("spend") == .notFound && rows[1].int("n") == 0 && rows[1].int("sum") == 2)
        #expect(try rows[2].presence("sum") == .null)
        let numbers = rows.numbers()
        #expect(numbers.count == 15)
        #expect(numbers[0] == 12.5 && numbers[1] == 3 && numbers[2].isNaN && numbers[3].isNaN && numbers[4] == 5)
        #expect(numbers[5].isNaN && numbers[6] == 0 && numbers[9] == 2 && numbers[14].isNaN)
        let chosen = try await features.features(["cards:n"]).lookup(["card_id": 4711])
        #expect(try chosen.int("n") == 3)
    }

    @Test func mistakesAndOutagesAreToldApart() async throws {
        let fixture = try await Fixture()
        let features = try OnlineFeatures(plan: fixture.plan, redis: fixture.redis)
        let service = try features.service("fraud_v1")
        #expect(throws: OnlineFeaturesError.request("feature service `x` does not exist")) { try features.service("x") }
        #expect(throws: OnlineFeaturesError.self) { try OnlineFeatures(plan: Data("{}".utf8), redis: fixture.redis) }
        #expect(throws: OnlineFeaturesError.self) { try OnlineFeatures(plan: fixture.plan, redis: "http://x") }
        await #expect(throws: OnlineFeaturesError.request("row 0 of `card_id` is not int64")) {
            try await service.lookup(["card_id": "x"], request: ["extra": 1])
        }
        await #expect(throws: OnlineFeaturesError.request("missing request data: extra")) {
            try await service.lookup(["card_id": 1])
        }
        let row = try await service.lookup(["card_id": 4711], request: ["extra": 1])
        #expect(throws: OnlineFeaturesError.request("feature `spend` is not an integer")) { try row.int("spend") }
        #expect(throws: OnlineFeaturesError.self) { try row.int("no such") }
        fixture.server.kill()
        let outage = await #expect(throws: OnlineFeaturesError.self) {
            try await service.lookup(["card_id": 1], request: ["extra": 1])
        }
        guard case .unavailable = outage else {
            Issue.record("\(String(describing: outage))")
            return
        }
    }
}
