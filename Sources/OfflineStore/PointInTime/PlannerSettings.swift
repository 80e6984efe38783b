import FeatureDefs
import PostgresClient

/// Settings of the transaction that joins: measured, not believed (see Benchmarks).
enum PlannerSettings {
    /// JIT compiles thousands of short-lived expressions for nothing; the sorts and hashes of a spine want memory. A table that
    /// is scanned from where another scan happens to be would give the spine's rows in another order.
    static let statements = "SET LOCAL jit = off; SET LOCAL work_mem = '128MB'; SET LOCAL synchronize_seqscans = off"

    static func apply(on connection: PostgresConnection) async throws(PostgresError) {
        try await connection.executeScript(statements)
    }

    /// And more: one pass over a table is joined by hashes. Of how many entities are wanted the planner has no idea, and where it takes
    /// them for one or two it would go over the table for each. A query of the user's is planned as it always is.
    static func apply(
        _ access: EntityAccess, to source: SourcePlan.Relation, on connection: PostgresConnection
    ) async throws(PostgresError) {
        guard case .scanned = access, case .table = source else { return try await apply(on: connection) }
        try await connection.executeScript("\(statements); SET LOCAL enable_nestloop = off")
    }
}
