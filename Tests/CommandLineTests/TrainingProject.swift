import Foundation
import PostgresClient
import TestSupport
import Testing

/// A project over a table of orders that a test can change behind asof's back.
struct TrainingProject {
    let asof: AsofProcess
    let connection: PostgresConnection

    /// - Parameter server: whose database to use; nil for a new one of the tests' server.
    init(on server: PostgresURL? = nil) async throws {
        let address = if let server { server } else { try await TestStack.shared().freshDatabase("training") }
        connection = try await PostgresConnection.connect(to: address)
        try await connection.executeScript(
            """
            CREATE TABLE orders (customer_id bigint, amount float8, ordered_at timestamptz, loaded_at timestamptz);
            INSERT INTO orders SELECT i % 5, i, '2024-03-01Z'::timestamptz + i * interval '1 hour',
                '2024-03-01Z'::timestamptz + i * interval '1 hour' + interval '1 minute' FROM generate_series(1, 200) AS i;
            CREATE TABLE labels (customer_id bigint, event_timestamp timestamptz, label bool);
            INSERT INTO labels SELECT i % 6, '2024-03-02Z'::timestamptz + i * interval '97 minutes', i % 3 = 0
                FROM generate_series(1, 60) AS i;
            """
        )
        asof = try await AsofProcess(offlineURL: address.description)
        try asof.write(Self.definitions, to: "features/orders.yaml")
        #expect(try await asof.run("apply").code == 0)
    }

    func remove() async {
        await connection.close()
        asof.remove()
    }

    /// Trains on all labels, or on another spine.
    @discardableResult
    func train(
        to output: String, spine: String = "sql:SELECT * FROM labels ORDER BY event_timestamp", _ more: String...
    ) async throws -> AsofProcess.Outcome {
        try await asof.run(["train", "--service", "orders_v1", "--spine", spine, "-o", output] + more)
    }

    static let definitions = """
        entities:
          customer: {join_keys: {customer_id: int64}}
        sources:
          orders: {table: orders, event_timestamp: ordered_at, created_timestamp: loaded_at}
        feature_views:
          customer_orders:
            entities: [customer]
            source: orders
            features:
              last_amount: {latest: amount}
              order_count_7d: {count: "*", window: 7d}
              spend_7d: {sum: amount, window: 7d}
        feature_services:
          orders_v1: {features: [customer_orders]}

        """
}
