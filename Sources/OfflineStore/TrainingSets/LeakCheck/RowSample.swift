import Columnar

/// Some of a training set's rows, the same ones each time: those whose number, scrambled, ends in zeros, ever more of them as the
/// set grows.
struct RowSample {
    static let capacity = 10_000

    private let capacity: Int
    private var parts: [(numbers: [UInt64], columns: [Column])] = []
    private var mask: UInt64 = 0

    init(capacity: Int = Self.capacity) {
        self.capacity = capacity
    }

    /// - Parameters:
    ///   - rows: those of the batch that are meant; nil for all.
    ///   - first: the number of the batch's first row.
    mutating func update(_ batch: ColumnTable, rows: [Int32]? = nil, first: UInt64) {
        var added: [Int32] = []
        for row in rows ?? Array(0..<Int32(batch.rowCount)) where isKept(first + UInt64(row)) { added.append(row) }
        guard !added.isEmpty else { return }
        let oldMask = mask
        var kept = parts.map(\.numbers)
        while kept.reduce(added.count, { $0 + $1.count }) > capacity {
            mask = mask << 1 | 1
            added.removeAll { !isKept(first + UInt64($0)) }
            for index in kept.indices { kept[index].removeAll { !isKept($0) } }
        }
        if mask != oldMask { thin() }
        guard !added.isEmpty else { return }
        let choice = RowChoice(added)
        parts.append((added.map { first + UInt64($0) }, batch.columns.map { $0.gathered(choice) }))
    }

    private func isKept(_ number: UInt64) -> Bool { Self.scrambled(number) & mask == 0 }

    /// Lets go of what a greater mask leaves out.
    private mutating func thin() {
        parts = parts.compactMap { part in
            let kept = part.numbers.indices.filter { isKept(part.numbers[$0]) }
            guard !kept.isEmpty else { return nil }
            let choice = RowChoice(kept.map { Int32($0) })
            return (kept.map { part.numbers[$0] }, part.columns.map { $0.gathered(choice) })
        }
    }

    /// The finalizer of splitmix64 (Steele, Lea, Flood 2014).
    private static func scrambled(_ number: UInt64) -> UInt64 {
        var bits = number &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }

    private var numbers: [UInt64] { parts.flatMap(\.numbers) }

    /// The sampled rows, in their order.
    func table(_ schema: TrainingSchema) -> ColumnTable {
        let columns = schema.columns.indices.map { index in
            parts.isEmpty
                ? Column.empty(schema.columns[index].type)
                : Column.joined(parts.map { $0.columns[index] }, type: schema.columns[index].type)
        }
        return ColumnTable(names: schema.columns.map(\.name), columns: columns, rowCount: numbers.count)
    }

    /// A sample of the sample, so many rows: their places in its table, in order. No regularity of the rows shows in it.
    func places(atMost count: Int) -> [Int] {
        let scrambled = numbers.map(Self.scrambled)
        return scrambled.indices.sorted { scrambled[$0] < scrambled[$1] }.prefix(count).sorted()
    }
}
