import Columnar
import Evaluation
import FeatureDefs
import Oracle

@testable import AsOfJoin

/// A small random join, and what is right for it by loops.
struct JoinCase {
    /// What the arguments are like: which of the ways to add them they take.
    enum Numbers: CaseIterable, Sendable {
        /// Sums fit a fixed point.
        case prices
        /// The powers of two span more than 128 bits.
        case spread
        /// NaN, infinities and zeros of both signs among them.
        case special
        case integers
        case singles
        case texts
    }

    static let keyCount = 4

    let keys: RowChoice
    let event: ContiguousArray<Int64>
    let available: ContiguousArray<Int64>?
    let argument: Column
    let values: [FeatureValue]
    let passes: ContiguousArray<Bool>?
    let spineKeys: RowChoice
    let spineTimes: PrimitiveColumn<Int64>

    /// - Parameter isOrdered: whether rows come in the order in which they happen, no two of them at once, and are known then.
    init(seed: UInt64, _ numbers: Numbers, isOrdered: Bool = false) {
        var random = SeededGenerator(seed: seed)
        let rowCount = Int.random(in: 0...80, using: &random)
        // Few instants, so that ties and rows exactly at a boundary are common.
        let event = ContiguousArray(
            (0..<rowCount).map { row in isOrdered ? Int64(row - 20) * 10 : Int64.random(in: -6...20, using: &random) * 10 })
        self.event = event
        available =
            isOrdered || Bool.random(using: &random)
            ? nil : ContiguousArray(event.map { $0 + ([0, 0, 1, -10, 30, 200].randomElement(using: &random) ?? 0) })
        keys = RowChoice((0..<rowCount).map { _ in Int32.random(in: -1..<Int32(Self.keyCount), using: &random) })
        passes =
            isOrdered || Bool.random(using: &random)
            ? nil : ContiguousArray((0..<rowCount).map { _ in Bool.random(using: &random) })
        values = (0..<rowCount).map { _ in Self.value(numbers, &random) }
        argument = Self.column(numbers, values)
        let spineCount = Int.random(in: 1...40, using: &random)
        spineKeys = RowChoice((0..<spineCount).map { _ in Int32.random(in: -1..<Int32(Self.keyCount), using: &random) })
        var times = PrimitiveColumn<Int64>()
        for _ in 0..<spineCount {
            if Int.random(in: 0..<10, using: &random) == 0 {
                times.appendNull(placeholder: 0)
            } else {
                times.append(Int64.random(in: -6...24, using: &random) * 10 + Int64.random(in: -1...1, using: &random))
            }
        }
        spineTimes = times
    }

    private static func value(_ numbers: Numbers, _ random: inout SeededGenerator) -> FeatureValue {
        if Int.random(in: 0..<8, using: &random) == 0 { return .null }
        switch numbers {
        case .prices: return .float64(Double.random(in: -100...100, using: &random))
        case .spread:
            let power = Int.random(in: -1000...480, using: &random)
            return .float64(Double(sign: Bool.random(using: &random) ? .plus : .minus, exponent: power, significand: 1.75))
        case .special:
            let specials = [0.0, -0.0, 1.5, 2.5, .nan, .infinity, -.infinity, 9_007_199_254_740_992, 1e-300]
            return .float64(specials[Int.random(in: 0..<specials.count, using: &random)])
        case .integers:
            let specials: [Int64] = [0, 1, -1, 9_007_199_254_740_993, Int64.max / 200, Int64.min / 200, 7]
            return .int64(specials[Int.random(in: 0..<specials.count, using: &random)])
        case .singles: return .float32(Float.random(in: -1...1, using: &random))
        case .texts: return .string(["", "a", "ab", "b", "ñ"][Int.random(in: 0..<5, using: &random)])
        }
    }

    private static func column(_ numbers: Numbers, _ values: [FeatureValue]) -> Column {
        var integers = PrimitiveColumn<Int64>()
        var doubles = PrimitiveColumn<Double>()
        var singles = PrimitiveColumn<Float>()
        var texts = BytesColumn()
        for value in values {
            switch value {
            case .int64(let number): integers.append(number)
            case .float64(let number): doubles.append(number)
            case .float32(let number): singles.append(number)
            case .string(let text): texts.append(text.utf8)
            default:
                integers.appendNull(placeholder: 3)
                doubles.appendNull(placeholder: 3)
                singles.appendNull(placeholder: 3)
                texts.appendNull()
            }
        }
        switch numbers {
        case .prices, .spread, .special: return .float64(doubles)
        case .integers: return .int64(integers)
        case .singles: return .float32(singles)
        case .texts: return .string(texts)
        }
    }

    /// The number of a row decides between ties.
    var ties: [CellOrder] { [CellOrder(.int64(PrimitiveColumn(ContiguousArray((0..<Int64(event.count))))))] }

    var join: AsOfJoin {
        // In two parts, as rows come that were read at once: some of the one, some of the other, and so on.
        let cuts = (0...4).map { $0 * keys.count / 4 }
        return join(parts: [[cuts[0]..<cuts[1], cuts[2]..<cuts[3]], [cuts[1]..<cuts[2], cuts[3]..<cuts[4]]])
    }

    /// - Parameter parts: the rows, all of them.
    func join(parts: [[Range<Int>]]) -> AsOfJoin {
        let parts = parts.map { KeyRuns($0, keys: keys, keyCount: Self.keyCount) }
        let rows = TimedRows(parts, event: event, available: available, ties: ties)
        let order = SpineOrder(keys: spineKeys, keyCount: Self.keyCount, times: spineTimes)
        return AsOfJoin(rows: rows, points: SpinePoints(order, cut: nil))
    }

    /// The rows that a spine row sees, in the order of (event, available, ties).
    func visible(_ spineRow: Int) -> [Int] {
        guard let cut = spineTimes[spineRow], spineKeys[spineRow] >= 0 else { return [] }
        func availableAt(_ row: Int) -> Int64 { available?[row] ?? event[row] }
        return event.indices.filter { row in
            keys[row] == spineKeys[spineRow] && event[row] <= cut && availableAt(row) <= cut && passes?[row] ?? true
        }.sorted { (event[$0], availableAt($0), $0) < (event[$1], availableAt($1), $1) }
    }

    /// Whether a row is no older than the ttl at a spine row's time.
    func isWithin(_ ttl: Int64?, _ row: Int, _ spineRow: Int) -> Bool {
        guard let ttl, let time = spineTimes[spineRow] else { return true }
        return event[row] >= time - ttl
    }

    func inWindow(_ spineRow: Int, _ length: Int64) -> [Int] {
        guard let cut = spineTimes[spineRow] else { return [] }
        return visible(spineRow).filter { event[$0] > cut - length }
    }
}
