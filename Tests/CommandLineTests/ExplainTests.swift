import Foundation
import PostgresClient
import TestSupport
import Testing

/// `asof explain`: every row of the entity, once, with what became of it.
@Suite struct ExplainTests {
    private static let definitions = """
        entities:
          customer: {join_keys: {customer_id: int64}}
        sources:
          orders: {table: orders, event_timestamp: ordered_at, created_timestamp: loaded_at}
        feature_views:
          customer_orders:
            entities: [customer]
            source: orders
            filter: "amount > 0"
            schedule: {every: 1h, lag: 5m}
            features:
              last_amount: {latest: amount}
              spend_1d: {sum: amount, window: 1d, filter: "100 / amount < 50"}
              salary: {latest: amount, tags: {sensitive: "true"}}
        on_demand_feature_views:
          basket: {request: {basket: float64}, features: {share: "basket / nullif(customer_orders.spend_1d, 0)"}}
        feature_services:
          orders_v1: {features: [customer_orders, basket], log: {sample: 1.0}}

        """

    /// At 12:30 the cut is 12:00, and the window begins after 12:00 of the day before.
    private func project() async throws -> (asof: AsofProcess, connection: PostgresConnection) {
        let url = try await TestStack.shared().freshDatabase("explain", timeZone: "Asia/Kathmandu")
        let connection = try await PostgresConnection.connect(to: url)
        try await connection.executeScript(
            """
            CREATE TABLE orders (customer_id bigint, amount float8, ordered_at timestamptz, loaded_at timestamptz);
            INSERT INTO orders VALUES
                (1, 10, '2024-03-02 12:00:00Z', NULL), (1, 20, '2024-03-02 11:59:59.999999Z', NULL),
                (1, 30, '2024-03-01 12:00:00.000001Z', NULL), (1, 40, '2024-03-01 12:00Z', NULL),
                (1, 50, '2024-03-02 12:00:00.000001Z', NULL), (1, 60, '2024-03-02 12:30:00.000001Z', NULL),
                (1, 70, '2024-03-02 09:00Z', '2024-03-02 12:00:00.000001Z'), (1, -1, '2024-03-02 10:00Z', NULL),
                (1, 1, '2024-03-02 08:00Z', NULL), (1, 80, NULL, NULL), (1, 90, '-infinity', NULL),
                (2, 1000, '2024-03-02 10:00Z', NULL), (NULL, 1000, '2024-03-02 10:00Z', NULL);
            """)
        let asof = try await AsofProcess(offlineURL: url.description)
        try asof.write(Self.definitions, to: "features/orders.yaml")
        #expect(try await asof.run("apply").code == 0)
        return (asof, connection)
    }

    private struct Document: Decodable {
        struct Row: Decodable {
            let part: String
            let event: String?
            let argument: String?
        }
        struct Value: Decodable {
            let what: String
            let value: String?
        }
        struct Served: Decodable {
            let value: String?
            let steps: [Value]
            let cause: String?
        }
        let cut: String
        let windowStart: String?
        let values: [Value]
        let counts: [String: Int]
        let rows: [Row]
        let served: Served?
    }

