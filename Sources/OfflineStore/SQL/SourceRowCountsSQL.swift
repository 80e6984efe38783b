import FeatureDefs
import PostgresClient

/// Compiles the counts of a view's source rows by bucket of entities.
struct SourceRowCountsSQL {
    let rows: SourceRows

    /// Rows of: the bucket, how many row versions the state saw for sure, how many others, and how many the base saw for sure; of
    /// all rows of the source, whatever their times and the view's filter.
    func query(_ state: SourceState, base: SourceState?) throws(PostgresError) -> SQLFragment {
        let isNew = RowVersions.areNew(rows.alias, since: state)
        let isKnown: SQLFragment =
            base.map { "count(*) FILTER (WHERE NOT \(RowVersions.areNew(rows.alias, since: $0)))" } ?? "0::int8"
        return """
            SELECT \(try bucket()), count(*) FILTER (WHERE NOT \(isNew)), count(*) FILTER (WHERE \(isNew)), \(isKnown)
            FROM \(try rows.relation())
            GROUP BY 1
            """
    }

    /// The bucket of a row's entity.
    func bucket() throws(PostgresError) -> SQLFragment {
        "(\(try rows.entityHash(seed: 0)) & \(SQLFragment(number: SourceRowCounts.bucketCount - 1)))"
    }
}
