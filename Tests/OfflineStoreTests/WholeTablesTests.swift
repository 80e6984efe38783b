import FeatureDefs
import PostgresClient
import TestSupport
import Testing

@testable import OfflineStore

/// A table is read whole where the spine sees about all of it, and where `COPY table` sends all that a query would.
@Suite struct WholeTablesTests {
    static let yaml = """
        entities: {card: {join_keys: {card_id: int64}}}
        sources: {tx: {table: tx, event_timestamp: at}}
        feature_views: {v: {entities: [card], source: tx, ttl: 1h, features: {amount: {latest: amount}}}}
        feature_services: {all: {features: [v]}}
        """

    /// 60,000 rows of 1,000 cards in 1,000 hours, and a spine like it.
    static let tables = """
        CREATE TABLE tx WITH (autovacuum_enabled = off) AS
        SELECT (i % 1000)::int8 AS card_id, '2024-01-01Z'::timestamptz + i * interval '1 minute' AS at, i::float8 AS amount
        FROM generate_series(1, 60000) AS i;
        CREATE INDEX ON tx (card_id, at);
        CREATE TABLE spine WITH (autovacuum_enabled = off) AS
        SELECT card_id, at + interval '30 seconds' AS event_timestamp FROM tx;
        """

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sql: String
        let isWhole: Bool
    }

    static let cases = [
        Case(testDescription: "as it is", sql: "ANALYZE tx, spine", isWhole: true),
        Case(testDescription: "without statistics", sql: "", isWhole: false),
        Case(
            testDescription: "a spine of the first half",
            sql: "DELETE FROM spine WHERE event_timestamp > '2024-01-20Z'; ANALYZE tx, spine", isWhole: false),
        Case(
            testDescription: "a spine of few rows",
            sql: "DELETE FROM spine WHERE card_id % 10 <> 0; ANALYZE tx, spine", isWhole: false),
        Case(
            testDescription: "a spine of few keys",
            sql: "UPDATE spine SET card_id = card_id % 100; ANALYZE tx, spine", isWhole: false),
        Case(
            testDescription: "a table with parts", sql: "CREATE TABLE more () INHERITS (tx); ANALYZE tx, spine", isWhole: false),
        Case(
            testDescription: "a column that is computed",
            sql: "ALTER TABLE tx ADD twice float8 GENERATED ALWAYS AS (2 * amount) STORED; ANALYZE tx, spine", isWhole: false),
        Case(
            testDescription: "a view",
            sql: "ALTER TABLE tx RENAME TO stored; CREATE VIEW tx AS TABLE stored; ANALYZE stored, spine", isWhole: false),
    ]

    @Test(arguments: cases)
    func isChosenWhereItPays(_ example: Case) async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("whole"))
        try await connection.executeScript(Self.tables)
        if !example.sql.isEmpty { try await connection.executeScript(example.sql) }
        let parsed = parseProject([SourceFile(path: "features/v.yaml", text: Self.yaml)], project: "p")
        let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
        let request = TrainingRequest(
            selection: try plan.selection(of: try #require(plan.service(named: "all"))), spine: .table(["spine"]),
            timestampColumn: "event_timestamp", knowledge: .asServed, usesFullFeatureNames: false)
        let choice = try await StrategyChooser(connection: connection).choose(request)
        let tables = try await WholeTables(connection: connection, request: request, statistics: choice.statistics).choose()
        #expect(tables.map(\.index) == (example.isWhole ? [0] : []))
        await connection.close()
    }
}
