package import Columnar

/// Some rows of a source by key: those of key `k` are `rows[starts[k] ..< starts[k + 1]]`, in the order in which they came.
///
/// Their numbers alone: memory that is touched for the first time costs more than going back to the columns for their times.
package struct KeyRuns: Sendable {
    /// One more than there are keys.
    private let starts: ContiguousArray<Int>
    let rows: RowChoice

    /// - Parameters:
    ///   - part: the rows to take, in their order.
    ///   - keys: by row, the number of its key; -1 leaves the row out.
    package init(_ part: [Range<Int>], keys: RowChoice, keyCount: Int) {
        (starts, rows) = keys.withUnsafeBufferPointer { keys in
            let distribution = KeyDistribution(keys, rows: part, keyCount: keyCount)
            return (distribution.starts, distribution.distribute(keys) { Int32(truncatingIfNeeded: $0) })
        }
    }

    /// Where the rows of a key are in `rows`.
    func range(_ key: Int) -> Range<Int> { starts[key]..<starts[key + 1] }
}
