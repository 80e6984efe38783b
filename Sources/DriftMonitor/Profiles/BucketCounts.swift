/// Counts in consecutive buckets of a `QuantileSketch`. The buckets at the ends are never empty, so equal counts are equal bytes.
package struct BucketCounts: Hashable, Sendable {
    /// The index of the first bucket.
    package private(set) var first = 0
    package private(set) var counts: ContiguousArray<UInt64> = []

    init() {}

    init(first: Int, counts: ContiguousArray<UInt64>) {
        self.first = first
        self.counts = counts
    }

    package var total: UInt64 { counts.reduce(0, +) }

    /// How many are in a bucket.
    package subscript(index: Int) -> UInt64 {
        counts.indices.contains(index - first) ? counts[index - first] : 0
    }

    mutating func merge(_ other: BucketCounts) {
        guard !other.counts.isEmpty else { return }
        cover(other.first, other.first + other.counts.count - 1)
        for (offset, count) in other.counts.enumerated() { counts[other.first - first + offset] += count }
    }

    /// Counts one for each index.
    mutating func add(indices: UnsafeBufferPointer<Int32>) {
        guard let start = indices.first else { return }
        var (low, high) = (start, start)
        for index in indices {
            low = min(low, index)
            high = max(high, index)
        }
        cover(Int(low), Int(high))
        let first = self.first
        counts.withUnsafeMutableBufferPointer { counts in
            for index in indices { counts[Int(index) &- first] &+= 1 }
        }
    }

    /// Makes room for a range of indices, at whose ends something will be counted.
    private mutating func cover(_ low: Int, _ high: Int) {
        if counts.isEmpty {
            first = low
            counts = ContiguousArray(repeating: 0, count: high - low + 1)
            return
        }
        if low < first {
            counts.insert(contentsOf: repeatElement(0, count: first - low), at: 0)
            first = low
        }
        let missing = high - (first + counts.count - 1)
        if missing > 0 { counts.append(contentsOf: repeatElement(0, count: missing)) }
    }
}
