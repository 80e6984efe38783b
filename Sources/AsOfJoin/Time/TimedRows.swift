package import Columnar

/// Rows of a source for the keys of a spine, with the times that decide what is seen when (DESIGN §2).
package struct TimedRows: Sendable {
    /// The rows by key; within a key in order of `visibleFrom`, and then of (event, available, ties).
    package let runs: KeyRuns
    /// By row: when it happened.
    package let event: ContiguousArray<Int64>
    /// By row: when it was known; nil where that is when it happened.
    package let available: ContiguousArray<Int64>?
    /// What decides between rows of equal times, most significant first: the greatest wins.
    let ties: [CellOrder]

    /// - Parameter keys: by row, the number of its key; -1 leaves the row out.
    package init(
        keys: RowChoice, keyCount: Int, event: ContiguousArray<Int64>, available: ContiguousArray<Int64>?, ties: [CellOrder]
    ) {
        self.event = event
        self.available = available
        self.ties = ties
        var runs = KeyRuns(keys: keys, keyCount: keyCount)
        let order = TimeOrder(event: event, available: available, ties: ties)
        if let available {
            event.withUnsafeBufferPointer { event in
                available.withUnsafeBufferPointer { available in
                    runs.sortWithinKeys { lhs, rhs in
                        let left = max(event[Int(lhs)], available[Int(lhs)])
                        let right = max(event[Int(rhs)], available[Int(rhs)])
                        return left < right || (left == right && !order.isLater(lhs, than: rhs))
                    }
                }
            }
        } else {
            event.withUnsafeBufferPointer { event in
                runs.sortWithinKeys { lhs, rhs in
                    let left = event[Int(lhs)]
                    let right = event[Int(rhs)]
                    return left < right || (left == right && !order.isLater(lhs, than: rhs))
                }
            }
        }
        self.runs = runs
    }

    /// The first cut that sees a row.
    @inline(__always)
    func visibleFrom(_ row: Int32) -> Int64 {
        guard let available else { return event[Int(row)] }
        return max(event[Int(row)], available[Int(row)])
    }

    var order: TimeOrder { TimeOrder(event: event, available: available, ties: ties) }
}

/// The total order in which `latest` takes the greatest row and `first` the least: event, available, ties.
struct TimeOrder {
    let event: ContiguousArray<Int64>
    let available: ContiguousArray<Int64>?
    let ties: [CellOrder]

    @inline(__always)
    func isLater(_ lhs: Int32, than rhs: Int32) -> Bool {
        let left = event[Int(lhs)]
        let right = event[Int(rhs)]
        return left == right ? isLaterAmongTies(lhs, than: rhs) : left > right
    }

    private func isLaterAmongTies(_ lhs: Int32, than rhs: Int32) -> Bool {
        if let available {
            let left = available[Int(lhs)]
            let right = available[Int(rhs)]
            if left != right { return left > right }
        }
        for tie in ties {
            switch tie.compare(Int(lhs), Int(rhs)) {
            case .same: continue
            case .before: return false
            case .after: return true
            }
        }
        return false
    }
}
