import FeatureDefs
import PostgresClient

/// Compiles the counts of a view's source rows by bucket of entities.
struct SourceRowCountsSQL {
    let rows: SourceRows

    /// Rows of: the bucket, how many row versions it has, how many of them the state did not see for sure, how many the base saw for
    /// sure, and how many meet the condition `changed`; of all rows of the source, whatever their times and the view's filter.
    func query(
        _ state: SourceState, buckets: EntityBuckets, base: MaterializationBase?, changed: SQLFragment?
    ) throws(PostgresError) -> SQLFragment {
        let counts = [RowVersions.areNew(rows.alias, since: state), base.map(wasSeen), changed].map { condition in
            condition.map { "count(*) FILTER (WHERE \($0))" as SQLFragment } ?? "0::int8"
        }
        return """
            SELECT \(try bucket(among: buckets)), count(*), \(counts.joined())
            FROM \(try rows.relation())
            GROUP BY 1
            """
    }

    /// Whether the base saw a row version for sure.
    private func wasSeen(by base: MaterializationBase) -> SQLFragment {
        let isOld: SQLFragment = "NOT \(RowVersions.areNew(rows.alias, since: base.state))"
        guard let transactions = base.rows?.transactions, !transactions.isEmpty else { return isOld }
        let list = transactions.map { SQLFragment(number: Int($0)) }.joined(separator: ", ")
        return "\(isOld) OR \(rows.alias).xmin::text::int8 IN (\(list))"
    }

    /// Transactions that have row versions which a state did not see for sure, as row versions have them: modulo 2^32.
    func newTransactions(since state: SourceState, atMost limit: Int) throws(PostgresError) -> SQLFragment {
        """
        SELECT DISTINCT \(rows.alias).xmin::text::int8
        FROM \(try rows.relation())
        WHERE \(RowVersions.areNew(rows.alias, since: state))
        LIMIT \(SQLFragment(number: limit))
        """
    }

    /// The bucket of a row's entity.
    func bucket(among buckets: EntityBuckets) throws(PostgresError) -> SQLFragment {
        "(\(try rows.entityHash(seed: 0)) & \(SQLFragment(number: buckets.count - 1)))"
    }
}
