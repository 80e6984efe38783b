extension ScalarFunction {
    /// What it computes, in Markdown, for the reference.
    var referenceText: String {
        switch self {
        case .add: "The sum."
        case .subtract: "The difference."
        case .multiply: "The product."
        case .divide: "The quotient, float64."
        case .modulo: "The remainder, with the dividend's sign."
        case .negate: "The number with the other sign."
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: "A comparison."
        case .and, .or, .not: "Three-valued logic."
        case .isNull, .isNotNull: "Whether there is a value; never NULL."
        case .coalesce: "The first argument that is not NULL; later ones are not computed."
        case .nullif: "NULL when both are equal, else the first."
        case .least: "The least; NULL arguments are ignored. Not of lists and vectors."
        case .greatest: "The greatest; NULL arguments are ignored. Not of lists and vectors."
        case .abs: "Without its sign. Of the least int64 an error."
        case .floor: "The whole number at or below."
        case .ceil: "The whole number at or above."
        case .round: "The nearest whole number; of two, the even one."
        case .ln: "The natural logarithm; of 0 or less an error."
        case .exp: "e to that power."
        case .sqrt: "The square root; of less than 0 an error."
        case .power:
            "The first to the power of the second. 0 to a negative power and a negative number to a fractional one are errors."
        case .lower: "ASCII letters in lower case; other letters stay as they are."
        case .upper: "ASCII letters in upper case; other letters stay as they are."
        case .length: "Of a text its Unicode code points, of a list or vector its elements, NULLs too."
        case .substring:
            "From a code point, counted from 1, so many or all. A start before 1 uses up the count; a negative count is an error."
        case .concat: "The texts joined; NULL arguments are ignored."
        case .append: "`a || b`; NULL when either is."
        case .secondsBetween: "The first less the second, in seconds."
        case .toInt64: "As int64, halves to even; NaN and what does not fit are errors."
        case .toFloat64: "As float64."
        case .toVector: "A list as a vector; another length or a NULL in it is an error."
        case .elementCount: "The elements of a list or vector, NULLs too."
        }
    }
}

extension FunctionTable.Signature {
    /// As documentation writes them: `string, int64[, int64]`.
    var parameters: String {
        switch self {
        case .fixed(let types, let optional, _):
            let needed = types.dropLast(optional).map(\.description).joined(separator: ", ")
            return needed + types.suffix(optional).map { "[, \($0)]" }.joined()
        case .number: return "number"
        case .anyOfOneType(let counts), .orderedOfOneType(let counts):
            return counts.upperBound == .max ? "a, b, ..." : ["a", "b", "c"].prefix(counts.upperBound).joined(separator: ", ")
        case .texts: return "string, ..."
        case .sized: return "x"
        }
    }

    var resultWords: String {
        switch self {
        case .fixed(_, _, let result): "\(result)"
        case .number, .anyOfOneType, .orderedOfOneType: "its arguments' type"
        case .texts: "string"
        case .sized: "int64"
        }
    }
}
