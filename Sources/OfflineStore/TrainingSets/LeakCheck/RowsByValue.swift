import Columnar
import FeatureDefs

/// A batch's rows by the value of one column, where it has two values at most.
struct RowsByValue {
    /// By value, in order of appearance; rows of NULL are in none.
    private(set) var rows: [[Int32]] = []

    /// nil where the column has more values than two, or is one of lists.
    init?(_ column: Column) {
        let isGrouped =
            switch column {
            case .bool(let cells): group(cells.validity) { cells.values[$0] }
            case .int16(let cells): group(cells.validity) { cells.values[$0] }
            case .int32(let cells), .date(let cells): group(cells.validity) { cells.values[$0] }
            case .int64(let cells), .timestamp(let cells): group(cells.validity) { cells.values[$0] }
            case .float32(let cells): group(cells.validity) { cells.values[$0].canonicalBits }
            case .float64(let cells): group(cells.validity) { cells.values[$0].canonicalBits }
            case .uuid(let cells): group(cells.validity) { cells.values[$0] }
            case .string(let cells), .bytes(let cells): group(cells.validity) { cells.bytes[cells.range($0)] }
            case .list, .vector: false
            }
        guard isGrouped else { return nil }
    }

    @inline(__always)
    private mutating func group<Value: Equatable>(_ validity: Validity, _ value: (Int) -> Value) -> Bool {
        var known: [Value] = []
        for row in 0..<validity.count where validity.isValid(row) {
            let value = value(row)
            if let place = known.firstIndex(of: value) {
                rows[place].append(Int32(truncatingIfNeeded: row))
            } else if known.count < 2 {
                known.append(value)
                rows.append([Int32(truncatingIfNeeded: row)])
            } else {
                return false
            }
        }
        return true
    }
}
