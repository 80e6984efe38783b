import FeatureDefs
import PostgresClient

/// Parts of a table that can be read at once: ranges of its pages. In their order they are the table in its order.
struct TableSlices: Sendable {
    /// Conditions on the relation's rows; one that is nil is the whole relation.
    let conditions: [SQLFragment?]
    /// Rows as the catalogue estimates them, and some more, for each part; 0 where it does not know.
    let expectedRows: Int

    /// Below so many pages a second connection costs more than it gains.
    private static let pagesWorthSplitting = 256

    /// All of them as one.
    var undivided: TableSlices { TableSlices(conditions: [nil], expectedRows: expectedRows * conditions.count) }

    static func of(
        _ relation: SourcePlan.Relation, alias: SQLIdentifier, count: Int, on connection: PostgresConnection
    ) async throws -> TableSlices {
        guard case .table = relation else { return TableSlices(conditions: [nil], expectedRows: 0) }
        let rows = try await connection.execute(
            """
            SELECT pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int8, c.reltuples::int8
            FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_am AS a ON a.oid = c.relam
            WHERE c.oid = pg_catalog.to_regclass($1) AND c.relkind IN ('r', 'm') AND a.amname = 'heap'
            """,
            [.text(try relation.sql().text)]
        ).rows
        guard let row = rows.first, let pages = row[0].flatMap({ Int($0) }) else {
            return TableSlices(conditions: [nil], expectedRows: 0)
        }
        // The estimate of a table that was just analyzed is off by some rows, and an array that is too small by one is copied.
        let tuples = max(0, row[1].flatMap { Int($0) } ?? 0) / 32 * 33
        guard count > 1, pages >= pagesWorthSplitting else { return TableSlices(conditions: [nil], expectedRows: tuples) }
        var conditions: [SQLFragment?] = []
        for index in 0..<count {
            let start: SQLFragment = "\(alias).ctid >= '(\(SQLFragment(number: index * pages / count)),0)'"
            let end: SQLFragment = "\(alias).ctid < '(\(SQLFragment(number: (index + 1) * pages / count)),0)'"
            conditions.append(index == count - 1 ? start : "\(start) AND \(end)")
        }
        return TableSlices(conditions: conditions, expectedRows: tuples / count)
    }
}
