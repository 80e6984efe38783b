import Columnar

extension [ColumnSlice] {
    /// The elements of lists or vectors, as slices of a column of single values; of such a column, itself.
    var leaves: [ColumnSlice] {
        flatMap { slice -> [ColumnSlice] in
            switch slice.column {
            case .list(let column):
                // A NULL list is empty there, so the elements of the rows stand side by side.
                let elements = column.offsets[slice.rows.lowerBound]..<column.offsets[slice.rows.upperBound]
                return [ColumnSlice(column: column.elements, rows: elements)]
            case .vector(let column):
                return column.validity.validRuns(in: slice.rows).map { rows in
                    ColumnSlice(
                        column: .float32(PrimitiveColumn(column.values)),
                        rows: rows.lowerBound * column.dimension..<rows.upperBound * column.dimension)
                }
            case .bool, .int16, .int32, .int64, .float32, .float64, .timestamp, .date, .string, .bytes, .uuid:
                return [slice]
            }
        }
    }
}
