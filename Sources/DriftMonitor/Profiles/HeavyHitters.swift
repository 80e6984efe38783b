/// How often the commonest values occur, by Misra and Gries: when a new value finds no counter free, each is lowered by one. A count
/// is never too large and too small by at most `error` <= n / (counters + 1). Vector: sketch.misra_gries.
///
/// While no more than `capacity` different values are seen, the counts are exact and no order matters. Beyond that the order of the
/// rows does; merging never does, because it only adds: it keeps all the counters of both sides, and `compacted` lowers them to
/// a size once, when a window is stored.
package struct HeavyHitters: Hashable, Sendable {
    /// Counters that adding keeps at most.
    package let capacity: Int
    package private(set) var counters: [String: UInt64] = [:]
    /// By how much any count may be too small.
    package private(set) var error: UInt64 = 0
    /// All that was added, whether counted or lowered away.
    package private(set) var total: UInt64 = 0

    package init(capacity: Int = 65_536) {
        precondition(capacity > 0, "heavy hitters need a counter")
        self.capacity = capacity
    }

    init(capacity: Int, counters: [String: UInt64], error: UInt64, total: UInt64) {
        self.capacity = capacity
        self.counters = counters
        self.error = error
        self.total = total
    }

    package mutating func add(_ value: String) {
        total += 1
        if counters.count < capacity || counters[value] != nil {
            counters[value, default: 0] += 1
        } else {
            error += 1
            counters = counters.compactMapValues { $0 > 1 ? $0 - 1 : nil }
        }
    }

    /// Adds the counts, the errors and the totals. In any order the same.
    package mutating func merge(_ other: HeavyHitters) {
        counters.merge(other.counters, uniquingKeysWith: +)
        error += other.error
        total += other.total
    }

    /// With at most so many counters: all are lowered by the greatest that goes, as the published merge does (Agarwal et al. 2012).
    package func compacted(to size: Int) -> HeavyHitters {
        guard counters.count > size else { return self }
        let cut = counters.values.sorted(by: >)[size]
        return HeavyHitters(
            capacity: capacity, counters: counters.compactMapValues { $0 > cut ? $0 - cut : nil }, error: error + cut,
            total: total)
    }

    /// Whether no count is too small.
    package var isExact: Bool { error == 0 }

    /// The commonest, most first, equal ones by their bytes. A count is at least the true one less `error`, and never above it.
    package func top(_ number: Int) -> [(value: String, count: UInt64)] {
        let sorted = counters.sorted { left, right in
            if left.value != right.value { return left.value > right.value }
            return left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
        }
        return sorted.prefix(number).map { (value: $0.key, count: $0.value) }
    }
}
