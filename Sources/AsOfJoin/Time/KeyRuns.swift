package import Columnar

/// Rows in order of their key: those of key `k` are `rows[starts[k] ..< starts[k + 1]]`.
package struct KeyRuns: Sendable {
    /// One more than there are keys.
    package let starts: ContiguousArray<Int>
    package internal(set) var rows: RowChoice

    /// Counts, then distributes: rows of one key keep their order. Rows of key -1 are left out.
    package init(keys: RowChoice, keyCount: Int) {
        var starts = ContiguousArray(repeating: 0, count: keyCount + 1)
        for key in keys where key >= 0 { starts[Int(key) + 1] += 1 }
        for key in 0..<keyCount { starts[key + 1] += starts[key] }
        let total = starts[keyCount]
        var next = starts
        rows = RowChoice(unsafeUninitializedCapacity: total) { buffer, count in
            next.withUnsafeMutableBufferPointer { next in
                for (row, key) in keys.enumerated() where key >= 0 {
                    buffer.initializeElement(at: next[Int(key)], to: Int32(truncatingIfNeeded: row))
                    next[Int(key)] += 1
                }
            }
            count = total
        }
        self.starts = starts
    }

    package var keyCount: Int { starts.count - 1 }

    /// Where the rows of a key are in `rows`.
    package func range(_ key: Int) -> Range<Int> { starts[key]..<starts[key + 1] }

    /// Orders the rows within each key. Rows in order already cost one comparison each.
    mutating func sortWithinKeys(_ isInOrder: (Int32, Int32) -> Bool) {
        for key in 0..<keyCount {
            let range = range(key)
            guard range.count > 1 else { continue }
            var isSorted = true
            for index in range.dropFirst() where !isInOrder(rows[index - 1], rows[index]) {
                isSorted = false
                break
            }
            if !isSorted { rows[range].sort { $0 != $1 && !isInOrder($1, $0) } }
        }
    }
}
