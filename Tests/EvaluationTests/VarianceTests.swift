import Evaluation
import FeatureDefs
import Oracle
import Testing

@Suite struct VarianceTests {
    private func moments(_ values: [Double]) -> ExactMoments {
        var moments = ExactMoments()
        for value in values { moments.add(value) }
        return moments
    }

    @Test func theSampleVarianceNeedsTwoValues() throws {
        #expect(try moments([]).variance() == nil)
        #expect(try moments([5]).variance() == nil)
        #expect(moments([.nan]).standardDeviation() == nil)
        #expect(try moments([5, 5]).variance() == 0)
        #expect(try moments([1, 3]).variance() == 2)
        #expect(moments([1, 5]).standardDeviation() == 8.0.squareRoot())
    }

    @Test func nonFiniteValuesGiveNaN() throws {
        for value in [Double.nan, .infinity, -.infinity] {
            #expect(try #require(try moments([1, value, 2]).variance()).isNaN)
            #expect(try #require(moments([value, value]).standardDeviation()).isNaN)
        }
    }

    @Test func whatIsFarFromZeroOrCloseTogetherLosesNothing() throws {
        #expect(try moments([0x1p52, 0x1p52 + 1, 0x1p52 + 2]).variance() == 1)
        #expect(try moments([1e200, 1e200, 1e200]).variance() == 0)
        #expect(moments([1e200, -1e200]).standardDeviation() == 2.0.squareRoot() * 1e200)
        #expect(moments([1e-200, -1e-200]).standardDeviation() == 2.0.squareRoot() * 1e-200)
        #expect(throws: EvaluationError.floatOverflow) { try moments([1e200, -1e200]).variance() }
        let least = Double.leastNonzeroMagnitude
        #expect(try moments([least, 0]).variance() == 0)
        let spread = try #require(moments([.greatestFiniteMagnitude, 0, least]).standardDeviation())
        #expect(spread > 1e308 && spread.isFinite)
    }

    /// Integers of any size: n Σx² - (Σx)² by a sum over pairs, which needs no big number for small differences.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func theVarianceOfIntegersIsThatOfTheirDifferences(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let base = random.pick(AdversarialValues.integers)
        let values = (0..<Int.random(in: 2...60, using: &random)).map { _ -> Int64 in
            let step = Int64.random(in: 0...1 << 30, using: &random)
            return base > 0 ? base - step : base + step
        }
        var exact = ExactMoments()
        for value in values { exact.add(value) }
        var pairs: Int128 = 0
        for (index, left) in values.enumerated() {
            for right in values[..<index] { pairs += Int128(left - right) * Int128(left - right) }
        }
        let divisor = Int128(values.count) * Int128(values.count - 1)
        let variance = try #require(try exact.variance())
        // Exact in the whole part, and then to the last bit but one.
        let expected = Double(pairs / divisor) + Double(pairs % divisor) / Double(divisor)
        #expect((variance - expected).magnitude <= 2 * expected.ulp, "seed \(seed)")
    }

    /// One power of two scales all, and the result by its square.
    @Test func scaleDoesNotShow() throws {
        var random = SeededGenerator(seed: 5)
        let values = (0..<50).map { _ in Double.random(in: -1...1, using: &random) }
        let variance = try #require(try moments(values).variance())
        for exponent in [-500, -31, 7, 500] {
            let scale = Double(sign: .plus, exponent: exponent, significand: 1)
            #expect(try moments(values.map { $0 * scale }).variance() == variance * scale * scale)
        }
    }

    @Test func orderPartsAndRemovalsDoNotShow() throws {
        var random = SeededGenerator(seed: 9)
        let values = (0..<300).map { _ in random.pick(AdversarialValues.doubles) * 1e-160 }
        let finite = values.filter(\.isFinite)
        let expected = try #require(try moments(finite).variance())
        #expect(try moments(finite.shuffled(using: &random)).variance() == expected)
        var merged = moments(Array(finite.prefix(100)))
        merged.merge(moments(Array(finite.dropFirst(100))))
        #expect(try merged.variance() == expected)
        for value in values { merged.add(value) }
        merged.add(Int64.min)
        for value in values.shuffled(using: &random) { merged.remove(value) }
        merged.remove(Int64.min)
        #expect(try merged.variance() == expected)
    }
}
