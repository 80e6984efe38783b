import FeatureDefs
import PostgresClient
import TestSupport
import Testing

@testable import OfflineStore

/// That an entity has one row is believed of a table only where a unique index proves it, and then nothing else changes.
@Suite struct RowsPerEntityTests {
    private static let yaml = """
        entities:
          card: {join_keys: {card_id: int64}}
          shop: {join_keys: {shop_id: string}}
        sources:
          payments: {table: payments, event_timestamp: at}
        feature_views:
          card_payments:
            entities: [card]
            source: payments
            features: {last_amount: {latest: amount}}
          shop_payments:
            entities: [shop, card]
            source: payments
            features: {last_amount: {latest: amount}}
        """
    private static let columns = "card_id int8, shop_id text, amount int8, at timestamptz"

    /// What is done to `payments`, and what that proves of its cards, and of its cards in shops.
    struct Case: Sendable, CustomTestStringConvertible {
        let sql: String
        let ofCard: RowsPerEntity
        let ofShop: RowsPerEntity

        var testDescription: String { sql }
    }

    static let cases: [Case] = [
        .init(sql: "ALTER TABLE payments ADD PRIMARY KEY (card_id)", ofCard: .one, ofShop: .one),
        .init(sql: "ALTER TABLE payments ADD UNIQUE (card_id)", ofCard: .one, ofShop: .one),
        .init(sql: "CREATE UNIQUE INDEX ON payments (card_id) INCLUDE (amount)", ofCard: .one, ofShop: .one),
        .init(sql: "CREATE UNIQUE INDEX ON payments (card_id DESC) NULLS NOT DISTINCT", ofCard: .one, ofShop: .one),
        .init(sql: "CREATE UNIQUE INDEX ON payments (shop_id text_pattern_ops)", ofCard: .many, ofShop: .one),
        .init(sql: "ALTER TABLE payments ADD PRIMARY KEY (card_id, shop_id)", ofCard: .many, ofShop: .one),
        .init(sql: "CREATE INDEX ON payments (card_id)", ofCard: .many, ofShop: .many),
        .init(sql: "CREATE UNIQUE INDEX ON payments (card_id, at)", ofCard: .many, ofShop: .many),
        .init(sql: "CREATE UNIQUE INDEX ON payments (amount) INCLUDE (card_id)", ofCard: .many, ofShop: .many),
        .init(sql: "CREATE UNIQUE INDEX ON payments (card_id) WHERE amount > 0", ofCard: .many, ofShop: .many),
        .init(sql: "ALTER TABLE payments ADD UNIQUE (card_id) DEFERRABLE", ofCard: .many, ofShop: .many),
        .init(sql: "CREATE UNIQUE INDEX ON payments ((card_id / 2))", ofCard: .many, ofShop: .many),
        .init(sql: "CREATE UNIQUE INDEX ON payments (card_id, (amount / 2))", ofCard: .many, ofShop: .many),
        // The key is found in its own collation.
        .init(sql: "CREATE UNIQUE INDEX ON payments (shop_id COLLATE \"C\")", ofCard: .many, ofShop: .many),
        .init(sql: "CREATE UNIQUE INDEX ON payments (shop_id COLLATE \"C\", card_id)", ofCard: .many, ofShop: .many),
        .init(
            sql: "ALTER TABLE payments ADD PRIMARY KEY (card_id); CREATE TABLE child () INHERITS (payments)",
            ofCard: .many, ofShop: .many),
        .init(
            sql: "ALTER TABLE payments ADD PRIMARY KEY (card_id); CREATE TABLE child () INHERITS (payments); DROP TABLE child",
            ofCard: .one, ofShop: .one),
        .init(
            sql: """
                ALTER TABLE payments RENAME TO stored; ALTER TABLE stored ADD PRIMARY KEY (card_id);
                CREATE VIEW payments AS TABLE stored
                """, ofCard: .many, ofShop: .many),
        .init(
            sql: """
                ALTER TABLE payments RENAME TO stored; CREATE MATERIALIZED VIEW payments AS TABLE stored;
                CREATE UNIQUE INDEX ON payments (card_id)
                """, ofCard: .many, ofShop: .many),
        .init(
            sql: """
                DROP TABLE payments; CREATE TABLE payments (\(columns), PRIMARY KEY (card_id)) PARTITION BY HASH (card_id);
                CREATE TABLE half PARTITION OF payments FOR VALUES WITH (MODULUS 2, REMAINDER 0)
                """, ofCard: .one, ofShop: .one),
        // No index of the partition belongs to the table's.
        .init(
            sql: """
                DROP TABLE payments; CREATE TABLE payments (\(columns)) PARTITION BY HASH (card_id);
                CREATE TABLE half PARTITION OF payments FOR VALUES WITH (MODULUS 2, REMAINDER 0);
                CREATE UNIQUE INDEX ON ONLY payments (card_id)
                """, ofCard: .many, ofShop: .many),
        .init(sql: "DROP TABLE payments", ofCard: .many, ofShop: .many),
    ]

