import FeatureDefs
import PostgresClient
import TestSupport
import Testing

@testable import OfflineStore

@Suite struct SourceStateTests {
    /// A table that once had a child is read by way of its parts ever after.
    @Test func aTableIsTheSameReadAloneAndByItsParts() async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("state"))
        func storage() async throws -> String? {
            try await SourceState.read(.table(["events"]), on: connection).state.storage
        }
        try await connection.execute("CREATE TABLE events (id int8, at timestamptz)")
        let alone = try #require(try await storage())
        try await connection.execute("CREATE TABLE more () INHERITS (events)")
        #expect(try await storage() != alone)
        try await connection.execute("DROP TABLE more")
        #expect(try await connection.execute("SELECT relhassubclass FROM pg_class WHERE relname = 'events'").firstCell == "t")
        #expect(try await storage() == alone)
        try await connection.execute("TRUNCATE events")
        #expect(try await storage() != alone)
        await connection.close()
    }

    /// Where Postgres tells it at once, it is what its planner expects; elsewhere the planner is to be asked.
    @Test func rowsAreThoseThatThePlannerExpects() async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("state"))
        try await connection.executeScript(
            """
            CREATE TABLE events AS SELECT n AS id FROM generate_series(1, 5000) AS n;
            CREATE VIEW shown AS SELECT * FROM events;
            CREATE TABLE parted (id int8) PARTITION BY RANGE (id)
            """)
        func rows(_ name: String) async throws -> Double? {
            try await SourceState.read(.table([name]), on: connection).rows
        }
        #expect(try await rows("events") == nil)
        try await connection.execute("ANALYZE events")
        #expect(try await rows("events") == 5000)
        try await connection.execute("INSERT INTO events SELECT n FROM generate_series(1, 5000) AS n")
        let planned = try await PlannedQuery.read("SELECT FROM events", on: connection).rows
        #expect(try await abs(#require(rows("events")) - planned) <= 1 && planned > 9000)
        for name in ["shown", "parted", "missing"] { #expect(try await rows(name) == nil) }
        await connection.close()
    }
}
