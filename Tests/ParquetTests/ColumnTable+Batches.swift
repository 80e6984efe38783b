import Columnar

extension ColumnTable {
    /// The table in parts of so many rows.
    func batches(of rows: Int) -> [ColumnTable] {
        guard rowCount > rows else { return [self] }
        return stride(from: 0, to: rowCount, by: rows).map { start in
            let range = start..<Swift.min(start + rows, rowCount)
            return ColumnTable(names: fields.map(\.name), columns: columns.map { $0[range] }, rowCount: range.count)
        }
    }
}
