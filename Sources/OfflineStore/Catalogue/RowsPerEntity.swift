import FeatureDefs
import PostgresClient

/// How many rows of a source an entity may have.
enum RowsPerEntity: Hashable, Sendable, CaseIterable {
    /// One at most: there is nothing to choose between, and so nothing to sort.
    case one
    case many

    /// `.one` where a unique index of the source's table proves it, which is also an index to find an entity's row by.
    ///
    /// The proof holds for the rows that the same repeatable-read transaction reads: the catalogue is read by the transaction's own
    /// snapshot, so the index was there, and whole, when that was taken; then it bound every row that the snapshot sees. An index made
    /// since is not seen, for it says nothing of rows that the snapshot sees and that were deleted before it was made; one dropped since
    /// still is. The table should be locked before, so that it is the one that is read. Not excluded: a partition or a child that is
    /// attached since, rid of its doubles since as well. The next run finds another storage (`SourceState`) and is full.
    static func read(of view: FeatureViewPlan, on connection: PostgresConnection) async throws -> RowsPerEntity {
        guard case .table = view.source.relation else { return .many }
        let keys = view.joinKeyColumns.filter(\.storage.keepsKeysApart).map(\.name)
        // Views and foreign tables have no index. A materialized view is refreshed past all snapshots. A child's rows are not in the
        // index of what it inherits from; those of partitions are. Deferred uniqueness is not there yet. Many rows may have a NULL key, but
        // those are no entity's. An index is searched in its own collation only.
        let answer = try await connection.execute(
            """
            SELECT EXISTS (
                SELECT FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
                WHERE i.indrelid = to_regclass($1)
                  AND (c.relkind = 'p'
                    OR c.relkind = 'r' AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhparent = c.oid))
                  AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL
                  AND NOT EXISTS (
                    SELECT FROM unnest(i.indkey::int2[], i.indcollation::oid[]) WITH ORDINALITY AS k(attribute, sorting, position)
                    LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attribute
                      AND a.attname = ANY ($2) AND a.attcollation = k.sorting
                    WHERE k.position <= i.indnkeyatts AND a.attname IS NULL
                )
            )
            """,
            [.text(try view.source.relation.sql().text), .textArray(keys)]
        )
        return answer.firstCell == "t" ? .one : .many
    }
}

extension ColumnStorage {
    /// Whether two stored values that a unique index lets in, whatever its operator class, are two keys: any two that differ are not equal to
    /// Postgres, and their conversion to the key's type (`canonical`) keeps them apart.
    fileprivate var keepsKeysApart: Bool {
        switch self {
        case .int2, .int4, .int8, .text, .varchar, .bool, .timestamptz, .bytea, .uuid: true
        // Blanks at the end of `bpchar` make no other key; `timestamp` and `date` would do, but are not searched for by an index.
        case .bpchar, .timestamp, .date: false
        // No key is of these: 0 and -0, 1.0 and 1.00 are equal, and a numeric is rounded.
        case .float4, .float8, .numeric, .array: false
        }
    }
}
