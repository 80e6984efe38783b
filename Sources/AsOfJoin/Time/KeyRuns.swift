package import Columnar

/// A row with the times that decide what sees it, side by side, so that sorting and joining read memory from front to back.
struct TimedRow: BitwiseCopyable {
    /// The first cut that sees it: the later of when it happened and when it was known.
    let visibleFrom: Int64
    let event: Int64
    let row: Int32
}

/// Some rows of a source by key: those of key `k` are `rows[starts[k] ..< starts[k + 1]]`, in the order in which they came.
package struct KeyRuns: Sendable {
    /// One more than there are keys.
    private let starts: ContiguousArray<Int>
    let rows: ContiguousArray<TimedRow>

    /// - Parameters:
    ///   - part: the rows to take, in their order.
    ///   - keys: by row, the number of its key; -1 leaves the row out.
    ///   - available: by row, when it was known; nil where that is when it happened.
    package init(
        _ part: [Range<Int>], keys: RowChoice, keyCount: Int, event: ContiguousArray<Int64>, available: ContiguousArray<Int64>?
    ) {
        (starts, rows) = keys.withUnsafeBufferPointer { keys in
            event.withUnsafeBufferPointer { event in
                let distribution = KeyDistribution(keys, rows: part, keyCount: keyCount)
                guard let available else {
                    let rows = distribution.distribute(keys) { index in
                        let row = Int32(truncatingIfNeeded: index)
                        return TimedRow(visibleFrom: event[index], event: event[index], row: row)
                    }
                    return (distribution.starts, rows)
                }
                return available.withUnsafeBufferPointer { available in
                    let rows = distribution.distribute(keys) { index in
                        let row = Int32(truncatingIfNeeded: index)
                        return TimedRow(visibleFrom: max(event[index], available[index]), event: event[index], row: row)
                    }
                    return (distribution.starts, rows)
                }
            }
        }
    }

    /// Where the rows of a key are in `rows`.
    func range(_ key: Int) -> Range<Int> { starts[key]..<starts[key + 1] }
}
