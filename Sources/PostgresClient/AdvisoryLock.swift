/// A lock that sessions of one database share by its name alone, whatever tables there are.
///
/// Postgres knows such locks by number: the name's `hashtextextended`. Two names of one number would wait for each other
/// needlessly, never wrongly. A session that ends has let go of what it held.
/// https://www.postgresql.org/docs/15/explicit-locking.html#ADVISORY-LOCKS
package struct AdvisoryLock: Sendable {
    private let name: PostgresParameter

    package init(_ name: String) {
        self.name = .text(name)
    }

    /// Waits for it; held until the transaction that is open on `connection` ends.
    package func holdInTransaction(on connection: PostgresConnection) async throws(PostgresError) {
        try await call("pg_advisory_xact_lock", on: connection)
    }

    /// Waits for it; held until `release`.
    package func hold(on connection: PostgresConnection) async throws(PostgresError) {
        try await call("pg_advisory_lock", on: connection)
    }

    /// False, at once, if another session holds it; otherwise held until `release`.
    package func holdIfFree(on connection: PostgresConnection) async throws(PostgresError) -> Bool {
        try await call("pg_try_advisory_lock", on: connection).firstCell == "t"
    }

    package func release(on connection: PostgresConnection) async throws(PostgresError) {
        try await call("pg_advisory_unlock", on: connection)
    }

    @discardableResult
    private func call(_ function: String, on connection: PostgresConnection) async throws(PostgresError) -> PostgresRows {
        try await connection.execute("SELECT \(function)(hashtextextended($1, 0))", [name])
    }
}
