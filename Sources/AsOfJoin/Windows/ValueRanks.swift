import Columnar

/// The rows of a key that count for a feature, ranked by their argument.
struct ValueRanks {
    /// Positions in order of their value.
    private(set) var positions = ContiguousArray<Int32>()
    /// By position: its place in `positions`; -1 for a row that does not count.
    private(set) var rank = ContiguousArray<Int32>()
    /// By rank: the least rank of an equal value.
    private(set) var firstOfEqual = ContiguousArray<Int32>()
    /// What fixed-width values sort by, in place of the values.
    private var sortKeys = ContiguousArray<UInt64>()

    mutating func load(_ group: KeyGroup, feature: WindowFeature, argument: Column) {
        positions.removeAll(keepingCapacity: true)
        for position in 0..<group.count where feature.counts(group.rows[position]) {
            positions.append(Int32(truncatingIfNeeded: position))
        }
        firstOfEqual.removeAll(keepingCapacity: true)
        if loadSortKeys(group, argument) {
            sortKeys.withUnsafeBufferPointer { keys in
                positions.sort { keys[Int($0)] < keys[Int($1)] }
                for (rank, position) in positions.enumerated() {
                    let isEqual = rank > 0 && keys[Int(positions[rank - 1])] == keys[Int(position)]
                    firstOfEqual.append(isEqual ? firstOfEqual[rank - 1] : Int32(truncatingIfNeeded: rank))
                }
            }
        } else {
            let order = CellOrder(argument)
            let rows = group.rows
            positions.sort { order.compare(Int(rows[Int($0)]), Int(rows[Int($1)])) == .before }
            for (rank, position) in positions.enumerated() {
                let isEqual =
                    rank > 0
                    && order.compare(Int(rows[Int(positions[rank - 1])]), Int(rows[Int(position)])) == .same
                firstOfEqual.append(isEqual ? firstOfEqual[rank - 1] : Int32(truncatingIfNeeded: rank))
            }
        }
        rank.removeAll(keepingCapacity: true)
        rank.append(contentsOf: repeatElement(-1, count: group.count))
        for (place, position) in positions.enumerated() { rank[Int(position)] = Int32(truncatingIfNeeded: place) }
    }

    /// Numbers that are ordered, and equal, as the values are. False for values that no 64 bits stand for.
    private mutating func loadSortKeys(_ group: KeyGroup, _ argument: Column) -> Bool {
        sortKeys.removeAll(keepingCapacity: true)
        switch argument {
        case .int64(let cells), .timestamp(let cells):
            let values = cells.values
            for row in group.rows { sortKeys.append(UInt64(bitPattern: values[Int(row)]) ^ 1 << 63) }
        case .float64(let cells):
            let values = cells.values
            for row in group.rows { sortKeys.append(Self.sortKey(values[Int(row)])) }
        case .float32(let cells):
            let values = cells.values
            for row in group.rows { sortKeys.append(Self.sortKey(Double(values[Int(row)]))) }
        case .bool, .int16, .int32, .date, .string, .bytes, .uuid, .list, .vector:
            return false
        }
        return true
    }

    /// NaN greatest and equal to NaN, -0.0 equal to 0.0.
    private static func sortKey(_ value: Double) -> UInt64 {
        if value.isNaN { return .max }
        let bits = (value + 0).bitPattern
        return bits & 1 << 63 == 0 ? bits | 1 << 63 : ~bits
    }
}
