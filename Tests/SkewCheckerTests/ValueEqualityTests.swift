import FeatureDefs
import SkewChecker
import Testing

/// Each rule of monitoring.md §3.3, on pairs that it tells apart from its neighbours.
@Suite struct ValueEqualityTests {
    struct Case: CustomTestStringConvertible {
        let rule: ValueEquality
        let a: FeatureValue
        let b: FeatureValue
        let isEqual: Bool

        init(_ rule: ValueEquality, _ a: FeatureValue, _ b: FeatureValue, _ isEqual: Bool) {
            self.rule = rule
            self.a = a
            self.b = b
            self.isEqual = isEqual
        }

        var testDescription: String { "\(rule.words): \(a.text ?? "NULL"), \(b.text ?? "NULL")" }
    }

    private static func numbers(_ numbers: ValueEquality.Numbers) -> ValueEquality { ValueEquality(numbers: numbers) }
    private static func lists(_ lists: ValueEquality.Lists, _ numbers: ValueEquality.Numbers = .exact) -> ValueEquality {
        ValueEquality(numbers: numbers, lists: lists)
    }
    private static func list(_ values: Double...) -> FeatureValue {
        .list(FeatureList(values.map { .float64($0) }, of: .float64))
    }
    private static func list(_ values: FeatureValue...) -> FeatureValue { .list(FeatureList(values, of: .int64)) }

    private static let empty = FeatureValue.list(FeatureList([], of: .int64))

    private static let cases: [Case] = [
        Case(.standard, .float64(1), .float64(1 + 0.9e-9), true),
        Case(.standard, .float64(1), .float64(1 + 1.1e-9), false),
        Case(.standard, .float64(0), .float64(1e-12), true),
        Case(.standard, .float64(0), .float64(1.1e-12), false),
        Case(.standard, .float64(.nan), .float64(-.nan), true),
        Case(.standard, .float64(.nan), .null, false),
        Case(.standard, .float64(.nan), .float64(0), false),
        Case(.standard, .float64(-0.0), .float64(0), true),
        Case(.standard, .float64(.infinity), .float64(.greatestFiniteMagnitude), false),
        Case(.standard, .float64(.infinity), .float64(-.infinity), false),
        Case(.standard, .float64(0), .null, false),
        // Only floats have a tolerance: 2^53 + 1 is not 2^53, and no text, time or count is another.
        Case(.standard, .int64(9_007_199_254_740_993), .int64(9_007_199_254_740_992), false),
        Case(.standard, .string("\u{e9}"), .string("e\u{301}"), false),
        Case(.standard, .string(""), .null, false),
        Case(.standard, .timestamp(Timestamp(microseconds: -1)), .timestamp(.epoch), false),
        Case(.standard, .int64(1), .float64(1), false),
        Case(.standard, .null, .null, true),
        Case(numbers(.exact), .float64(0.1 + 0.2), .float64(0.3), false),
        Case(numbers(.within(relative: 0, absolute: 0.5)), .float64(1e300), .float64(1e300.nextUp), false),
        Case(numbers(.within(relative: 1e-2, absolute: 0)), .float64(100), .float64(101), true),
        Case(numbers(.within(relative: 1e-2, absolute: 0)), .float64(100), .float64(101.1), false),
        Case(numbers(.within(relative: 1e-2, absolute: 0)), .float64(0), .float64(1e-300), false),
        Case(numbers(.unitsInLastPlace(1)), .float64(0.1 + 0.2), .float64(0.3), true),
        Case(numbers(.unitsInLastPlace(1)), .float64(1), .float64(1.0.nextUp.nextUp), false),
        Case(numbers(.unitsInLastPlace(2)), .float64(.leastNonzeroMagnitude), .float64(-.leastNonzeroMagnitude), true),
        Case(numbers(.unitsInLastPlace(1)), .float32(1), .float32(Float(1).nextUp), true),
        Case(numbers(.unitsInLastPlace(1)), .float32(1), .float32(Float(1).nextUp.nextUp), false),
        Case(numbers(.unitsInLastPlace(9)), .float32(.infinity), .float32(.greatestFiniteMagnitude), false),
        Case(numbers(.float32), .float64(0.1), .float64(Double(Float(0.1))), true),
        Case(numbers(.float32), .float64(0.1), .float64(0.1001), false),
        Case(numbers(.decimals(2)), .float64(1.234), .float64(1.2349), true),
        Case(numbers(.decimals(2)), .float64(1.234), .float64(1.236), false),
        Case(.standard, list(1, 2, 3), list(1, 2 + 1e-12, 3), true),
        Case(.standard, list(1, 2, 3), list(3, 2, 1), false),
        Case(lists(.multiset), list(.int64(1), .int64(2), .null), list(.null, .int64(2), .int64(1)), true),
        Case(lists(.multiset), list(.int64(1), .int64(1), .int64(2)), list(.int64(1), .int64(2), .int64(2)), false),
        Case(lists(.set), list(.int64(1), .int64(1), .int64(2)), list(.int64(2), .int64(1)), true),
        Case(lists(.set), list(.int64(1)), list(.int64(1), .null), false),
        Case(lists(.set), empty, empty, true),
        // Taken greedily, 1 would get 1.4 and leave 2 with 0.5, which is too far.
        Case(lists(.multiset, .within(relative: 0, absolute: 0.7)), list(1.0, 2.0), list(1.4, 0.5), true),
        Case(lists(.multiset, .within(relative: 0, absolute: 0.3)), list(1.0, 2.0), list(1.4, 0.5), false),
        Case(.standard, .vector([1, 2]), .vector([1, 2]), true),
        Case(.standard, .vector([1, 2]), .vector([1, 2.001]), false),
        Case(ValueEquality(numbers: .exact, cosine: 1e-6), .vector([1, 2]), .vector([1, 2.00005]), true),
        Case(ValueEquality(numbers: .exact, cosine: 1e-6), .vector([1, 2]), .vector([2, 4]), false),
        Case(ValueEquality(numbers: .exact, cosine: 1e-6), .vector([1, 2]), .vector([2, 1]), false),
        Case(ValueEquality(numbers: .exact, cosine: 1e-6), .vector([1, 2]), .null, false),
    ]

    @Test(arguments: cases) func equalAsDeclaredBothWays(_ testCase: Case) {
        #expect(testCase.rule.areEqual(testCase.a, testCase.b) == testCase.isEqual)
        #expect(testCase.rule.areEqual(testCase.b, testCase.a) == testCase.isEqual)
        #expect(testCase.rule.areEqual(testCase.a, testCase.a) && testCase.rule.areEqual(testCase.b, testCase.b))
    }
}
