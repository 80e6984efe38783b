import FeatureDefs
import PostgresClient

/// What a run saw of a view's source, so that the next one can tell which rows have come since.
///
/// No timestamp column can tell that: a row may be committed long after the time that it claims. Postgres itself can: every row
/// version carries the number of the transaction that wrote it, and a snapshot the lowest number still open
/// (https://www.postgresql.org/docs/15/functions-info.html#FUNCTIONS-INFO-SNAPSHOT).
package struct SourceState: Hashable, Sendable {
    /// Rows of transactions below are seen for sure; those of others may have come later.
    package let oldestOpenTransaction: Int64
    /// The number that the next transaction would get.
    package let nextTransaction: Int64
    /// Names the files that hold the table, and what its columns are: another one after TRUNCATE, a rewrite, a partition that came
    /// or went, a column that was renamed or added with a value for the rows there are.
    /// nil for what has no row versions of its own, such as a view or a query.
    package let storage: String?

    package init(oldestOpenTransaction: Int64, nextTransaction: Int64, storage: String?) {
        self.oldestOpenTransaction = oldestOpenTransaction
        self.nextTransaction = nextTransaction
        self.storage = storage
    }

    /// The state as the transaction that is open on the connection sees it.
    static func read(_ relation: SourcePlan.Relation, on connection: PostgresConnection) async throws -> SourceState {
        let name: String? =
            switch relation {
            case .table: try relation.sql().text
            case .query: nil
            }
        let row = try await connection.execute(
            """
            WITH RECURSIVE parts AS (
                SELECT to_regclass($1)::oid AS oid
                UNION
                SELECT inhrelid FROM pg_catalog.pg_inherits JOIN parts ON inhparent = parts.oid
            )
            SELECT pg_snapshot_xmin(pg_current_snapshot())::text, pg_snapshot_xmax(pg_current_snapshot())::text,
                CASE WHEN bool_and(relkind IN ('r', 'p'))
                    THEN md5(string_agg(concat(c.oid, ':', pg_relation_filenode(c.oid), ':', columns), ',' ORDER BY c.oid)) END
            FROM parts JOIN pg_catalog.pg_class AS c USING (oid) CROSS JOIN LATERAL (
                SELECT string_agg(concat_ws(' ', attnum, attname, atttypid, attmissingval), ',' ORDER BY attnum) AS columns
                FROM pg_catalog.pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
            ) AS a
            """,
            [name.map { .text($0) } ?? .null]
        ).rows.first
        guard let row, let oldest = row[0].flatMap({ Int64($0) }), let next = row[1].flatMap({ Int64($0) })
        else { throw PostgresError(.protocolMismatch, "Postgres does not tell its snapshot") }
        return SourceState(oldestOpenTransaction: oldest, nextTransaction: next, storage: row[2])
    }
}
