/// The k rows with the least hashes: a uniform sample that merges, and that is the same rows in every store and every rerun. Rows are
/// told by the hash of (entity, request); a row that comes twice is kept once.
package struct RowSample: Hashable, Sendable {
    package struct Row: Hashable, Sendable {
        package let hash: UInt64
        /// Of the entity alone: rows of one entity go together in permutations and folds.
        package let entity: UInt64
        package let values: [Double]

        package init(hash: UInt64, entity: UInt64, values: [Double]) {
            self.hash = hash
            self.entity = entity
            self.values = values
        }

        /// A total order, by the bits where hashes are equal, so that what is kept never depends on what came first.
        static func precedes(_ a: Row, _ b: Row) -> Bool {
            if a.hash != b.hash { return a.hash < b.hash }
            if a.entity != b.entity { return a.entity < b.entity }
            return a.values.lexicographicallyPrecedes(b.values) { $0.bitPattern < $1.bitPattern }
        }
    }

    package let capacity: Int
    /// More than `capacity`, and in any order, between two compactions.
    private var kept: [Row] = []
    private var limit = UInt64.max

    package init(capacity: Int = 5000) {
        precondition(capacity > 0, "a sample has room for a row")
        self.capacity = capacity
    }

    package mutating func add(_ row: Row) {
        guard row.hash <= limit else { return }
        kept.append(row)
        if kept.count >= 2 * capacity + 16 { compact() }
    }

    package mutating func merge(_ other: RowSample) {
        precondition(capacity == other.capacity, "samples of one size merge")
        for row in other.rows { add(row) }
    }

    /// The sample: at most `capacity` rows, by hash.
    package var rows: [Row] {
        var rows: [Row] = []
        for row in kept.sorted(by: Row.precedes) where rows.last?.hash != row.hash {
            rows.append(row)
            if rows.count == capacity { break }
        }
        return rows
    }

    private mutating func compact() {
        kept = rows
        if kept.count == capacity, let last = kept.last { limit = last.hash }
    }

    package static func == (left: RowSample, right: RowSample) -> Bool {
        left.capacity == right.capacity && left.rows == right.rows
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(rows) }
}
