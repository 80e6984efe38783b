import FeatureDefs
import PostgresClient

/// How many rows a source has, by buckets of entities, so that a later run can tell which entities have lost some.
///
/// What is new tells itself (`ChangedRows`); what is gone leaves nothing to ask: a deleted row, or one whose key became another. But
/// of the row versions that a run saw for sure none can come back and none can be added, so that their count falls if and only if
/// some are gone. An UPDATE makes a version go, too: the entities of its bucket are computed once more, which is harmless.
package struct SourceRowCounts: Hashable, Sendable {
    /// More transactions than these are not told apart.
    private static let mostTransactions = 1000

    let buckets: EntityBuckets
    /// For each bucket, the row versions of transactions that had ended before any that was open, and of `transactions`.
    let settled: [Int64]
    /// For each bucket, those of later transactions: of them some may come in yet, so that their count tells nothing.
    let recent: [Int64]
    /// Transactions, or parts of some, that had ended although older ones were still open: all that they wrote was there.
    let transactions: [Int64]
    /// For each bucket, those that the base of the run saw for sure; zeros without a base.
    let known: [Int64]
    /// For each bucket, the rows that may have changed their entity's value since the base (`ChangedRows`); zeros without a base.
    let changed: [Int64]

    init(
        of buckets: EntityBuckets, settled: [Int64], recent: [Int64], transactions: [Int64] = [], known: [Int64]? = nil,
        changed: [Int64]? = nil
    ) {
        self.buckets = buckets
        self.settled = settled
        self.recent = recent
        self.transactions = transactions
        self.known = known ?? [Int64](repeating: 0, count: buckets.count)
        self.changed = changed ?? [Int64](repeating: 0, count: buckets.count)
    }

    /// The counts as the transaction that is open on the connection sees them, for a run at the cut that starts from the base: for as
    /// many buckets as that has, or more.
    static func read(
        _ view: FeatureViewPlan, _ state: SourceState, buckets: EntityBuckets, base: MaterializationBase?, cut: Timestamp,
        on connection: PostgresConnection
    ) async throws -> SourceRowCounts {
        let rows = try SourceRows(view: view, knowledge: .asServed)
        let sql = SourceRowCountsSQL(rows: rows)
        var changed: SQLFragment?
        if let base { changed = try ChangedRows(view: view, rows: rows, base: base, cut: cut, losses: nil).condition() }
        let query = try sql.query(state, buckets: buckets, base: base, changed: changed)
        let counts = try await counts(query, of: buckets, on: connection)
        var transactions: [Int64] = []
        if counts[1].contains(where: { $0 > 0 }) {
            let found = try await connection.execute(
                try sql.newTransactions(since: state, atMost: mostTransactions + 1).text)
            transactions = found.rows.compactMap { $0[0].flatMap { Int64($0) } }
        }
        guard !transactions.isEmpty, transactions.count <= mostTransactions else {
            let settled = zip(counts[0], counts[1]).map { $0 - $1 }
            return SourceRowCounts(of: buckets, settled: settled, recent: counts[1], known: counts[2], changed: counts[3])
        }
        return SourceRowCounts(
            of: buckets, settled: counts[0], recent: [Int64](repeating: 0, count: buckets.count), transactions: transactions,
            known: counts[2], changed: counts[3])
    }

    /// The four counts of the query's rows, each with one number for each bucket.
    private static func counts(
        _ query: SQLFragment, of buckets: EntityBuckets, on connection: PostgresConnection
    ) async throws -> [[Int64]] {
        let zeros = [[Int64]](repeating: [Int64](repeating: 0, count: buckets.count), count: 4)
        return try await connection.copyOutRows(of: query.text, into: zeros) { counts, row in
            guard let bucket = try row.nextInt64(), (0..<Int64(buckets.count)).contains(bucket) else {
                throw PostgresError(.protocolMismatch, "Postgres does not count its rows")
            }
            for index in zeros.indices { counts[index][Int(bucket)] = try row.nextInt64() ?? 0 }
        }
    }

    /// The buckets of which rows may have gone since an older state: those that have fewer, and those of which it is not known.
    /// They are some of the old state's.
    func losses(since old: SourceRowCounts) -> LostBuckets? {
        let known = old.buckets.sums(of: known)
        return LostBuckets(known.indices.filter { known[$0] != old.settled[$0] || old.recent[$0] > 0 }, among: old.buckets)
    }

    /// At least as many as entities may have changed, some buckets having lost rows.
    func changedEntities(losses: LostBuckets?) -> Int64 {
        settled.indices.reduce(0) { sum, bucket in
            sum + (losses?.contain(bucket) == true ? settled[bucket] + recent[bucket] : changed[bucket])
        }
    }
}
