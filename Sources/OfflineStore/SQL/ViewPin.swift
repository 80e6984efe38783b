import FeatureDefs
import PostgresClient

/// At which cut a view is computed for a row of a spine, and what was known of its source, where that is not the contract's to say:
/// for a stored row, its own cut and what the run that wrote it could see. Expressions over the spine's columns, none NULL but the
/// cut, without which there is no row.
struct ViewPin {
    var cut: SQLFragment
    /// The instant by which a row must have become available; nil: the cut.
    var known: SQLFragment?
    /// The first transaction number, modulo 2^32, that the run could not see; negative: it saw all that is there. nil for what has
    /// no row versions.
    var transaction: SQLFragment?

    /// How much later events are taken to have happened, where a ttl is judged.
    var eventShift = Period.zero

    /// The columns that a view's points have for it, with what they are.
    var columns: [(name: String, value: SQLFragment)] {
        [(FeatureViewSQL.cut, cut)] + (known.map { [(FeatureViewSQL.known, $0)] } ?? [])
            + (transaction.map { [(FeatureViewSQL.transaction, $0)] } ?? [])
    }
}
