import Columnar
import Evaluation
import FeatureDefs
import Testing

@testable import AsOfJoin

/// The kernels equal loops over rows, on rows and spines full of ties, late rows and numbers that are hard to add.
@Suite struct AsOfJoinTests {
    private static let seeds: Range<UInt64> = 0..<150
    private static let lengths: [Int64] = [1, 10, 35, 100, 1000]

    @Test(arguments: [nil, 1, 30, 55] as [Int64?])
    func latestIsTheGreatestVisibleRow(ttl: Int64?) throws {
        for seed in Self.seeds {
            let sample = JoinCase(seed: seed, .prices)
            var join = sample.join
            if let passes = sample.passes { join.masks = [RowMask(passes: passes)] }
            join.latest = [AsOfJoin.Latest(mask: sample.passes == nil ? nil : 0, ttl: ttl)]
            let result = try Self.run(join)
            for row in sample.spineKeys.indices {
                let point = join.points.pointOfRow[row]
                let chosen = point < 0 ? -1 : result.latest[0][Int(point)]
                // A row that is too old hides those before it, rather than making way for them.
                let expected = sample.visible(row).last.flatMap { sample.isWithin(ttl, $0, row) ? $0 : nil } ?? -1
                #expect(chosen == Int32(expected), "seed \(seed), row \(row)")
            }
        }
    }

    /// Rows in order take a shorter way, key by key: here all keys do, some, or none.
    @Test(arguments: [nil, 1, 30, 55] as [Int64?])
    func latestOfRowsInOrderIsTheGreatestVisibleRow(ttl: Int64?) throws {
        for seed in Self.seeds {
            let sample = JoinCase(seed: seed, .prices, isOrdered: true)
            let half = sample.keys.count / 2
            for parts in [[[0..<half], [half..<sample.keys.count]], [[half..<sample.keys.count], [0..<half]]] {
                var join = sample.join(parts: parts)
                join.latest = [AsOfJoin.Latest(mask: nil, ttl: nil), AsOfJoin.Latest(mask: nil, ttl: ttl)]
                let result = try Self.run(join)
                for row in sample.spineKeys.indices {
                    let point = join.points.pointOfRow[row]
                    let latest = sample.visible(row).last
                    for (index, ttl) in [nil, ttl].enumerated() {
                        let chosen = point < 0 ? -1 : result.latest[index][Int(point)]
                        let expected = latest.flatMap { sample.isWithin(ttl, $0, row) ? $0 : nil } ?? -1
                        #expect(chosen == Int32(expected), "seed \(seed), row \(row), latest \(index)")
                    }
                }
            }
        }
    }