    private func explain(_ asof: AsofProcess, _ feature: String, _ more: String...) async throws -> Document {
        let outcome = try await asof.run(
            ["explain", feature, "--keys", "customer_id=1", "--at", "2024-03-02T12:30:00Z", "--json"] + more)
        try #require(outcome.code == 0, "\(outcome.error)")
        return try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8))
    }

    @Test func aSensitiveValueIsShownToWhoeverAsksForItOnly() async throws {
        let (asof, connection) = try await project()
        defer { asof.remove() }
        let masked = try await explain(asof, "customer_orders.salary")
        let texts = masked.values.compactMap(\.value) + masked.rows.compactMap(\.argument)
        #expect(texts.count > 3 && texts.allSatisfy { $0.hasPrefix("masked:") }, "\(texts)")
        let revealed = try await explain(asof, "customer_orders.salary", "--reveal")
        let shown = revealed.values.compactMap(\.value) + revealed.rows.compactMap(\.argument)
        #expect(shown.count == texts.count && !shown.contains { $0.hasPrefix("masked:") }, "\(shown)")
        #expect(Set(shown).count == Set(texts).count)
        await connection.close()
    }

    @Test func eachRowSaysWhyItCountsOrDoesNot() async throws {
        let (asof, connection) = try await project()
        let spend = try await explain(asof, "customer_orders.spend_1d")
        #expect(spend.cut == "2024-03-02T12:00:00Z" && spend.windowStart == "2024-03-01T12:00:00Z")
        #expect(
            spend.counts == [
                "contributes": 3, "before_window": 2, "after_cut": 1, "future": 1, "available_later": 1, "filtered": 2,
                "no_event": 1,
            ])
        // At 12:30 itself the window begins at 12:30 of the day before, and the row that was known late is known.
        #expect(spend.values.map(\.value) == ["60.0", "150.0", "150.0"])
        #expect(spend.rows.filter { $0.part == "contributes" }.map(\.argument) == ["10", "20", "30"])
        #expect(spend.rows.filter { $0.part != "contributes" }.allSatisfy { $0.argument == nil })
        #expect(spend.served == nil)
        let last = try await explain(asof, "customer_orders.last_amount", "--rows", "1")
        #expect(last.counts["contributes"] == 1 && last.counts["not_latest"] == 5 && last.counts["filtered"] == 1)
        #expect(last.values.map(\.value) == ["10.0", "50.0", "50.0"])
        #expect(last.rows.first { $0.part == "contributes" }?.argument == "10")
        #expect(last.rows.count { $0.part == "not_latest" } == 1)
        await connection.close()
        asof.remove()
    }

    @Test func whatWasServedIsClimbedStepByStep() async throws {
        let (asof, connection) = try await project()
        // Served 20, by a row of the cut before, where that run had 70 to write, and training has 60.
        try await connection.execute(
            """
            INSERT INTO asof.served_rows (project, service, plan_fingerprint, request_id, ordinal, served_at, join_keys, request,
                values, statuses, event_timestamps, cuts, sample_probability, host, views, view_fingerprints, runs)
            SELECT project, 'orders_v1', fingerprint, gen_random_uuid(), 0, '2024-03-02 12:20Z', '{1}', '{5}', '{20,20,0.25}',
                '{PRESENT,PRESENT,PRESENT}', '{NULL,NULL,NULL}', '{2024-03-02 11:00Z}', 1, 'h', '{customer_orders}', '{x}', '{1}'
            FROM asof.applies
            """)
        let spend = try await explain(asof, "customer_orders.spend_1d")
        let served = try #require(spend.served)
        #expect(served.value == "20.0")
        #expect(served.steps.map(\.value) == ["70.0", "70.0", "70.0", "60.0", "150.0"])
        #expect(served.cause == "transform_or_write/unexplained")
        let text = try await asof.run(
            "explain", "customer_orders.spend_1d", "--keys", "customer_id=1", "--at", "2024-03-02T12:30:00Z")
        #expect(text.code == 0 && text.output.contains("before the window") && text.output.contains("SELECT"))
        await connection.close()
        asof.remove()
    }

    @Test func mistakesSayWhatToWrite() async throws {
        let (asof, connection) = try await project()
        for (arguments, message) in [
            (["basket.share", "--keys", "customer_id=1"], "explain what it reads: customer_orders.spend_1d"),
            (["customer_orders.spend_1d"], "missing `customer_id`; write --keys customer_id=<int64>"),
            (["customer_orders.spend_1d", "--keys", "customer=1"], "no join key `customer`"),
            (["customer_orders.spend_1d", "--keys", "customer_id=x"], "not a value of `customer_id`"),
            (["spend_1d", "--keys", "customer_id=1"], "there are: `customer_orders.spend_1d`"),
            (["customer_orders.spnd_1d", "--keys", "customer_id=1"], "did you mean `customer_orders.spend_1d`?"),
            (["customer_orders.spend_1d", "--keys", "customer_id=1", "--at", "noon"], "--at takes an instant"),
        ] {
            let outcome = try await asof.run(["explain"] + arguments)
            #expect(outcome.code == 2 && outcome.error.contains(message), "\(outcome.error)")
        }
        await connection.close()
        asof.remove()
    }
}
