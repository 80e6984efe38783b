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

    /// The state as the transaction that is open on the connection sees it; and how many rows there are, about, where Postgres tells at
    /// once: as its planner reckons, from the last ANALYZE and today's size.
    static func read(
        _ relation: SourcePlan.Relation, on connection: PostgresConnection
    ) async throws -> (state: SourceState, rows: Double?) {
        let name: PostgresParameter =
            switch relation {
            case .table: .text(try relation.sql().text)
            case .query: .null
            }
        let row = try await connection.execute(
            """
            SELECT pg_snapshot_xmin(pg_current_snapshot())::text, pg_snapshot_xmax(pg_current_snapshot())::text,
                CASE WHEN c.relkind IN ('r', 'p') THEN md5(\(description)) END, c.relhassubclass,
                CASE WHEN c.relkind = 'r' AND c.relpages > 0 AND NOT c.relhassubclass
                    THEN c.reltuples / c.relpages * (pg_relation_size(c.oid) / current_setting('block_size')::int8) END
            FROM (VALUES (1)) AS one LEFT JOIN pg_catalog.pg_class AS c ON c.oid = to_regclass($1)
            """,
            [name]
        ).rows.first
        guard let row, let oldest = row[0].flatMap({ Int64($0) }), let next = row[1].flatMap({ Int64($0) })
        else { throw PostgresError(.protocolMismatch, "Postgres does not tell its snapshot") }
        let mayHaveParts = row[3] == "t"
        let state = SourceState(
            oldestOpenTransaction: oldest, nextTransaction: next,
            storage: mayHaveParts ? try await storageOfParts(of: name, on: connection) : row[2])
        return (state, row[4].flatMap { Double($0) })
    }

    /// What files hold a table, `c` of pg_class, and what its columns are.
    private static let description = """
        concat(c.oid, ':', pg_relation_filenode(c.oid), ':', (
                    SELECT string_agg(concat_ws(' ', attnum, attname, atttypid, attmissingval), ',' ORDER BY attnum)
                    FROM pg_catalog.pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped))
        """

    /// The same of a table and all that inherit from it, partitions above all. By itself, since it takes Postgres as long again to plan.
    private static func storageOfParts(of name: PostgresParameter, on connection: PostgresConnection) async throws -> String? {
        try await connection.execute(
            """
            WITH RECURSIVE parts AS (
                SELECT to_regclass($1)::oid AS oid
                UNION
                SELECT inhrelid FROM pg_catalog.pg_inherits JOIN parts ON inhparent = parts.oid
            )
            SELECT CASE WHEN bool_and(relkind IN ('r', 'p')) THEN md5(string_agg(\(description), ',' ORDER BY c.oid)) END
            FROM parts JOIN pg_catalog.pg_class AS c USING (oid)
            """,
            [name]
        ).firstCell
    }
}