    @Test(arguments: JoinCase.Numbers.allCases)
    func windowsEqualTheAccumulator(numbers: JoinCase.Numbers) throws {
        for seed in Self.seeds {
            let sample = JoinCase(seed: seed &+ 1000, numbers)
            guard let type = Self.type(sample.argument) else { continue }
            var join = sample.join
            join.arguments = [sample.argument]
            if let passes = sample.passes { join.masks = [RowMask(passes: passes)] }
            let functions = Self.functions(for: type)
            for length in Self.lengths {
                for function in functions {
                    join.windows.append(
                        .init(function: function, argument: 0, mask: sample.passes == nil ? nil : 0, length: length))
                }
            }
            let result = try Self.run(join)
            for (index, window) in join.windows.enumerated() {
                let column = result.windows[index].column(at: join.points.pointOfRow, argument: sample.argument)
                for row in sample.spineKeys.indices where join.points.pointOfRow[row] >= 0 {
                    let rows = sample.inWindow(row, window.length)
                    var accumulator = AggregateAccumulator(window.function, argument: type)
                    for row in rows { try accumulator.add(sample.values[row]) }
                    let expected = try accumulator.result()
                    #expect(
                        Self.accepts(expected, column, row, window.function),
                        "seed \(seed), \(window.function) over \(window.length), row \(row): expected \(expected)"
                    )
                }
            }
        }
    }

    @Test func aSumThatFitsNoIntegerIsAnError() throws {
        let cells = PrimitiveColumn<Int64>([.max, 1, -1])
        let runs = KeyRuns([0..<3], keys: [0, 0, 0], keyCount: 1)
        let rows = TimedRows([runs], event: [0, 1, 2], available: nil, ties: [])
        for (time, fails) in [(0, false), (1, true), (2, false)] as [(Int64, Bool)] {
            let order = SpineOrder(keys: [0], keyCount: 1, times: PrimitiveColumn([time]))
            var join = AsOfJoin(rows: rows, points: SpinePoints(order, cut: nil))
            join.arguments = [.int64(cells)]
            join.windows = [.init(function: .sum, argument: 0, mask: nil, length: 100)]
            if fails {
                #expect(throws: EvaluationError.integerOverflow) { try join.run(keys: 0..<1) }
            } else {
                _ = try join.run(keys: 0..<1)
            }
        }
    }

    /// A window that would start before all instants starts at the first of them, which is not in it: `cut - length < event`.
    @Test(arguments: [1000, .max] as [Int64])
    func aWindowStartsNoEarlierThanTheFirstInstant(length: Int64) throws {
        let first = Timestamp.finiteRange.lowerBound.microseconds
        let event: ContiguousArray<Int64> = [first, first + 1]
        let runs = KeyRuns([0..<2], keys: [0, 0], keyCount: 1)
        let rows = TimedRows([runs], event: event, available: nil, ties: [])
        let order = SpineOrder(keys: [0], keyCount: 1, times: PrimitiveColumn([first + 10]))
        var join = AsOfJoin(rows: rows, points: SpinePoints(order, cut: nil))
        join.windows = [.init(function: .count, argument: nil, mask: nil, length: length)]
        guard case .integers(let counts) = try join.run(keys: 0..<1).windows[0] else { return #expect(Bool(false)) }
        #expect(counts[0] == 1)
    }

    /// Postgres' variance of these loses every digit; so does a sum of squares of doubles.
    @Test func aVarianceFarFromZeroKeepsItsDigits() throws {
        let cells = PrimitiveColumn<Double>([1e15, 1e15 + 1, 1e15 + 2])
        let runs = KeyRuns([0..<3], keys: [0, 0, 0], keyCount: 1)
        let rows = TimedRows([runs], event: [0, 1, 2], available: nil, ties: [])
        let order = SpineOrder(keys: [0], keyCount: 1, times: PrimitiveColumn([5]))
        var join = AsOfJoin(rows: rows, points: SpinePoints(order, cut: nil))
        join.arguments = [.float64(cells)]
        join.windows = [.init(function: .variance, argument: 0, mask: nil, length: 100)]
        guard case .floats(let values) = try join.run(keys: 0..<1).windows[0] else { return #expect(Bool(false)) }
        #expect(values[0] == 1)
    }

    /// Two ranges of keys put together are the whole.
    private static func run(_ join: AsOfJoin) throws -> AsOfJoin.Result {
        AsOfJoin.joined(try join.keyRanges(count: 2).map { try join.run(keys: $0) }, for: join)
    }

    private static func type(_ column: Column) -> FeatureType? {
        switch column {
        case .int64: .int64
        case .float64: .float64
        case .float32: .float32
        case .string: .string
        default: nil
        }
    }

    private static func functions(for type: FeatureType) -> [AggregateFunction] {
        [
            .count, .sum, .mean, .variance, .stddev, .min, .max, .first, .distinctCount, .lastN(1), .lastN(3),
        ].filter { $0.resultType(of: type) != nil }
    }

    private static func accepts(_ expected: FeatureValue, _ column: Column, _ row: Int, _ function: AggregateFunction) -> Bool {
        let isVariance = function == .variance || function == .stddev
        guard column.validity.isValid(row) else { return expected.isNull }
        switch (column, expected) {
        case (.int64(let cells), .int64(let number)): return cells.values[row] == number
        case (.float64(let cells), .float64(let number)):
            let actual = cells.values[row]
            if actual == number || actual.isNaN && number.isNaN { return true }
            return isVariance && (actual - number).magnitude <= 1e-12 * number
        case (.float32(let cells), .float32(let number)): return cells.values[row] == number
        case (.string(let cells), .string(let text)): return cells[row].map { String(decoding: $0, as: UTF8.self) } == text
        case (.list(let lists), .list(let expected)):
            let range = lists.offsets[row]..<lists.offsets[row + 1]
            guard range.count == expected.values.count else { return false }
            return zip(range, expected.values).allSatisfy { accepts($1, lists.elements, $0, .first) }
        default: return false
        }
    }
}
