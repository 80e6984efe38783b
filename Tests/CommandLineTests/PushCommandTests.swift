import Foundation
import PostgresClient
import TestSupport
import Testing

/// `asof push`: CSV in, rows in the table and online.
@Suite struct PushCommandTests {
    private static let definitions = """
        entities:
          card: {join_keys: {card_id: int64}}
        sources:
          payments: {table: payments, event_timestamp: paid_at, created_timestamp: known_at}
        feature_views:
          last_payment: {entities: [card], source: payments, features: {amount: {latest: amount}, note: {latest: note}}}
          hourly: {entities: [card], source: payments, schedule: {every: 1h, lag: 0s}, features: {n_1h: {count: "*", window: 1h}}}
        feature_services:
          payments_v1: {features: [last_payment]}
        """

    private func applied() async throws -> AsofProcess {
        let asof = try await AsofProcess()
        let connection = try await asof.connectOffline()
        try await connection.execute(
            "CREATE TABLE payments (card_id bigint, amount numeric(10,2), cents float8, note text, paid_at timestamptz, known_at timestamptz)"
        )
        await connection.close()
        try asof.write(
            Self.definitions.replacingOccurrences(of: "{latest: amount}", with: "{latest: lossy_float64(amount)}"),
            to: "features/orders.yaml")
        let applied = try await asof.run("apply")
        try #require(applied.code == 0, "\(applied.error)")
        return asof
    }

    private func served(_ asof: AsofProcess) async throws -> String {
        let found = try await asof.run("get", "--service", "payments_v1", "--keys", "card_id=1")
        #expect(found.code == 0 && found.error.isEmpty, "\(found.error)")
        return found.output
    }

    @Test func rowsOfAFileAreServedAtOnceAndPushedOnce() async throws {
        let asof = try await applied()
        defer { asof.remove() }
        try asof.write(
            """
            card_id,amount,note,paid_at
            1,9.50,"a ""quoted"", note",2024-01-01T10:00:00Z
            2,0.1,,2024-01-01 10:00
            2,0.2,"",2024-01-01 11:00

            """, to: "rows.csv")
        let first = try await asof.run("push", "last_payment", "--file", "rows.csv")
        #expect(first.code == 0 && first.error.isEmpty, "\(first)")
        #expect(first.output.hasPrefix("3 rows inserted\nlast_payment as of 20"), "\(first.output)")
        #expect(first.output.hasSuffix(": 2 entities written\n"), "\(first.output)")
        let found = try await served(asof)
        #expect(found.contains("9.5 ") && found.contains(#"a "quoted", note"#), "\(found)")
        let second = try await asof.run("push", "payments", "--file", "rows.csv", "--json")
        #expect(second.output.contains(#""inserted" : 0"#) && second.output.contains(#""duplicates" : 3"#), "\(second)")
        let stream = try await asof.run(
            "push", "last_payment", "--file", "-", input: "card_id,amount,paid_at\n1,10,2024-01-02T00:00:00Z\n")
        #expect(stream.code == 0 && stream.output.hasPrefix("1 row inserted\n"), "\(stream)")
        #expect(try await served(asof).contains("10.0 "))
        let table = try await asof.connectOffline()
        let rows = try await table.execute(
            "SELECT card_id, amount, note IS NULL, known_at > '2025-01-01' FROM payments ORDER BY paid_at, amount")
        #expect(
            rows.rows == [
                ["2", "0.10", "t", "t"], ["1", "9.50", "f", "t"], ["2", "0.20", "f", "t"], ["1", "10.00", "t", "t"],
            ])
        await table.close()
        // The next run agrees.
        let run = try await asof.run("materialize", "last_payment")
        #expect(run.code == 0)
        #expect(try await served(asof).contains("10.0 "))
        let check = try await asof.run("reconcile", "last_payment", "--dry-run")
        #expect(check.code == 0, "\(check)")
    }

    /// More rows than one transaction takes.
    @Test func aMistakeFarDownIsToldByItsRowInTheFile() async throws {
        let asof = try await applied()
        defer { asof.remove() }
        let rows = (0..<10_003).map { "\($0),2024-01-01" } + ["1,yesterday", ""]
        try asof.write("card_id,paid_at\n" + rows.joined(separator: "\n"), to: "rows.csv")
        let outcome = try await asof.run("push", "last_payment", "--file", "rows.csv")
        #expect(outcome.code == 2 && outcome.output.isEmpty)
        #expect(
            outcome.error == """
                asof: the first 10000 rows have been pushed; of the rows after them:
                asof: row 10003 of `paid_at` is not timestamp

                """, "\(outcome.error)")
    }

    @Test(arguments: [
        ("card_id,paid_at\n1,yesterday\n", "last_payment", "asof: row 0 of `paid_at` is not timestamp\n"),
        ("card_id,paid_at\n", "last_payment", "asof: there is no row to push\n"),
        (
            "card_id\n1\n", "last_payment",
            "asof: missing columns: paid_at; a row of source `payments` needs its keys and its event timestamp\n"
        ),
        (
            "card_id,paid_at\n1,2024-01-01\n", "nothing",
            "asof: Unable to find push source 'nothing': there is no feature view and no source of that name\n"
        ),
        ("card_id,paid_at\n1,2024-01-01,3\n", "last_payment", "the row has 3 fields, the header 2\n"),
    ])
    func mistakesAreOneLine(input: String, target: String, message: String) async throws {
        let asof = try await applied()
        defer { asof.remove() }
        let outcome = try await asof.run("push", target, "--file", "-", input: input)
        #expect(outcome.code == 2 && outcome.output.isEmpty)
        #expect(outcome.error.hasPrefix("asof: ") && outcome.error.hasSuffix(message), "\(outcome.error)")
        let scheduled = try await asof.run("push", "hourly", "--file", "-", input: "card_id,paid_at\n1,2024-01-01\n")
        #expect(scheduled.code == 2 && scheduled.error.hasPrefix("asof: `hourly` has a schedule"))
        let offline = try await asof.run(
            "push", "hourly", "--offline-only", "--file", "-", input: "card_id,paid_at\n1,2024-01-01\n")
        #expect(offline.code == 0 && offline.output == "1 row inserted\n", "\(offline)")
    }
}
