#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Postgres' float8 arithmetic: IEEE 754, but a result that overflows or underflows is an error.
///
/// Source: Postgres 15, `src/include/utils/float.h` and `src/backend/utils/adt/float.c`, named function by function.
/// `exp`, `ln` and `power` are the C library's, as Postgres' are: equal bit for bit where the library is the same.
enum FloatKernels {
    /// `float8_pl`
    static func add(_ lhs: Double, _ rhs: Double) throws(EvaluationError) -> Double {
        let result = lhs + rhs
        if result.isInfinite, !lhs.isInfinite, !rhs.isInfinite { throw .floatOverflow }
        return result
    }

    /// `float8_mi`
    static func subtract(_ lhs: Double, _ rhs: Double) throws(EvaluationError) -> Double {
        try add(lhs, -rhs)
    }

    /// `float8_mul`
    static func multiply(_ lhs: Double, _ rhs: Double) throws(EvaluationError) -> Double {
        let result = lhs * rhs
        if result.isInfinite, !lhs.isInfinite, !rhs.isInfinite { throw .floatOverflow }
        if result == 0, lhs != 0, rhs != 0 { throw .floatUnderflow }
        return result
    }

    /// `float8_div`. NaN over zero is NaN; anything else over zero, even infinity, is an error.
    static func divide(_ lhs: Double, _ rhs: Double) throws(EvaluationError) -> Double {
        if rhs == 0, !lhs.isNaN { throw .divisionByZero }
        let result = lhs / rhs
        if result.isInfinite, !lhs.isInfinite { throw .floatOverflow }
        if result == 0, lhs != 0, !rhs.isInfinite { throw .floatUnderflow }
        return result
    }

    /// `dsqrt`
    static func squareRoot(_ value: Double) throws(EvaluationError) -> Double {
        if value < 0 { throw .squareRootOfNegative }
        return value.squareRoot()
    }

    /// `dlog1`
    static func naturalLogarithm(_ value: Double) throws(EvaluationError) -> Double {
        if value == 0 { throw .logarithmOfZero }
        if value < 0 { throw .logarithmOfNegative }
        return log(value)
    }

    /// `dexp`
    static func exponential(_ value: Double) throws(EvaluationError) -> Double {
        if value.isNaN { return value }
        if value.isInfinite { return value > 0 ? value : 0 }
        let result = exp(value)
        if result.isInfinite { throw .floatOverflow }
        if result == 0 { throw .floatUnderflow }
        return result
    }

    /// `dpow`
    static func power(_ base: Double, _ exponent: Double) throws(EvaluationError) -> Double {
        if base.isNaN { return exponent == 0 ? 1 : .nan }
        if exponent.isNaN { return base == 1 ? 1 : .nan }
        if base == 0, exponent < 0 { throw .zeroToNegativePower }
        if base < 0, exponent.rounded(.down) != exponent { throw .negativeToFractionalPower }
        if exponent.isInfinite { return powerOfInfiniteExponent(base.magnitude, exponent) }
        if base.isInfinite { return powerOfInfiniteBase(base, exponent) }
        let result = pow(base, exponent)
        if result.isInfinite { throw .floatOverflow }
        if result == 0, base != 0 { throw .floatUnderflow }
        return result
    }

    private static func powerOfInfiniteExponent(_ magnitude: Double, _ exponent: Double) -> Double {
        if magnitude == 1 { return 1 }
        let grows = (magnitude > 1) == (exponent > 0)
        return grows ? .infinity : 0
    }

    private static func powerOfInfiniteBase(_ base: Double, _ exponent: Double) -> Double {
        if exponent == 0 { return 1 }
        let isOdd = exponent / 2 != (exponent / 2).rounded(.down)
        let magnitude: Double = exponent > 0 ? .infinity : 0
        return base < 0 && isOdd ? -magnitude : magnitude
    }

    /// `dtoi8`: halves to even; NaN and what does not fit are errors.
    static func toInt64(_ value: Double) throws(EvaluationError) -> Int64 {
        let rounded = value.rounded(.toNearestOrEven)
        guard rounded >= -0x1p63, rounded < 0x1p63 else { throw .integerOverflow }
        return Int64(rounded)
    }
}
