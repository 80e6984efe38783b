/// KMV: the k least 64-bit hashes of a set. Says how many distinct values there are to about 1/sqrt(k - 2) (3.1% at 1024), exactly
/// below k; and of two sets how large their union and overlap are, which HyperLogLog does not. A set of hashes: duplicates, order
/// and merges leave no trace. Vector: sketch.kmv_and_hll_md5.
package struct DistinctSketch: Sendable {
    package let capacity: Int
    /// The hashes kept so far, up to twice `capacity` between two compactions: open-addressed, `empty` marks a free place.
    private var table: ContiguousArray<UInt64>
    private var tableCount = 0
    /// A hash at or above this is none of the least.
    private var limit = UInt64.max

    private static let empty = UInt64.max

    package init(capacity: Int = 1024) {
        precondition(capacity > 1, "a sketch keeps at least two hashes")
        self.capacity = capacity
        table = ContiguousArray(repeating: Self.empty, count: 16)
    }

    init(capacity: Int, sorted: [UInt64]) {
        self.init(capacity: capacity)
        let kept = sorted.prefix(capacity)
        if kept.count == capacity, let last = kept.last { limit = last }
        for hash in kept { insertIntoTable(hash) }
    }

    /// Adds a hash. The greatest of all is not told from the one below it.
    @inline(__always)
    package mutating func add(_ hash: UInt64) {
        if hash < limit { insert(hash) }
    }

    package mutating func merge(_ other: DistinctSketch) {
        precondition(capacity == other.capacity, "sketches of one size merge")
        for hash in other.hashes { add(hash) }
    }

    private mutating func insert(_ hash: UInt64) {
        if insertIntoTable(hash), tableCount >= 2 * capacity { compact() }
    }

    /// Keeps the least `capacity` hashes: they are chosen, not sorted.
    private mutating func compact() {
        var kept = table.filter { $0 != Self.empty }
        let greatest = kept.withUnsafeMutableBufferPointer { Self.chooseLeast(capacity, of: $0) }
        table.withUnsafeMutableBufferPointer { $0.update(repeating: Self.empty) }
        tableCount = 0
        limit = greatest
        for hash in kept.prefix(capacity) { insertIntoTable(hash) }
    }

    /// Moves the least so many hashes to the front, in any order; returns the greatest of them. By Hoare's selection: hashes are as good
    /// as shuffled, so that a pivot from the middle parts them well.
    private static func chooseLeast(_ number: Int, of hashes: UnsafeMutableBufferPointer<UInt64>) -> UInt64 {
        let wanted = number - 1
        var (low, high) = (0, hashes.count - 1)
        while low < high {
            let pivot = hashes[(low + high) / 2]
            var (left, right) = (low, high)
            while left <= right {
                while hashes[left] < pivot { left &+= 1 }
                while hashes[right] > pivot { right &-= 1 }
                if left <= right {
                    hashes.swapAt(left, right)
                    left &+= 1
                    right &-= 1
                }
            }
            if wanted <= right { high = right } else if wanted >= left { low = left } else { break }
        }
        return hashes[wanted]
    }

    /// Whether the hash was new.
    @discardableResult
    private mutating func insertIntoTable(_ hash: UInt64) -> Bool {
        // The least hashes share their leading bits, so the place is taken from the others.
        let mask = table.count - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while table[place] != Self.empty {
            if table[place] == hash { return false }
            place = (place + 1) & mask
        }
        table[place] = hash
        tableCount += 1
        if tableCount * 2 > table.count { grow() }
        return true
    }

    private mutating func grow() {
        let old = table
        table = ContiguousArray(repeating: Self.empty, count: old.count * 2)
        tableCount = 0
        for hash in old where hash != Self.empty { insertIntoTable(hash) }
    }

    /// The least hashes, rising, at most `capacity`.
    package var hashes: [UInt64] {
        Array(table.filter { $0 != Self.empty }.sorted().prefix(capacity))
    }

    /// The number of distinct values: (k - 1) / ((h_k + 1) / 2^64), and the exact count below k.
    package var estimate: Double { Self.estimate(hashes, capacity) }

    fileprivate static func estimate(_ hashes: [UInt64], _ capacity: Int) -> Double {
        guard hashes.count >= capacity, let last = hashes.last else { return Double(hashes.count) }
        return Double(capacity - 1) / ((Double(last) + 1) * 0x1p-64)
    }
}

/// Sketches are equal when their least hashes are; what else the table holds is no part of the state.
extension DistinctSketch: Hashable {
    package static func == (left: DistinctSketch, right: DistinctSketch) -> Bool {
        left.capacity == right.capacity && left.hashes == right.hashes
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(capacity)
        hasher.combine(hashes)
    }
}

extension DistinctSketch {
    /// What two sets have in common.
    package struct Overlap: Hashable, Sendable {
        /// The distinct values of both together.
        package let union: Double
        /// |A ∩ B| / |A ∪ B|; 1 of two empty sets.
        package let jaccard: Double
        /// Of the second set, the share of distinct values that the first does not have.
        package let newShare: Double
        /// Of the first set, the share that the second does not have.
        package let lostShare: Double
    }

    /// Jaccard's index is the share of the union's k least hashes that both sets have (Beyer et al. 2007); the rest follows.
    package func overlap(with other: DistinctSketch) -> Overlap {
        let (mine, theirs) = (Set(hashes), Set(other.hashes))
        let union = Array(mine.union(theirs).sorted().prefix(capacity))
        let both = union.count { mine.contains($0) && theirs.contains($0) }
        let jaccard = union.isEmpty ? 1 : Double(both) / Double(union.count)
        let size = Self.estimate(union, capacity)
        let common = jaccard * size
        func missing(_ size: Double) -> Double { size > 0 ? min(1, max(0, 1 - common / size)) : 0 }
        return Overlap(union: size, jaccard: jaccard, newShare: missing(other.estimate), lostShare: missing(estimate))
    }
}
