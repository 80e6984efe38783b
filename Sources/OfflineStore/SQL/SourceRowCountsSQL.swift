import FeatureDefs
import PostgresClient

/// Compiles the counts of a view's source rows by bucket of entities.
struct SourceRowCountsSQL {
    let rows: SourceRows

    /// Rows of: the bucket, how many row versions it has, how many of them the state did not see for sure, how many the base saw for
    /// sure, and how many meet the condition `changed`; of all rows of the source, whatever their times and the view's filter.
    func query(_ state: SourceState, base: SourceState?, changed: SQLFragment?) throws(PostgresError) -> SQLFragment {
        let isKnown = base.map { "NOT \(RowVersions.areNew(rows.alias, since: $0))" as SQLFragment }
        let counts = [RowVersions.areNew(rows.alias, since: state), isKnown, changed].map { condition in
            condition.map { "count(*) FILTER (WHERE \($0))" as SQLFragment } ?? "0::int8"
        }
        return """
            SELECT \(try bucket()), count(*), \(counts.joined())
            FROM \(try rows.relation())
            GROUP BY 1
            """
    }

    /// The bucket of a row's entity.
    func bucket() throws(PostgresError) -> SQLFragment {
        "(\(try rows.entityHash(seed: 0)) & \(SQLFragment(number: SourceRowCounts.bucketCount - 1)))"
    }
}
