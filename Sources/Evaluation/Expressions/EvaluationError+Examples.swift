package import FeatureDefs

extension EvaluationError {
    /// An expression, and a value of the one column it reads for which it has none: documentation that tests run both ways.
    package struct Example: Hashable, Sendable {
        package let expression: String
        package let column: ColumnReference
        package let value: FeatureValue

        fileprivate init(_ expression: String, _ column: String, _ storage: ColumnStorage, _ value: FeatureValue) {
            self.expression = expression
            self.column = ColumnReference(name: column, storage: storage)
            self.value = value
        }
    }

    /// Empty for what no definition can bring about.
    package var examples: [Example] {
        switch self {
        case .divisionByZero:
            [Example("1 / n", "n", .int8, .int64(0)), Example("7 % n", "n", .int8, .int64(0))]
        case .integerOverflow:
            [
                Example("n + 1", "n", .int8, .int64(.max)), Example("-n", "n", .int8, .int64(.min)),
                Example("cast(x as int64)", "x", .float8, .float64(.nan)),
                Example("cast(x as int64)", "x", .float8, .float64(1e19)),
            ]
        case .floatOverflow:
            [Example("exp(x)", "x", .float8, .float64(1000)), Example("x * x", "x", .float8, .float64(1e200))]
        case .floatUnderflow:
            [Example("exp(x)", "x", .float8, .float64(-1000)), Example("x * x", "x", .float8, .float64(1e-200))]
        case .logarithmOfZero: [Example("ln(x)", "x", .float8, .float64(0))]
        case .logarithmOfNegative: [Example("ln(x)", "x", .float8, .float64(-1))]
        case .squareRootOfNegative: [Example("sqrt(x)", "x", .float8, .float64(-1))]
        case .zeroToNegativePower: [Example("power(x, -1)", "x", .float8, .float64(0))]
        case .negativeToFractionalPower: [Example("power(x, 0.5)", "x", .float8, .float64(-8))]
        case .negativeSubstringLength: [Example("substring('text', 1, n)", "n", .int8, .int64(-1))]
        case .yearOfInfinity: [Example("extract(year from t)", "t", .timestamptz, .timestamp(.infinity))]
        case .notAVector:
            [Example("cast(l as vector<3>)", "l", .array(.float4), .list(FeatureList([.float32(1), .float32(2)], of: .float32)))]
        case .nulInText, .inputOfWrongType: []
        }
    }
}
