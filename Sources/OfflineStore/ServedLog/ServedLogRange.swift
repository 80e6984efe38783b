package import FeatureDefs
import PostgresClient

/// Which rows of the served log a check is of.
package enum ServedLogRange: Hashable, Sendable, Codable {
    /// Served from an instant on (inclusive).
    case served(since: Timestamp)
    /// Committed after one state of the log, nil for the beginning, and by another. Two such ranges that meet neither lose a row nor
    /// have one twice: a row that was written early and committed late, with a lower number than rows that were there before, is in
    /// the range in which it was committed.
    case logged(after: ServedLogState?, by: ServedLogState)

    /// `served_at >= $4`, or what tells when a row was committed, and its parameters.
    ///
    /// - Parameter first: the number of the first parameter.
    func condition(firstParameter first: Int) -> (sql: String, parameters: [PostgresParameter]) {
        switch self {
        case .served(let since): return ("served_at >= $\(first)", [.timestamptz(microseconds: since.microseconds)])
        case .logged(nil, let end):
            return ("(logged_by IS NULL OR pg_visible_in_snapshot(logged_by, $\(first)::pg_snapshot))", [.text(end.snapshot)])
        case .logged(let start?, let end):
            // The first condition is one that an index serves.
            return (
                """
                logged_by >= pg_snapshot_xmin($\(first)::pg_snapshot) AND NOT pg_visible_in_snapshot(logged_by, $\(first)::pg_snapshot)
                    AND pg_visible_in_snapshot(logged_by, $\(first + 1)::pg_snapshot)
                """, [.text(start.snapshot), .text(end.snapshot)]
            )
        }
    }
}

/// What of the served log is committed at one instant.
package struct ServedLogState: Hashable, Sendable, Codable {
    /// Postgres' own account: `10:20:10,14`.
    package let snapshot: String
    /// Names the table. Transactions of a database that was restored from a dump say nothing of those of the one that was dumped.
    package let table: String
    package let at: Timestamp

    package init(snapshot: String, table: String, at: Timestamp) {
        self.snapshot = snapshot
        self.table = table
        self.at = at
    }

    /// The first number that no transaction had yet.
    package var end: UInt64 { UInt64(snapshot.split(separator: ":").dropFirst().first ?? "") ?? 0 }
}
