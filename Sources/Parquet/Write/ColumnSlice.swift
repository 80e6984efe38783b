import Columnar

/// Some rows of a column, not copied.
struct ColumnSlice: Sendable {
    let column: Column
    let rows: Range<Int>
}
