/// Rows of a source for the keys of a spine, with the times that decide what is seen when (DESIGN §2).
package struct TimedRows: Sendable {
    /// The rows, in parts that may have been distributed at once. What a key has in the second follows what it has in the first.
    let parts: [KeyRuns]
    /// By row: when it happened.
    package let event: ContiguousArray<Int64>
    let order: TimeOrder

    /// - Parameters:
    ///   - available: by row, when it was known; nil where that is when it happened.
    ///   - ties: what decides between rows of equal times, most significant first: the greatest wins.
    package init(_ parts: [KeyRuns], event: ContiguousArray<Int64>, available: ContiguousArray<Int64>?, ties: [CellOrder]) {
        self.parts = parts
        self.event = event
        order = TimeOrder(available: available, ties: ties)
    }

    /// How many rows a key has.
    func count(_ key: Int) -> Int { parts.reduce(0) { $0 + $1.range(key).count } }

    var count: Int { parts.reduce(0) { $0 + $1.rows.count } }
}

/// The total order in which `latest` takes the greatest row and `first` the least: event, available, ties.
struct TimeOrder {
    /// By row; nil where that is the event.
    let available: ContiguousArray<Int64>?
    let ties: [CellOrder]

    /// Whether a row comes into sight before another, or with it and is not later than it.
    @inline(__always)
    func isInOrder(_ lhs: TimedRow, _ rhs: TimedRow) -> Bool {
        if lhs.visibleFrom != rhs.visibleFrom { return lhs.visibleFrom < rhs.visibleFrom }
        if lhs.event != rhs.event { return lhs.event < rhs.event }
        return !isLaterAmongTies(lhs.row, than: rhs.row)
    }

    /// Of two rows of one event time.
    func isLaterAmongTies(_ lhs: Int32, than rhs: Int32) -> Bool {
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
