import PostgresClient
import Testing

extension PostgresConnection {
    /// Waits until no transaction of another test is older than the rows of `payments`: a run beside one would not see them for sure, and
    /// the next one take them in again.
    func waitUntilPaymentsAreSettled() async throws {
        let areSettled = "SELECT bool_and(age(xmin) > age(pg_snapshot_xmin(pg_current_snapshot())::xid)) FROM payments"
        for _ in 0..<3_000 {
            if try await execute(areSettled).firstCell == "t" { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("a transaction stays open")
    }
}
