import DriftMonitor
import Testing

struct ComparisonTests {
    @Test func floatsCompareAsDeclared() {
        #expect(FloatEquality.standard.areEqual(.nan, -.nan))
        #expect(!FloatEquality.standard.areEqual(.nan, 1))
        #expect(FloatEquality.exact.areEqual(0, -0.0))
        #expect(!FloatEquality.standard.areEqual(.infinity, 1.7e308))
        #expect(!FloatEquality.float32.areEqual(.infinity, 1e300), "a number that rounds to infinity is none")
        #expect(FloatEquality.decimals(2).areEqual(1.001, 1.004))
        #expect(!FloatEquality.decimals(3).areEqual(1.001, 1.004))
        #expect(FloatEquality.sum(terms: 10_000_000).areEqual(1, 1 + 8e-9))
        #expect(!FloatEquality.standard.areEqual(1, 1 + 8e-9))
        #expect(FloatEquality.unitsInLastPlace(-.leastNonzeroMagnitude, .leastNonzeroMagnitude) == 2)
        #expect(FloatEquality.unitsInLastPlace(-.infinity, .infinity) == 2 * Double.infinity.bitPattern)
    }

    @Test func verdictsAreSymmetricInMatching() {
        let values: [ComparedValue] = [
            .null, .missingKey, .bool(true), .int(0), .int(1), .int(9_007_199_254_740_993), .float(1), .float(.nan), .float(0.1),
            .float(Double(Float(0.1))), .string(""), .string("a"), .string("A"), .string(" a"), .timestamp(0),
            .timestamp(900_000_000),
            .timestamp(.min), .timestamp(.max), .list([]), .list([.int(1), .int(2)]), .list([.int(2), .int(1)]),
            .list([.int(1), .int(1), .int(2)]),
        ]
        for a in values {
            for b in values {
                for lists: EqualityRule.Lists in [.ordered, .set, .multiset] {
                    var rule = EqualityRule()
                    rule.lists = lists
                    let (there, back) = (
                        ValueVerdict(served: a, recomputed: b, rule: rule), ValueVerdict(served: b, recomputed: a, rule: rule)
                    )
                    #expect(there.isMatch == back.isMatch)
                    if a == b { #expect(there.isMatch) }
                }
            }
        }
    }

    @Test func causesAreTold() {
        func cause(_ a: ComparedValue, _ b: ComparedValue) -> ValueVerdict.Cause? {
            if case .mismatch(let cause) = ValueVerdict(served: a, recomputed: b) { cause } else { nil }
        }
        #expect(cause(.float(0.1), .float(Double(Float(0.1)))) == .float32)
        #expect(cause(.list([.int(1), .int(2)]), .list([.int(2), .int(1)])) == .order)
        #expect(cause(.int(3), .int(4)) == .value)
        #expect(cause(.int(3), .string("3")) == .type)
        #expect(cause(.timestamp(0), .timestamp(86_400_000_000 * 3)) == .value)
        #expect(cause(.float(3), .null) == .nullVersusValue)
        #expect(cause(.list([.float(.nan)]), .list([.float(.nan)])) == nil)
    }

    @Test func embeddingsOfZeroLengthCompare() throws {
        let zero = try #require(EmbeddingDifference([0, 0], [0, 0]))
        #expect(zero.isMatch())
        #expect(try #require(EmbeddingDifference([0, 0], [1, 0])).isMatch() == false)
        #expect(EmbeddingDifference([1], [1, 2]) == nil)
        #expect(try #require(EmbeddingDifference([1, 0], [-1, 0])).cosineDistance == 2)
    }
}
