/// All that is kept of a categorical feature's values in a window. Additive as `NumericProfile` is.
package struct CategoryProfile: Hashable, Sendable {
    package var counts = CellCounts()
    package private(set) var values: HeavyHitters
    /// Counts by the last bits of the hash: exact, whatever the number of values, so that a change of rare ones shows.
    package private(set) var buckets = ContiguousArray<UInt64>(repeating: 0, count: bucketCount)
    /// Of the values, by `StableHash.md5`.
    package private(set) var distinct = DistinctSketch()

    package static let bucketCount = 1024

    package init(capacity: Int = 65_536) { values = HeavyHitters(capacity: capacity) }

    init(counts: CellCounts, values: HeavyHitters, buckets: ContiguousArray<UInt64>, distinct: DistinctSketch) {
        self.counts = counts
        self.values = values
        self.buckets = buckets
        self.distinct = distinct
    }

    /// Adds a cell; nil is NULL.
    package mutating func add(_ value: String?) {
        counts.rows += 1
        guard let value else {
            counts.null += 1
            return
        }
        values.add(value)
        let hash = StableHash.md5(value)
        buckets[Int(hash & UInt64(Self.bucketCount - 1))] += 1
        distinct.add(hash)
    }

    package mutating func merge(_ other: CategoryProfile) {
        counts.merge(other.counts)
        values.merge(other.values)
        for index in buckets.indices { buckets[index] += other.buckets[index] }
        distinct.merge(other.distinct)
    }

    /// As it is stored: with at most so many named values (monitoring.md §2.2 has 256).
    package func compacted(to size: Int = 256) -> CategoryProfile {
        CategoryProfile(counts: counts, values: values.compacted(to: size), buckets: buckets, distinct: distinct)
    }
}
