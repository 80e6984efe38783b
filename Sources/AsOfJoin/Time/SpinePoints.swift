package import Columnar

/// A spine's rows in order of key and time.
package struct SpineOrder: Sendable {
    /// A row and its time.
    struct Row: BitwiseCopyable {
        let time: Int64
        let row: Int32
    }

    /// The rows of key `k` are `rows[starts[k] ..< starts[k + 1]]`.
    let starts: ContiguousArray<Int>
    let rows: ContiguousArray<Row>
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
            times.values.withUnsafeBufferPointer { times in
                let distribution = KeyDistribution(keys, rows: [keys.indices], keyCount: keyCount)
                let rows = distribution.distribute(keys) { Row(time: times[$0], row: Int32(truncatingIfNeeded: $0)) }
                return (distribution.starts, rows)
            }
        }
        rows.withUnsafeMutableBufferPointer { rows in
            for key in 0..<keyCount { Self.sort(UnsafeMutableBufferPointer(rebasing: rows[starts[key]..<starts[key + 1]])) }
        }
        self.starts = starts
        self.rows = rows
        spineRowCount = keys.count
    }

    private static func sort(_ rows: UnsafeMutableBufferPointer<Row>) {
        // Rows in order already, as most spines have them, cost one comparison each.
        for index in rows.indices.dropFirst() where rows[index - 1].time > rows[index].time {
            var rows = rows
            rows.sort { $0.time < $1.time }
            return
        }
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
        var starts: ContiguousArray<Int> = [0]
        starts.reserveCapacity(order.keyCount + 1)
        var pointOfRow = RowChoice(reserving: order.spineRowCount)
        pointOfRow.append(contentsOf: repeatElement(-1, count: order.spineRowCount))
        cuts = ContiguousArray(unsafeUninitializedCapacity: order.rows.count) { cuts, count in
            LargePages.advise(UnsafeMutableRawBufferPointer(cuts))
            order.rows.withUnsafeBufferPointer { rows in
                pointOfRow.withUnsafeMutableBufferPointer { pointOfRow in
                    for key in 0..<order.keyCount {
                        let first = count
                        for index in order.starts[key]..<order.starts[key + 1] {
                            let instant = cut.map { $0(rows[index].time) } ?? rows[index].time
                            if count == first || cuts[count - 1] != instant {
                                cuts.initializeElement(at: count, to: instant)
                                count += 1
                            }
                            pointOfRow[Int(rows[index].row)] = Int32(truncatingIfNeeded: count - 1)
                        }
                        starts.append(count)
                    }
                }
            }
        }
        self.starts = starts
        self.pointOfRow = pointOfRow
    }

    package var keyCount: Int { starts.count - 1 }

    package func range(_ key: Int) -> Range<Int> { starts[key]..<starts[key + 1] }
}
