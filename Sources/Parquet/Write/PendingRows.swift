import Columnar

/// Rows that wait for their row group to be full, and the rule by which it is. The rule looks at rows only, one by one, never at
/// the batches that they came in.
struct PendingRows {
    private let rowLimit: Int
    private let byteLimit: Int
    private(set) var rowCount = 0
    private var byteCount = 0
    private var slices: [(table: ColumnTable, rows: Range<Int>)] = []

    init(rowLimit: Int, byteLimit: Int) {
        precondition(rowLimit > 0 && byteLimit > 0, "a row group holds a row at least")
        self.rowLimit = rowLimit
        self.byteLimit = byteLimit
    }

    var isFull: Bool { rowCount == rowLimit }

    /// Takes what still fits of the rows, and says how many it took. Fewer than all means that the row group is full.
    mutating func take(_ table: ColumnTable, rows: Range<Int>) -> Int {
        let widths = RowWidths(table)
        let candidates = rows.prefix(rowLimit - rowCount)
        func fits(_ count: Int) -> Bool { byteCount + widths.byteCount(candidates.prefix(count)) <= byteLimit }

        var taken = candidates.count
        if !fits(taken) {
            var (low, high) = (0, taken)  // `low` rows fit, `high` do not
            while high - low > 1 {
                let middle = (low + high) / 2
                if fits(middle) { low = middle } else { high = middle }
            }
            // A row that alone is over the limit is a row group of its own.
            taken = rowCount == 0 ? max(low, 1) : low
        }
        if taken > 0 {
            slices.append((table, candidates.prefix(taken)))
            rowCount += taken
            byteCount += widths.byteCount(candidates.prefix(taken))
        }
        return taken
    }

    /// The rows, column by column; none are left.
    mutating func drain() -> [[ColumnSlice]] {
        guard let first = slices.first else { return [] }
        let columns = first.table.columns.indices.map { index in
            slices.map { ColumnSlice(column: $0.table.columns[index], rows: $0.rows) }
        }
        (rowCount, byteCount, slices) = (0, 0, [])
        return columns
    }
}

/// How many bytes the values of a table's rows are, uncompressed.
private struct RowWidths {
    private var fixed = 0
    private var variable: [Column] = []

    init(_ table: ColumnTable) {
        for column in table.columns {
            if let width = column.type.fixedByteCount { fixed += width } else { variable.append(column) }
        }
    }

    func byteCount(_ rows: Range<Int>) -> Int {
        variable.reduce(fixed * rows.count) { $0 + $1.variableByteCount(rows) }
    }
}

extension ColumnType {
    /// The bytes of a row, where they are always as many.
    fileprivate var fixedByteCount: Int? {
        switch self {
        case .bool: 1
        case .int16: 2
        case .int32, .float32, .date: 4
        case .int64, .float64, .timestamp: 8
        case .uuid: 16
        case .vector(let dimension): dimension * 4
        case .string, .bytes, .list: nil
        }
    }
}

extension Column {
    /// The bytes of the rows' values. A NULL has none of its own; each row has four for its length.
    fileprivate func variableByteCount(_ rows: Range<Int>) -> Int {
        switch self {
        case .string(let column), .bytes(let column):
            return 4 * rows.count + column.offsets[rows.upperBound] - column.offsets[rows.lowerBound]
        case .list(let column):
            let elements = column.offsets[rows.lowerBound]..<column.offsets[rows.upperBound]
            return 4 * rows.count + column.elements.variableByteCount(elements)
        case .bool, .int16, .int32, .int64, .float32, .float64, .timestamp, .date, .uuid, .vector:
            return (type.fixedByteCount ?? 0) * rows.count
        }
    }
}
