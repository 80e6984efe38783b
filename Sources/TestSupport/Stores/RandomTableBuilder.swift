import FeatureDefs
import Oracle
import Verification

/// Makes a table's columns and rows.
struct RandomTableBuilder {
    private let lattice: TimeLattice
    private let hasCreated: Bool
    private var random: SeededGenerator

    init(lattice: TimeLattice, hasCreated: Bool, random: SeededGenerator) {
        self.lattice = lattice
        self.hasCreated = hasCreated
        self.random = random
    }

    mutating func table(named name: String, rowCount: Int) -> RandomTable {
        let instant: [ColumnStorage] = [.timestamptz, .timestamptz, .timestamp]
        var columns: [RandomTable.Column] = [
            .init(name: "x", storage: random.pick([.int2, .int4, .int8])),
            .init(name: "y", storage: random.pick([.int4, .int8])),
            .init(name: "tag", storage: random.pick([.text, .varchar])),
            .init(name: "device", storage: .uuid),
            .init(name: "happened_at", storage: lattice.isDaily && random.oneIn(2) ? .date : random.pick(instant)),
        ]
        if hasCreated { columns.append(.init(name: "Created At", storage: random.pick(instant))) }
        columns += [
            // Sums of these are exact in any order.
            .init(name: "amount", storage: .float8),
            // Sums of these are not.
            .init(name: "noise", storage: .float8),
            .init(name: "ratio", storage: .float4),
            .init(name: "quantity", storage: random.pick([.int2, .int4, .int8])),
            .init(name: "serial", storage: .int8),
            .init(name: "status", storage: random.pick([.text, .varchar, .bpchar])),
            .init(name: "flag", storage: .bool),
            .init(name: "seen_at", storage: random.pick(instant)),
            .init(name: "price", storage: .numeric),
            .init(name: "payload", storage: .bytea),
            .init(name: "scores", storage: .array(.float8)),
            .init(name: "labels", storage: .array(random.pick([.text, .varchar, .bpchar]))),
            .init(name: "counts", storage: .array(random.pick([.int2, .int4, .int8]))),
            .init(name: "weights", storage: .array(.float4)),
            .init(name: "seen_times", storage: .array(.timestamptz)),
        ]
        var rows: [[FeatureValue]] = []
        while rows.count < rowCount {
            if random.oneIn(12), let earlier = rows.randomElement(using: &random) {
                rows.append(near(earlier, columns))
            } else {
                rows.append(row(columns))
            }
        }
        return RandomTable(name: name, columns: columns, rows: rows)
    }

    /// A duplicate, or a row that differs in one column only.
    private mutating func near(_ row: [FeatureValue], _ columns: [RandomTable.Column]) -> [FeatureValue] {
        var copy = row
        if random.oneIn(2) {
            let index = Int.random(in: columns.indices, using: &random)
            copy[index] = value(of: columns[index], event: .epoch)
        }
        return copy
    }

    private mutating func row(_ columns: [RandomTable.Column]) -> [FeatureValue] {
        let event = lattice.instant(random: &random)
        return columns.map { value(of: $0, event: event) }
    }

    private mutating func value(of column: RandomTable.Column, event: Timestamp) -> FeatureValue {
        switch column.name {
        case "x", "y": return random.oneIn(10) ? .null : .int64(random.pick([1, 1, 11, 11, 111]))
        case "tag": return random.oneIn(10) ? .null : .string(random.pick(RandomStore.tags))
        case "device": return random.oneIn(10) ? .null : .uuid(random.pick(RandomStore.devices))
        case "happened_at":
            return random.oneIn(15) ? .null : instant(event == .epoch ? lattice.instant(random: &random) : event, column)
        case "Created At": return created(after: event, column)
        default: return random.oneIn(6) ? .null : measure(column)
        }
    }

    /// At once, late, early by a mistake, or unknown.
    private mutating func created(after event: Timestamp, _ column: RandomTable.Column) -> FeatureValue {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: .null
        case 1: instant(event, column)
        case 2: instant(event - lattice.times(1), column)
        default: instant(lattice.beside(event + lattice.times(Int64.random(in: 0...4, using: &random)), random: &random), column)
        }
    }

    private func instant(_ timestamp: Timestamp, _ column: RandomTable.Column) -> FeatureValue {
        let day = Period(microseconds: 86_400_000_000)
        return .timestamp(column.storage == .date ? timestamp.floored(toMultipleOf: day) : timestamp)
    }

    /// Short, so that equal ones are common.
    private mutating func list(
        of element: FeatureType.Scalar, _ choices: [FeatureValue], hasNulls: Bool = true
    ) -> FeatureValue {
        let values = (0..<random.pick([0, 1, 1, 2, 2, 3])).map { _ in
            hasNulls && random.oneIn(5) ? FeatureValue.null : random.pick(choices)
        }
        return .list(FeatureList(values, of: element))
    }

    private mutating func measure(_ column: RandomTable.Column) -> FeatureValue {
        switch column.name {
        case "amount":
            .float64(
                random.oneIn(12)
                    ? random.pick([.nan, .infinity, -.infinity, -0.0]) : Double(Int.random(in: -80...80, using: &random)) / 8)
        case "noise": .float64(random.pick([0.1, 0.2, 0.3, -0.7, 1e-9, 123_456.789, -99_999.01, 1e15 + 0.3, -1e15, 3.3e10]))
        case "ratio": .float32(random.pick([0, -0.0, 0.5, 0.1, 2.25, -3, .nan, 16_777_216]))
        case "quantity": .int64(Int64.random(in: -4...4, using: &random))
        case "serial": .int64(random.pick([0, 1, -1, (1 << 53) + 1, -(1 << 53) - 1, (1 << 53) + 2]))
        case "status": .string(random.pick(["open", "settled", "Settled", "é", "z"]))
        case "flag": .bool(random.oneIn(2))
        case "seen_at": .timestamp(lattice.instant(random: &random))
        case "price": .float64(random.pick([0, 0.5, 19.99, -2.25, 1e20]))
        case "scores": list(of: .float64, [.float64(0), .float64(-0.0), .float64(.nan), .float64(1), .float64(-2.5)])
        case "labels": list(of: .string, ["open", "Open", "é", "a,b", "\"\\", "", "null"].map(FeatureValue.string))
        case "counts": list(of: .int64, [-1, 0, 1, 2].map(FeatureValue.int64))
        case "weights": list(of: .float32, [.float32(0), .float32(0.1), .float32(.nan)], hasNulls: false)
        case "seen_times": list(of: .timestamp, (0..<2).map { _ in .timestamp(lattice.instant(random: &random)) })
        default: .bytes(random.pick([[], [0], [1, 255]]))
        }
    }
}

extension RandomStore {
    /// The values of text keys; the last has no rows.
    static let tags = ["1", "11", "a", "A", "é", "e\u{301}", ""]
    static let devices = [UUIDBytes(high: 0, low: 1), UUIDBytes(high: .max, low: 0)]
}
