import Columnar

/// Puts rows in order of their keys: counted first, then each written to its place. Rows of one key keep their order.
struct KeyDistribution {
    /// Where each key's rows start, and where the last one's end.
    let starts: ContiguousArray<Int>

    private let rows: [Range<Int>]

    /// - Parameters:
    ///   - keys: by row, the number of its key; -1 leaves the row out.
    ///   - rows: which rows, in which order.
    init(_ keys: UnsafeBufferPointer<Int32>, rows: [Range<Int>], keyCount: Int) {
        self.rows = rows
        var starts = ContiguousArray(repeating: 0, count: keyCount + 1)
        starts.withUnsafeMutableBufferPointer { starts in
            for range in rows {
                for key in keys[range] where key >= 0 { starts[Int(key) + 1] += 1 }
            }
            for key in 0..<keyCount { starts[key + 1] += starts[key] }
        }
        self.starts = starts
    }

    /// What each row becomes, in order of the keys.
    @inline(__always)
    func distribute<Element: BitwiseCopyable>(
        _ keys: UnsafeBufferPointer<Int32>, _ element: (_ index: Int) -> Element
    ) -> ContiguousArray<Element> {
        var next = starts
        let total = next.removeLast()
        return ContiguousArray(unsafeUninitializedCapacity: total) { buffer, count in
            LargePages.advise(UnsafeMutableRawBufferPointer(buffer))
            next.withUnsafeMutableBufferPointer { next in
                for range in rows {
                    for index in range where keys[index] >= 0 {
                        let key = Int(keys[index])
                        buffer.initializeElement(at: next[key], to: element(index))
                        next[key] += 1
                    }
                }
            }
            count = total
        }
    }
}
