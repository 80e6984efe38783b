import FeatureDefs
import Foundation
import PostgresClient
import TestSupport
import Testing

@testable import OfflineStore

/// A spine that cannot be used gives one clear error, and nothing is written.
@Suite struct BadSpineTests {
    private static let definitions = """
        entities:
          card: {join_keys: {card_id: int64}}
        sources:
          payments: {table: payments, event_timestamp: paid_at}
        feature_views:
          cards:
            entities: [card]
            source: payments
            features:
              last_amount: {latest: amount}
              payment_count: {count: "*", window: 7d}
        on_demand_feature_views:
          asked:
            request: {limit: float64}
            features:
              is_over: cards.last_amount > limit
        feature_services:
          all: {features: [cards, asked]}
        """

    private func bench() async throws -> (PostgresConnection, FeatureSelection, TrainingOrigin) {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("badspine"))
        try await connection.executeScript(
            """
            CREATE TABLE payments (card_id int, amount float8, paid_at timestamptz);
            INSERT INTO payments VALUES (1, 9.5, '2024-01-01Z');
            CREATE TABLE spine (card_id bigint, event_timestamp timestamptz, "limit" float8, note text);
            """
        )
        let parsed = parseProject([SourceFile(path: "features/cards.yaml", text: Self.definitions)], project: "bad")
        let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
        let origin = TrainingOrigin(engineVersion: "test", plan: plan, service: "all")
        return (connection, try plan.selection(of: plan.services.flatMap(\.features)), origin)
    }

    /// The error of training on a spine, and whether the output exists afterwards.
    private func failure(_ spine: SpineSource, timestamp: String = "event_timestamp") async throws -> String {
        let (connection, selection, origin) = try await bench()
        let output = FileManager.default.temporaryDirectory.appending(path: "asof-out-\(UUID().uuidString).csv").path
        let request = TrainingRequest(
            selection: selection,
            spine: spine,
            timestampColumn: timestamp,
            knowledge: .asServed,
            usesFullFeatureNames: false
        )
        let error = await #expect(throws: (any Error).self) {
            _ = try await TrainingSetBuilder(connection: connection).build(request, for: origin, to: .csv(path: output))
        }
        let folder = URL(filePath: output).deletingLastPathComponent().path
        let leftovers = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasPrefix(URL(filePath: output).lastPathComponent) }
        #expect(leftovers.isEmpty)
        await connection.close()
        let text = "\(try #require(error))"
        #expect(!text.contains("\n"))
        return text
    }

    private func csvFailure(_ text: String, timestamp: String = "event_timestamp") async throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "asof-spine-\(UUID().uuidString).csv").path
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await failure(.csv(path: path), timestamp: timestamp).replacing(path, with: "spine.csv")
    }

    @Test func aMissingColumnIsNamedWithThoseThereAre() async throws {
        #expect(
            try await csvFailure("card_id,at,limit\n1,2024-01-01,5\n")
                == "the spine has no column `event_timestamp`; name its timestamp with --timestamp (it has: card_id, at, limit)"
        )
        #expect(
            try await csvFailure("card,event_timestamp,limit\n1,2024-01-01,5\n")
                == "the spine has no column `card_id`, a join key of the service's features (it has: card, event_timestamp, limit)"
        )
        #expect(
            try await csvFailure("card_id,event_timestamp\n1,2024-01-01\n")
                == "the spine has no column `limit`, a request input (float64) of an on-demand feature (it has: card_id, event_timestamp)"
        )
    }

    @Test func aCellOfTheWrongTypeIsNamedWithItsLine() async throws {
        #expect(
            try await csvFailure("card_id,event_timestamp,limit\n1,2024-01-01,5\nabc,2024-01-01,5\n")
                == "spine.csv:3: `abc` in column `card_id` is not an int64; mend the row or leave the field empty for NULL"
        )
        #expect(
            try await csvFailure("card_id,event_timestamp,limit\n1,yesterday,5\n")
                == "spine.csv:2: `yesterday` in column `event_timestamp` is not a timestamp; mend the row or leave the field empty for NULL"
        )
        for text in ["1e400", "1e-400", "0x1p3"] {
            #expect(
                try await csvFailure("card_id,event_timestamp,limit\n1,2024-01-01,\(text)\n")
                    == "spine.csv:2: `\(text)` in column `limit` is not a float64; mend the row or leave the field empty for NULL"
            )
        }
        // Half a microsecond would have to be rounded, perhaps over a boundary.
        #expect(
            try await csvFailure("card_id,event_timestamp,limit\n1,2024-01-01T00:00:00.0000005Z,5\n").contains(
                "is not a timestamp"))
        #expect(
            try await csvFailure("card_id,event_timestamp,limit\n1,infinity,5\n")
                == "spine.csv:2: the spine's timestamp is infinite; features exist only at finite instants"
        )
    }

    @Test func aFeatureMayNotTakeASpineColumnsName() async throws {
        #expect(
            try await csvFailure("card_id,event_timestamp,limit,last_amount\n1,2024-01-01,5,3\n")
                == "feature `cards.last_amount` would be named `last_amount`, as a spine column already is; "
                + "use --full-feature-names, or rename one"
        )
    }

    @Test func aTableOrQueryIsCheckedBeforeItIsRead() async throws {
        #expect(try await failure(.table(["nothing"])) == "the spine's table `nothing` does not exist in the offline store")
        #expect(
            try await failure(.query("SELECT note AS card_id, event_timestamp, \"limit\" FROM spine"))
                == "the spine's column `card_id` is of type text, the definitions say int64; cast it in `sql:SELECT ...`"
        )
        #expect(
            try await failure(.query("SELECT card_id, note AS event_timestamp, \"limit\" FROM spine"))
                == "the spine's column `event_timestamp` is of type text, not a timestamp; cast it in `sql:SELECT ...`"
        )
        #expect(try await failure(.query("SELEKT 1")).hasPrefix("the spine's query cannot run: syntax error"))
        #expect(
            try await failure(.query("SELECT card_id, event_timestamp, \"limit\", 1 AS note, 2 AS note FROM spine"))
                == "the spine has two columns named `note`; rename one"
        )
        #expect(
            try await failure(
                .query("SELECT 1::int8 AS card_id, 'infinity'::timestamptz AS event_timestamp, 1::float8 AS \"limit\"")
            )
            .hasSuffix("the spine's timestamp is infinite; features exist only at finite instants")
        )
    }

    @Test func anEmptySpineGivesAnEmptyTrainingSetWithItsHeader() async throws {
        let (connection, selection, origin) = try await bench()
        let output = FileManager.default.temporaryDirectory.appending(path: "asof-out-\(UUID().uuidString).csv").path
        defer { try? FileManager.default.removeItem(atPath: output) }
        let request = TrainingRequest(
            selection: selection,
            spine: .table(["spine"]),
            timestampColumn: "event_timestamp",
            knowledge: .asServed,
            usesFullFeatureNames: false
        )
        let result = try await TrainingSetBuilder(connection: connection).build(request, for: origin, to: .csv(path: output))
        #expect(result.rows == 0)
        let text = try String(contentsOfFile: output, encoding: .utf8)
        #expect(text == "card_id,event_timestamp,limit,note,last_amount,payment_count,is_over\n")
        await connection.close()
    }

    @Test func anIndexThatIsMissingIsNamed() async throws {
        let (connection, selection, _) = try await bench()
        try await connection.executeScript(
            "INSERT INTO payments SELECT i % 100, i, now() FROM generate_series(1, 20000) AS i; ANALYZE payments"
        )
        let advisor = IndexAdvisor(connection: connection)
        let missing = try await advisor.missingIndexes(for: selection.distinctViews)
        #expect(missing.map(\.creation) == ["CREATE INDEX ON \"payments\" (\"card_id\", \"paid_at\")"])
        try await connection.execute(try #require(missing.first).creation)
        #expect(try await advisor.missingIndexes(for: selection.distinctViews).isEmpty)
        // A unique index on the keys alone finds an entity's one row.
        try await connection.executeScript(
            """
            DROP INDEX payments_card_id_paid_at_idx; DELETE FROM payments WHERE amount = 9.5; UPDATE payments SET card_id = amount
            """)
        #expect(try await advisor.missingIndexes(for: selection.distinctViews) == missing)
        try await connection.execute("ALTER TABLE payments ADD UNIQUE (card_id)")
        #expect(try await advisor.missingIndexes(for: selection.distinctViews).isEmpty)
        await connection.close()
    }
}
