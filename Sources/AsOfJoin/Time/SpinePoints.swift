package import Columnar

/// A spine's rows in order of key and time.
package struct SpineOrder: Sendable {
    /// The rows of key `k` are `rows[starts[k] ..< starts[k + 1]]`.
    let starts: ContiguousArray<Int>
    let rows: RowChoice
    /// By place in `rows`: the row's time.
    let times: ContiguousArray<Int64>
    /// Whether some key has two rows of one time.
    let hasTies: Bool
    let spineRowCount: Int

    /// - Parameters:
    ///   - keys: the number of each row's key; -1 for NULL.
    ///   - times: each row's time; rows whose time is NULL see nothing and are left out, as those without a key.
    package init(keys: RowChoice, keyCount: Int, times: PrimitiveColumn<Int64>) {
        var keys = keys
        if times.validity.nullCount > 0 {
            for row in keys.indices where !times.validity.isValid(row) { keys[row] = -1 }
        }
        var (starts, rows) = keys.withUnsafeBufferPointer { keys in
            let distribution = KeyDistribution(keys, rows: [keys.indices], keyCount: keyCount)
            return (distribution.starts, distribution.distribute(keys) { Int32(truncatingIfNeeded: $0) })
        }
        var hasTies = false
        let sorted = ContiguousArray<Int64>(unsafeUninitializedCapacity: rows.count) { sorted, count in
            LargePages.advise(UnsafeMutableRawBufferPointer(sorted))
            count = rows.count
            var ofKey = ContiguousArray<TimeSort.Row>()
            var sort = TimeSort()
            rows.withUnsafeMutableBufferPointer { rows in
                for key in 0..<keyCount {
                    let places = starts[key]..<starts[key + 1]
                    ofKey.removeAll(keepingCapacity: true)
                    for row in rows[places] { ofKey.append(TimeSort.Row(time: times.values[Int(row)], row: row)) }
                    ofKey.withUnsafeMutableBufferPointer { sort.sort($0) }
                    for (place, row) in zip(places, ofKey) {
                        rows[place] = row.row
                        sorted.initializeElement(at: place, to: row.time)
                        if place > places.lowerBound, sorted[place - 1] == row.time { hasTies = true }
                    }
                }
            }
        }
        self.starts = starts
        self.rows = rows
        self.times = sorted
        self.hasTies = hasTies
        spineRowCount = keys.count
    }

    var keyCount: Int { starts.count - 1 }
}

/// The distinct (key, cut) at which a view is computed, in that order.
package struct SpinePoints: Sendable {
    /// The points of key `k` are `starts[k] ..< starts[k + 1]`.
    package let starts: ContiguousArray<Int>
    package let cuts: ContiguousArray<Int64>
    /// Whether each row sees the view as of its own time.
    package let cutsAreTimes: Bool
    /// Each spine row's point; -1 for a row that sees nothing.
    package let pointOfRow: RowChoice

    /// - Parameter cut: the instant at which a row of a given time sees the view; grows with time. nil: the time itself.
    package init(_ order: SpineOrder, cut: ((Int64) -> Int64)?) {
        cutsAreTimes = cut == nil
        var pointOfRow = RowChoice(reserving: order.spineRowCount)
        pointOfRow.append(contentsOf: repeatElement(-1, count: order.spineRowCount))
        // Each row is a point of its own, as it mostly is: there is nothing to copy.
        guard cut != nil || order.hasTies else {
            for (point, row) in order.rows.enumerated() { pointOfRow[Int(row)] = Int32(truncatingIfNeeded: point) }
            (starts, cuts) = (order.starts, order.times)
            self.pointOfRow = pointOfRow
            return
        }
        var starts: ContiguousArray<Int> = [0]
        starts.reserveCapacity(order.keyCount + 1)
        cuts = ContiguousArray(unsafeUninitializedCapacity: order.rows.count) { cuts, count in
            LargePages.advise(UnsafeMutableRawBufferPointer(cuts))
            pointOfRow.withUnsafeMutableBufferPointer { pointOfRow in
                for key in 0..<order.keyCount {
                    let first = count
                    for index in order.starts[key]..<order.starts[key + 1] {
                        let instant = cut.map { $0(order.times[index]) } ?? order.times[index]
                        if count == first || cuts[count - 1] != instant {
                            cuts.initializeElement(at: count, to: instant)
                            count += 1
                        }
                        pointOfRow[Int(order.rows[index])] = Int32(truncatingIfNeeded: count - 1)
                    }
                    starts.append(count)
                }
            }
        }
        self.starts = starts
        self.pointOfRow = pointOfRow
    }

    package var keyCount: Int { starts.count - 1 }

    package func range(_ key: Int) -> Range<Int> { starts[key]..<starts[key + 1] }
}
