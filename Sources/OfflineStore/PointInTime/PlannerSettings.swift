import PostgresClient

/// Settings of the transaction that joins: measured, not believed (see Benchmarks).
enum PlannerSettings {
    /// JIT compiles thousands of short-lived expressions for nothing; the sorts and hashes of a spine want memory. A table that
    /// is scanned from where another scan happens to be would give the spine's rows in another order.
    static let statements = "SET LOCAL jit = off; SET LOCAL work_mem = '128MB'; SET LOCAL synchronize_seqscans = off"

    static func apply(on connection: PostgresConnection) async throws(PostgresError) {
        try await connection.executeScript(statements)
    }
}
