import Evaluation
import FeatureDefs
import Oracle
import Testing

@Suite struct AggregateTests {
    private func value(
        _ function: AggregateFunction, of values: [FeatureValue], _ type: FeatureType
    ) throws -> FeatureValue {
        var accumulator = AggregateAccumulator(function, argument: type)
        for value in values { try accumulator.add(value) }
        return try accumulator.result()
    }

    private func exactSum(_ values: [Double]) throws -> Double {
        var sum = ExactFloatSum()
        for value in values { sum.add(value) }
        return try sum.rounded()
    }

    @Test(arguments: AggregateFunction.allCases.filter { !$0.choosesRows })
    func nullsCountForNothing(function: AggregateFunction) throws {
        #expect(try value(function, of: [], .int64) == function.valueWhenNoRows)
        #expect(try value(function, of: [.null, .null], .int64) == function.valueWhenNoRows)
        let values: [FeatureValue] = [.int64(1), .int64(5)]
        #expect(try value(function, of: [.null] + values, .int64) == value(function, of: values, .int64))
    }

    @Test func theFirstRowCountsThoughItsValueIsNull() throws {
        #expect(try value(.first, of: [.null, .int64(1)], .int64) == .null)
        #expect(try value(.first, of: [.int64(2), .null, .int64(1)], .int64) == .int64(2))
        #expect(try value(.first, of: [], .int64) == .null)
    }

    @Test func theLastRowsCountNewestFirstThoughTheirValuesAreNull() throws {
        let values: [FeatureValue] = [.int64(1), .null, .int64(3), .int64(4), .null]
        for limit in 1...6 {
            let expected = Array(values.reversed().prefix(limit))
            #expect(try value(.lastN(limit), of: values, .int64) == .list(FeatureList(expected, of: .int64)))
        }
        #expect(try value(.lastN(3), of: [.null], .string) == .list(FeatureList([.null], of: .string)))
        #expect(try value(.lastN(3), of: [], .int64) == .null)
    }

    /// Against a list that is searched from its start.
    @Test(arguments: FeatureType.scalars + [.list(.float64), .list(.string), .vector(3)])
    func distinctValuesAreCountedAsTheyAreEqual(type: FeatureType) throws {
        var random = SeededGenerator(seed: 3)
        let choices = AdversarialValues.constants(of: type) + [.null]
        var different: [FeatureValue] = []
        let values = (0..<40).map { _ in random.pick(choices) }
        for value in values where !value.isNull && !different.contains(value) { different.append(value) }
        #expect(try value(.distinctCount, of: values, type) == .int64(Int64(different.count)))
    }

    @Test func equalValuesThatLookDifferentCountOnce() throws {
        let otherNaN = Double(bitPattern: Double.nan.bitPattern ^ 1)
        let floats: [FeatureValue] = [0.0, -0.0, .nan, otherNaN, -.nan].map(FeatureValue.float64)
        #expect(try value(.distinctCount, of: floats, .float64) == .int64(2))
        #expect(try value(.distinctCount, of: [.string("é"), .string("e\u{301}")], .string) == .int64(2))
    }

    @Test func anIntegerSumIsJudgedWhenAllIsAdded() throws {
        #expect(try value(.sum, of: [.int64(.max), .int64(1), .int64(-1)], .int64) == .int64(.max))
        #expect(throws: EvaluationError.integerOverflow) { try value(.sum, of: [.int64(.max), .int64(1)], .int64) }
        #expect(try value(.mean, of: [.int64(.max), .int64(.max)], .int64) == .float64(0x1p63))
    }

    @Test func aFloatSumIsRoundedOnce() throws {
        #expect(try exactSum([1e100, 1, -1e100]) == 1)
        #expect(try exactSum(Array(repeating: 0.1, count: 10)) == 1)
        #expect(try exactSum([0x1p53, 1]) == 0x1p53)
        #expect(try exactSum([0x1p53, 1, .leastNonzeroMagnitude]) == 0x1p53 + 2)
        #expect(try exactSum([-0x1p53, -1, -.leastNonzeroMagnitude]) == -0x1p53 - 2)
        #expect(try exactSum([.leastNonzeroMagnitude, .leastNonzeroMagnitude]) == 2 * .leastNonzeroMagnitude)
        #expect(
            try exactSum([.greatestFiniteMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude])
                == .greatestFiniteMagnitude)
        #expect(throws: EvaluationError.floatOverflow) {
            try exactSum([.greatestFiniteMagnitude, .greatestFiniteMagnitude])
        }
        #expect(try exactSum([.infinity, 1]) == .infinity)
        #expect(try exactSum([.infinity, -.infinity]).isNaN)
        #expect(try exactSum([.nan, .infinity]).isNaN)
    }

    /// Integers scaled by one power of two have sums that 128 bits hold exactly.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func aFloatSumEqualsTheExactOne(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let exponent = Int.random(in: -1074...900, using: &random)
        var exact: Int128 = 0
        var sum = ExactFloatSum()
        for _ in 0..<500 {
            let significand = Int64.random(in: -(1 << 53)...(1 << 53), using: &random) >> Int64.random(in: 0...50, using: &random)
            let shift = Int.random(in: 0...60, using: &random)
            let value = Double(sign: .plus, exponent: exponent + shift, significand: Double(significand))
            guard value.isFinite else { continue }
            sum.add(value)
            exact += Int128(significand) << Int128(shift)
        }
        let expected = Double(sign: .plus, exponent: exponent, significand: Double(exact))
        #expect(try sum.rounded() == expected, "seed \(seed)")
    }

    @Test func whatIsTakenOutLeavesNoTrace() throws {
        var random = SeededGenerator(seed: 7)
        let values = (0..<1000).map { _ in random.pick(AdversarialValues.doubles) }
        var sum = ExactFloatSum()
        sum.add(2.5)
        for value in values { sum.add(value) }
        for value in values.shuffled(using: &random) { sum.remove(value) }
        #expect(try sum.rounded() == 2.5)
    }

    @Test func partsMergeToTheWhole() throws {
        var random = SeededGenerator(seed: 8)
        let values = (0..<200).map { _ in Double.random(in: -1e9...1e9, using: &random) * 1e-7 }
        var whole = ExactFloatSum()
        var left = ExactFloatSum()
        var right = ExactFloatSum()
        for (index, value) in values.enumerated() {
            whole.add(value)
            if index % 3 == 0 { left.add(value) } else { right.add(value) }
        }
        left.merge(right)
        #expect(try left.rounded() == whole.rounded())
    }

    @Test func nanIsTheGreatest() throws {
        let values: [FeatureValue] = [.float64(1), .float64(.nan), .float64(.infinity), .null]
        #expect(try value(.max, of: values, .float64) == .float64(.nan))
        #expect(try value(.min, of: values, .float64) == .float64(1))
    }
}
