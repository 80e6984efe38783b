import Foundation
import PostgresClient
import TestSupport
import Testing

/// A materialization that is killed at any moment loses nothing and leaves nothing stale.
@Suite struct MaterializeKillTests {
    private static let definitions = """
        entities:
          card: {join_keys: {card_id: int64}}
        sources:
          payments: {table: payments, event_timestamp: at, created_timestamp: known_at}
        feature_views:
          card_payments:
            entities: [card]
            source: payments
            filter: "status = 'settled'"
            features:
              last_amount: {latest: amount}
        feature_services:
          all: {features: [card_payments]}
        """

    @Test func aKilledRunIsMadeGoodByTheNext() async throws {
        let url = try await TestStack.shared().freshDatabase("kill")
        let asof = try await AsofProcess(offlineURL: url.description)
        defer { asof.remove() }
        let connection = try await PostgresConnection.connect(to: url)
        try await connection.executeScript(
            """
            CREATE TABLE payments (card_id int8, amount float8, status text, at timestamptz, known_at timestamptz);
            INSERT INTO payments
                SELECT c, c, 'settled', '2024-03-01', '2024-03-01' FROM generate_series(1, 20000) AS c;
            CREATE INDEX ON payments (card_id, at)
            """)
        try asof.write(Self.definitions, to: "features/orders.yaml")
        #expect(try await asof.run("apply").code == 0)
        for round in 1...8 as ClosedRange<Int64> {
            // A third of the cards get a row that claims to be old, or lose theirs.
            try await connection.execute(
                """
                INSERT INTO payments SELECT c, c + $1, 'settled', '2024-03-01 00:00:01', '2024-03-01 00:00:01'
                FROM generate_series(1, 20000) AS c WHERE c % 9 = $1 % 9
                """, [.int64(round)])
            // And some cards are new.
            try await connection.execute(
                """
                INSERT INTO payments SELECT c, 1, 'settled', '2024-03-01', '2024-03-01' FROM generate_series($1 * 100000, $1 * 100000 + 5000) AS c
                """, [.int64(round)])
            try await connection.execute("UPDATE payments SET status = 'void' WHERE card_id % 97 = $1", [.int64(round)])
            try await asof.runAndKill(after: .milliseconds(40 * round), "materialize")
            // What only the killed run has seen.
            try await connection.execute(
                "DELETE FROM payments WHERE (card_id >= 100000 OR amount = card_id + $1) AND card_id % 3 = 0", [.int64(round)])
        }
        let last = try await asof.run("materialize", "--json")
        #expect(last.code == 0 && last.output.contains(#""rowsKept" : 0"#), "\(last.output)\(last.error)")
        let entities =
            try await connection.execute(
                "SELECT count(DISTINCT card_id) FROM payments WHERE status = 'settled'"
            ).firstCell ?? ""
        let compared = try await asof.run("reconcile", "--dry-run", "--json")
        #expect(compared.code == 0 && compared.output.contains("\"compared\" : \(entities),"), "\(compared.output)")
        await connection.close()
    }
}