    @Test(arguments: cases) func aUniqueIndexOnJoinKeysProvesOneRow(_ example: Case) async throws {
        let connection = try await StoreBench.connect()
        try await connection.execute("CREATE TABLE payments (\(Self.columns))")
        let views = try await views(Self.yaml, on: connection)
        #expect(try await RowsPerEntity.read(of: views[0], on: connection) == .many)
        try await connection.executeScript(example.sql)
        #expect(try await RowsPerEntity.read(of: views[0], on: connection) == example.ofCard)
        #expect(try await RowsPerEntity.read(of: views[1], on: connection) == example.ofShop)
        await connection.close()
    }

    @Test func anIndexThatCouldNotBeBuiltProvesNothing() async throws {
        let connection = try await StoreBench.connect()
        try await connection.executeScript(
            """
            CREATE TABLE payments (\(Self.columns));
            INSERT INTO payments VALUES (1, 'a', 1, '2024-03-01'), (1, 'a', 2, '2024-03-01')
            """)
        await #expect(throws: PostgresError.self) {
            try await connection.execute("CREATE UNIQUE INDEX CONCURRENTLY left_behind ON payments (card_id)")
        }
        #expect(try await connection.execute("SELECT 'left_behind'::regclass").rows.count == 1)
        for view in try await views(Self.yaml, on: connection) {
            #expect(try await RowsPerEntity.read(of: view, on: connection) == .many)
        }
        await connection.close()
    }

    /// Two stored values must not become one key, and the key is looked for in the index.
    @Test(arguments: [
        ("int2", "int64", RowsPerEntity.one), ("int4", "int64", .one), ("int8", "int64", .one), ("text", "string", .one),
        ("varchar(9)", "string", .one), ("bool", "bool", .one), ("timestamptz", "timestamp", .one), ("bytea", "bytes", .one),
        ("uuid", "uuid", .one), ("bpchar", "string", .many), ("timestamp", "timestamp", .many), ("date", "timestamp", .many),
    ]) func typesOfKeys(stored: String, declared: String, perEntity: RowsPerEntity) async throws {
        let connection = try await StoreBench.connect()
        try await connection.execute("CREATE TABLE things (id \(stored) PRIMARY KEY, amount int8, at timestamptz)")
        let views = try await views(
            """
            entities: {thing: {join_keys: {id: \(declared)}}}
            sources: {things: {table: things, event_timestamp: at}}
            feature_views: {things: {entities: [thing], source: things, features: {amount: {latest: amount}}}}
            """, on: connection)
        #expect(try await RowsPerEntity.read(of: views[0], on: connection) == perEntity)
        await connection.close()
    }

    /// A snapshot sees the doubles of a time before the index.
    @Test func anIndexThatIsYoungerThanTheSnapshotProvesNothing() async throws {
        let connection = try await StoreBench.connect()
        let other = try await PostgresConnection.connect(to: connection.url)
        try await connection.executeScript(
            """
            CREATE TABLE payments (\(Self.columns));
            INSERT INTO payments VALUES (1, 'a', 1, '2024-03-01'), (1, 'a', 2, '2024-03-02')
            """)
        let view = try await views(Self.yaml, on: connection)[0]
        let cut = try #require(Timestamp("2024-03-03T00:00:00Z"))
        func access() async throws -> EntityAccess { try await .choose(for: view, wanted: nil, on: connection) }
        try await connection.transaction(isolation: .repeatableRead, readOnly: true) {
            #expect(try await connection.execute("SELECT FROM payments").rows.count == 2)
            try await other.executeScript(
                "DELETE FROM payments WHERE amount = 1; CREATE UNIQUE INDEX payments_of_card ON payments (card_id)")
            #expect(try await access() == .scanned(.many))
            let sql = MaterializationSQL(
                view: view, cut: cut, scope: .everyEntity(.asked), access: try await access())
            #expect(try await connection.execute(try sql.query().text).rows.map { $0[1] } == ["2"])
        }
        try await connection.transaction(isolation: .repeatableRead, readOnly: true) {
            #expect(try await access() == .scanned(.one))
            // Nor is the index gone, nor another table in its place, before the rows are read.
            try await other.execute("SET lock_timeout = '10ms'")
            for change in ["DROP INDEX payments_of_card", "ALTER TABLE payments RENAME TO others"] {
                await #expect(throws: PostgresError.self) { try await other.execute(change) }
            }
        }
        await other.close()
        await connection.close()
    }

    private func views(_ yaml: String, on connection: PostgresConnection) async throws -> [FeatureViewPlan] {
        let parsed = parseProject([SourceFile(path: "features/payments.yaml", text: yaml)], project: "plain")
        return try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources)).featureViews
    }
}
