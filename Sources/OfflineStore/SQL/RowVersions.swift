import FeatureDefs
import PostgresClient

/// Conditions on the transactions that wrote a table's row versions.
enum RowVersions {
    /// Row versions of transactions that a state did not see for sure: their numbers, modulo 2^32, are in the span from the oldest
    /// that was open then. Subtransactions have numbers of their own above their parent's, so they are in it too.
    ///
    /// `age` counts back from one number that a transaction keeps to, over the wrap
    /// (https://www.postgresql.org/docs/15/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND). It takes a tenth of the time that a number takes
    /// by way of text, and keeps a scan to one process.
    static func areNew(_ alias: SQLIdentifier, since state: SourceState) -> SQLFragment {
        let oldest = SQLFragment(number: Int(state.oldestOpenTransaction % (1 << 32)))
        return "age(\(alias).xmin) <= age('\(oldest)'::xid)"
    }
}
