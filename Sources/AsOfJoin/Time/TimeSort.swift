/// Sorts the rows of a key by their times; those of one time keep their order.
///
/// Times that are spread about evenly, as those of events are, go to where they stand between the first and the last, and are not
/// far from their place then: a third of the time that comparing them takes. Its memory is used again for the next key.
struct TimeSort {
    struct Row: BitwiseCopyable {
        let time: Int64
        let row: Int32
    }

    private var starts = ContiguousArray<Int32>()
    private var spread = ContiguousArray<Row>()

    /// Fewer are put in order one by one.
    private static let rowsWorthSpreading = 24
    /// With more rows at one place, times are not spread evenly.
    private static let greatestPlace = 32

    mutating func sort(_ rows: UnsafeMutableBufferPointer<Row>) {
        // Rows in order already, as many spines have them, cost one comparison each.
        for index in rows.indices.dropFirst() where rows[index - 1].time > rows[index].time {
            if rows.count < Self.rowsWorthSpreading { return Self.insert(rows) }
            if !sortSpread(rows) {
                var rows = rows
                rows.sort { $0.time < $1.time }
            }
            return
        }
    }

    /// False, and nothing done, where too many rows fall on one place.
    private mutating func sortSpread(_ rows: UnsafeMutableBufferPointer<Row>) -> Bool {
        var (first, last) = (rows[0].time, rows[0].time)
        for row in rows {
            first = min(first, row.time)
            last = max(last, row.time)
        }
        let (length, overflow) = last.subtractingReportingOverflow(first)
        guard !overflow else { return false }
        // Rounding keeps the order, so that what comes later never has an earlier place.
        let places = Double(rows.count - 1) / Double(length)
        func slot(_ row: Row) -> Int { Int(Double(row.time - first) * places) }

        starts.removeAll(keepingCapacity: true)
        starts.append(contentsOf: repeatElement(0, count: rows.count + 2))
        for row in rows { starts[slot(row) + 2] += 1 }
        guard (starts.max() ?? 0) <= Self.greatestPlace else { return false }
        for index in 2..<starts.count { starts[index] += starts[index - 1] }
        spread.removeAll(keepingCapacity: true)
        spread.append(contentsOf: rows)
        spread.withUnsafeMutableBufferPointer { spread in
            for row in rows {
                let place = slot(row) + 1
                spread[Int(starts[place])] = row
                starts[place] += 1
            }
            Self.insert(spread)
            _ = rows.update(fromContentsOf: spread)
        }
        return true
    }

    /// Moves each row before those that are later.
    private static func insert(_ rows: UnsafeMutableBufferPointer<Row>) {
        for index in rows.indices.dropFirst() {
            let row = rows[index]
            var place = index
            while place > 0, rows[place - 1].time > row.time {
                rows[place] = rows[place - 1]
                place -= 1
            }
            rows[place] = row
        }
    }
}
