package import Columnar

/// A spine's rows in order of key and time.
package struct SpineOrder: Sendable {
    package let runs: KeyRuns
    /// The rows' times, in the order of `runs.rows`.
    package let times: ContiguousArray<Int64>
    package let spineRowCount: Int

    /// - Parameters:
    ///   - keys: the number of each row's key; -1 for NULL.
    ///   - times: each row's time; rows whose time is NULL see nothing and are left out, as those without a key.
    package init(keys: RowChoice, keyCount: Int, times: PrimitiveColumn<Int64>) {
        var keys = keys
        if times.validity.nullCount > 0 {
            for row in keys.indices where !times.validity.isValid(row) { keys[row] = -1 }
        }
        var runs = KeyRuns(keys: keys, keyCount: keyCount)
        let values = times.values
        values.withUnsafeBufferPointer { values in
            runs.sortWithinKeys { values[Int($0)] <= values[Int($1)] }
        }
        self.times = ContiguousArray(runs.rows.lazy.map { values[Int($0)] })
        spineRowCount = keys.count
        self.runs = runs
    }
}

/// The distinct (key, cut) at which a view is computed, in that order.
package struct SpinePoints: Sendable {
    /// The points of key `k` are `starts[k] ..< starts[k + 1]`.
    package let starts: ContiguousArray<Int>
    package let cuts: ContiguousArray<Int64>
    /// Each spine row's point; -1 for a row that sees nothing.
    package let pointOfRow: RowChoice

    /// - Parameter cut: the instant at which a row of a given time sees the view; grows with time. nil: the time itself.
    package init(_ order: SpineOrder, cut: ((Int64) -> Int64)?) {
        var starts: ContiguousArray<Int> = [0]
        starts.reserveCapacity(order.runs.starts.count)
        var cuts = ContiguousArray<Int64>()
        cuts.reserveCapacity(order.times.count)
        var pointOfRow = RowChoice(repeating: -1, count: order.spineRowCount)
        for key in 0..<order.runs.keyCount {
            let first = cuts.count
            for index in order.runs.range(key) {
                let instant = cut.map { $0(order.times[index]) } ?? order.times[index]
                if cuts.count == first || cuts[cuts.count - 1] != instant { cuts.append(instant) }
                pointOfRow[Int(order.runs.rows[index])] = Int32(truncatingIfNeeded: cuts.count - 1)
            }
            starts.append(cuts.count)
        }
        self.starts = starts
        self.cuts = cuts
        self.pointOfRow = pointOfRow
    }

    package var keyCount: Int { starts.count - 1 }

    package func range(_ key: Int) -> Range<Int> { starts[key]..<starts[key + 1] }
}
