/// Parts of all entities, as many as a power of two: an entity is in the one that the last bits of its key's hash name. So each of a few
/// buckets is made of whole ones among many.
struct EntityBuckets: Hashable, Sendable {
    /// More cost more to count and to keep than they help: an entity that lost a row draws the others of its bucket along.
    private static let most = 4096
    private static let fewest = 256
    /// Among many rows so many share a bucket, about.
    private static let rowsPerBucket = 64.0

    let count: Int

    /// nil unless it is a power of two.
    init?(count: Int) {
        guard count > 0, count & (count - 1) == 0 else { return nil }
        self.count = count
    }

    /// For a source of about so many rows, and at least as many as its base had.
    init(rows: Double, atLeast base: EntityBuckets?) {
        var count = Self.fewest
        while count < Self.most, Double(count) * Self.rowsPerBucket < rows { count *= 2 }
        self.count = max(count, base?.count ?? 1)
    }

    /// The bucket, here, of one among as many or more.
    func bucket(of finer: Int) -> Int { finer & (count - 1) }

    /// The counts of as many or more buckets, added up for the buckets here.
    func sums(of finer: [Int64]) -> [Int64] {
        var sums = [Int64](repeating: 0, count: count)
        for (index, value) in finer.enumerated() { sums[bucket(of: index)] += value }
        return sums
    }
}

/// Buckets of entities of which rows are gone: one at least.
struct LostBuckets: Hashable, Sendable {
    let indices: Set<Int>
    let among: EntityBuckets

    init?(_ indices: some Sequence<Int>, among buckets: EntityBuckets) {
        self.indices = Set(indices)
        among = buckets
        if self.indices.isEmpty { return nil }
    }

    var areMany: Bool { indices.count > among.count / 2 }

    /// Whether a bucket, of as many or more, is a part of them.
    func contain(_ bucket: Int) -> Bool { indices.contains(among.bucket(of: bucket)) }
}
