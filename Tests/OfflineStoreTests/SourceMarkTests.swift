import FeatureDefs
import PostgresClient
import TestSupport
import Testing

@testable import OfflineStore

/// What a manifest says of a source: counted, unless counting is out of all proportion.
@Suite struct SourceMarkTests {
    @Test func aCountThatTakesLongerThanTheJoinIsLeftOut() async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("marks"))
        try await connection.executeScript(
            """
            CREATE TABLE payments (card_id bigint, paid_at timestamptz, known_at timestamptz);
            INSERT INTO payments VALUES (1, '2024-01-01Z', '2024-01-02Z'), (1, '2024-01-03Z', '2024-01-02Z'),
                (1, '2024-01-01Z', '2024-01-09Z'), (1, NULL, '2024-01-01Z');
            """)
        let definitions = """
            entities: {card: {join_keys: {card_id: int64}}}
            sources: {payments: {table: payments, event_timestamp: paid_at, created_timestamp: known_at}}
            feature_views: {cards: {entities: [card], source: payments, features: {payment_count: {count: "*", window: 7d}}}}
            feature_services: {all: {features: [cards]}}
            """
        let parsed = parseProject([SourceFile(path: "features/cards.yaml", text: definitions)], project: "marks")
        let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
        func mark(affordable seconds: Double) async throws -> SourceMark {
            let reader = SourceMarkReader(
                connection: connection, asOf: Timestamp("2024-01-05"), affordableSeconds: seconds)
            return try #require(try await reader.read(plan.featureViews).first)
        }
        let counted = SourceMark(
            source: "payments", relation: "payments", rows: 2, maxAvailable: "2024-01-02T00:00:00Z",
            rowsKnownBeforeTheyHappened: 1)
        #expect(try await mark(affordable: 0) == counted)
        // A join that reads the whole table counts on the way.
        let selection = try plan.selection(of: try #require(plan.service(named: "all")))
        let read = try #require(SourceRead.plan(selection.joinedViews).first)
        let table = try #require(try WholeTable(read, index: 0, expectedRows: 0))
        let rows = try await connection.transaction(isolation: .repeatableRead) {
            let readers = try await SnapshotReaders.open(1, of: try await .of(connection))
            let rows = try await readers.map([table]) { connection, table in
                try await table.rows(from: connection, of: readers, within: MemoryBudget(bytes: .max))
            }
            await readers.close()
            return try #require(rows.first)
        }
        #expect(rows.mark(asOf: Timestamp("2024-01-05")) == counted)
        // A function that says to return a billion rows stands for a table that has them.
        try await connection.executeScript(
            """
            ALTER TABLE payments RENAME TO old_payments;
            CREATE FUNCTION all_payments() RETURNS SETOF old_payments LANGUAGE sql VOLATILE ROWS 1000000000 AS 'TABLE old_payments';
            CREATE VIEW payments AS SELECT * FROM all_payments();
            """)
        let uncounted = SourceMark(
            source: "payments", relation: "payments", rows: nil, maxAvailable: nil, rowsKnownBeforeTheyHappened: nil)
        #expect(try await mark(affordable: 10) == uncounted)
        #expect(try await mark(affordable: 100) == counted)
        await connection.close()
    }
}
