/// Why an expression or an aggregate has no value for a row: the errors that Postgres raises, with their codes.
package enum EvaluationError: Error, Hashable, Sendable, CaseIterable {
    case divisionByZero
    case integerOverflow
    case floatOverflow
    case floatUnderflow
    case logarithmOfZero
    case logarithmOfNegative
    case squareRootOfNegative
    case zeroToNegativePower
    case negativeToFractionalPower
    case negativeSubstringLength
    /// `extract(year from t)` of an infinite timestamp.
    case yearOfInfinity
    /// A list of another length, or with a NULL in it, cast to a vector.
    case notAVector
    /// A NUL in a text constant, which Postgres cannot hold.
    case nulInText
    /// An input is not of the type that the plan says. Whoever read it should have refused it.
    case inputOfWrongType

    /// The SQLSTATE that Postgres gives the same error.
    package var sqlState: String {
        switch self {
        case .divisionByZero: "22012"
        case .integerOverflow, .floatOverflow, .floatUnderflow: "22003"
        case .logarithmOfZero, .logarithmOfNegative: "2201E"
        case .squareRootOfNegative, .zeroToNegativePower, .negativeToFractionalPower: "2201F"
        case .negativeSubstringLength: "22011"
        case .yearOfInfinity: "0A000"
        case .notAVector: "22P02"
        case .nulInText: "22021"
        case .inputOfWrongType: "42804"
        }
    }
}

extension EvaluationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .divisionByZero: "division by zero"
        case .integerOverflow: "a value does not fit a 64-bit integer"
        case .floatOverflow: "a value is too large for a float64"
        case .floatUnderflow: "a value is too small for a float64"
        case .logarithmOfZero: "the logarithm of zero"
        case .logarithmOfNegative: "the logarithm of a negative number"
        case .squareRootOfNegative: "the square root of a negative number"
        case .zeroToNegativePower: "zero raised to a negative power"
        case .negativeToFractionalPower: "a negative number raised to a fractional power"
        case .negativeSubstringLength: "a substring of negative length"
        case .yearOfInfinity: "the year of an infinite timestamp"
        case .notAVector: "a list is not a vector: it has another number of elements, or a NULL one"
        case .nulInText: "text with a NUL character"
        case .inputOfWrongType: "an input is not of its declared type"
        }
    }
}
