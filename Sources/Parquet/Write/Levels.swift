import Columnar

/// Where a column's values stand in its rows: the format's definition and repetition levels.
struct Levels {
    /// A value, a NULL or an empty list each take an entry.
    private(set) var entryCount = 0
    private(set) var rowCount = 0
    /// For each entry how much of the path is there; nil where all of it is, everywhere.
    private(set) var definition: ContiguousArray<UInt8>?
    /// For each entry 0 if it begins a row, 1 if it goes on with one; nil for a column that does not repeat.
    private(set) var repetition: ContiguousArray<UInt8>?
    let maximumDefinition: UInt8

    /// Entries whose value is missing, whatever is missing of it.
    private(set) var nullCount = 0

    /// The levels of rows of one value each.
    init(flat slices: [ColumnSlice]) {
        maximumDefinition = 1
        rowCount = slices.reduce(0) { $0 + $1.rows.count }
        entryCount = rowCount
        var levels = ContiguousArray<UInt8>()
        var start = 0
        for slice in slices {
            for row in slice.column.validity.nullRows(in: slice.rows) {
                if levels.isEmpty { levels = ContiguousArray(repeating: 1, count: rowCount) }
                levels[start + row - slice.rows.lowerBound] = 0
                nullCount += 1
            }
            start += slice.rows.count
        }
        if nullCount > 0 { definition = levels }
    }

    /// The levels of rows of lists: 0 is a NULL list, 1 an empty one, 2 a NULL in one, 3 a value.
    init(lists slices: [ColumnSlice]) {
        maximumDefinition = 3
        var definition = ContiguousArray<UInt8>()
        var repetition = ContiguousArray<UInt8>()
        for slice in slices {
            rowCount += slice.rows.count
            let validity = slice.column.validity
            for row in slice.rows {
                guard validity.isValid(row) else {
                    definition.append(0)
                    repetition.append(0)
                    continue
                }
                let before = definition.count
                slice.column.appendElementDefinitions(of: row, to: &definition)
                if definition.count == before { definition.append(1) }
                repetition.append(0)
                for _ in before + 1..<definition.count { repetition.append(1) }
            }
        }
        entryCount = definition.count
        nullCount = definition.reduce(0) { $0 + ($1 < 3 ? 1 : 0) }
        self.definition = definition
        self.repetition = repetition
    }
}

extension Column {
    /// A level for each element of a row that is not NULL.
    fileprivate func appendElementDefinitions(of row: Int, to levels: inout ContiguousArray<UInt8>) {
        switch self {
        case .list(let column):
            let validity = column.elements.validity
            for element in column.offsets[row]..<column.offsets[row + 1] { levels.append(validity.isValid(element) ? 3 : 2) }
        case .vector(let column):
            levels.append(contentsOf: repeatElement(3, count: column.dimension))
        case .bool, .int16, .int32, .int64, .float32, .float64, .timestamp, .date, .string, .bytes, .uuid:
            preconditionFailure("a column of single values has no elements")
        }
    }
}
