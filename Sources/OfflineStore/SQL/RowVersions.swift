import FeatureDefs
import PostgresClient

/// Conditions on the transactions that wrote a table's row versions.
enum RowVersions {
    private static let modulus: Int64 = 1 << 32

    /// Row versions of transactions that a state did not see for sure: their numbers, modulo 2^32, are in the span from the oldest
    /// that was open then. Subtransactions have numbers of their own above their parent's, so they are in it too.
    static func areNew(_ alias: SQLIdentifier, since state: SourceState) -> SQLFragment {
        let oldest = state.oldestOpenTransaction % modulus
        return """
            (\(alias).xmin::text::int8 + \(SQLLiteral(.int64(modulus - oldest), type: .int64))) % \
            \(SQLLiteral(.int64(modulus), type: .int64)) < \(SQLLiteral(.int64(1 << 31), type: .int64))
            """
    }
}
