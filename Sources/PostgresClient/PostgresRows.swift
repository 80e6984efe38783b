/// The result of a statement, all of it in memory, cells in Postgres' text form. For large results use `copyOut`.
package struct PostgresRows: Sendable, Hashable {
    package let columns: [PostgresColumn]
    /// One array per row, in the server's order; nil is SQL NULL.
    package let rows: [[String?]]
    /// What the server says it did, such as `SELECT 3`, `INSERT 0 1` or `CREATE TABLE`.
    package let commandTag: String
    /// Rows returned, inserted, updated, deleted or copied; nil for commands that do not count any.
    package let affectedCount: Int?

    /// Where a column of this name stands, the first if several do.
    package func columnIndex(_ name: String) -> Int? {
        columns.firstIndex { $0.name == name }
    }

    /// The first cell of the first row; nil if there is no row, or the cell is NULL.
    package var firstCell: String? {
        rows.first?.first ?? nil
    }
}
