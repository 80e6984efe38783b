import Columnar

/// Some of a training set's rows, the same ones each time: those whose number, scrambled, ends in zeros, ever more of them as the
/// set grows.
struct RowSample {
    static let capacity = 10_000

    private let names: [String]
    private var parts: [(numbers: [UInt64], columns: [Column])] = []
    private var seen: UInt64 = 0
    private var mask: UInt64 = 0

    init(_ schema: TrainingSchema) {
        names = schema.columns.map(\.name)
    }

    mutating func update(_ batch: ColumnTable) {
        add(Array(seen..<seen + UInt64(batch.rowCount)), batch.columns)
        seen += UInt64(batch.rowCount)
        while parts.reduce(0, { $0 + $1.numbers.count }) > Self.capacity {
            mask = mask << 1 | 1
            let old = parts
            parts = []
            for part in old { add(part.numbers, part.columns) }
        }
    }

    private mutating func add(_ numbers: [UInt64], _ columns: [Column]) {
        let kept = numbers.indices.filter { Self.scrambled(numbers[$0]) & mask == 0 }
        guard !kept.isEmpty else { return }
        let rows = RowChoice(kept.map { Int32($0) })
        parts.append((kept.map { numbers[$0] }, columns.map { $0.gathered(rows) }))
    }

    /// The finalizer of splitmix64 (Steele, Lea, Flood 2014).
    private static func scrambled(_ number: UInt64) -> UInt64 {
        var bits = number &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }

    /// The sampled rows, in their order.
    func table(_ schema: TrainingSchema) -> ColumnTable {
        let columns = schema.columns.indices.map { index in
            parts.isEmpty
                ? Column.empty(schema.columns[index].type)
                : Column.joined(parts.map { $0.columns[index] }, type: schema.columns[index].type)
        }
        return ColumnTable(names: names, columns: columns, rowCount: parts.reduce(0) { $0 + $1.numbers.count })
    }
}
