/// The count, the sum and the sum of squares of numbers, without any rounding until the variance is read: every finite
/// double and every int64 is a whole multiple of 2^-1074, its square one of 2^-2148.
///
/// So the order of rows does not show, and a value can be taken out again exactly, as a sliding window must.
/// Size: 210 words; reading takes some 5,000 multiplications.
package struct ExactMoments: Sendable {
    /// Of multiples of 2^-1074: 2098 bits of doubles, and more for 2^63 of the greatest of them.
    private var sum = WideInteger(digitCount: 69)
    /// Of multiples of 2^-2148.
    private var squares = WideInteger(digitCount: 138)
    private var count: Int64 = 0
    private var nonFiniteCount: Int64 = 0

    package init() {}

    package mutating func add(_ value: Double) { accumulate(value, isRemoval: false) }

    package mutating func add(_ value: Int64) { accumulate(value, isRemoval: false) }

    /// Takes out a value that was added before.
    package mutating func remove(_ value: Double) { accumulate(value, isRemoval: true) }

    /// Takes out a value that was added before.
    package mutating func remove(_ value: Int64) { accumulate(value, isRemoval: true) }

    package mutating func merge(_ other: ExactMoments) {
        sum.add(other.sum)
        squares.add(other.squares)
        count += other.count
        nonFiniteCount += other.nonFiniteCount
    }

    private mutating func accumulate(_ value: Double, isRemoval: Bool) {
        guard value.isFinite else {
            count += isRemoval ? -1 : 1
            nonFiniteCount += isRemoval ? -1 : 1
            return
        }
        // value = significand * 2^(position - 1074)
        let biasedExponent = Int(value.exponentBitPattern)
        let significand = value.significandBitPattern | (biasedExponent == 0 ? 0 : 1 << 52)
        accumulate(significand, at: max(biasedExponent - 1, 0), isNegative: value.sign == .minus, isRemoval)
    }

    private mutating func accumulate(_ value: Int64, isRemoval: Bool) {
        accumulate(value.magnitude, at: 1074, isNegative: value < 0, isRemoval)
    }

    private mutating func accumulate(_ magnitude: UInt64, at position: Int, isNegative: Bool, _ isRemoval: Bool) {
        count += isRemoval ? -1 : 1
        sum.add(UInt128(magnitude), at: position, isNegative: isNegative != isRemoval)
        let (high, low) = magnitude.multipliedFullWidth(by: magnitude)
        squares.add(UInt128(high) << 64 | UInt128(low), at: 2 * position, isNegative: isRemoval)
    }

    /// The sample variance, rounded once. nil for fewer than two values; NaN if one is NaN or infinite; `floatOverflow` if
    /// it is more than a float64 holds.
    package func variance() throws(EvaluationError) -> Double? {
        guard let (significand, exponent) = scaledVariance() else { return nil }
        let variance = Double(sign: .plus, exponent: exponent, significand: significand)
        if variance.isInfinite { throw .floatOverflow }
        return variance
    }

    /// The square root of the sample variance, at most a unit in the last place off. nil for fewer than two values; NaN
    /// if one is NaN or infinite.
    package func standardDeviation() -> Double? {
        guard let (significand, exponent) = scaledVariance() else { return nil }
        let isOdd = !exponent.isMultiple(of: 2)
        let root = (isOdd ? 2 * significand : significand).squareRoot()
        return Double(sign: .plus, exponent: (exponent - (isOdd ? 1 : 0)) / 2, significand: root)
    }

    /// `(n Σx² - (Σx)²) / (n (n - 1))` as `significand * 2^exponent`.
    private func scaledVariance() -> (significand: Double, exponent: Int)? {
        guard count > 1 else { return nil }
        guard nonFiniteCount == 0 else { return (.nan, 0) }
        let total = sum.magnitude
        let numerator = WideMagnitude(UInt64(count)) * squares.magnitude - total * total
        guard let (significand, exponent) = numerator.quotient(by: UInt128(count) * UInt128(count - 1)) else { return (0, 0) }
        return (significand, exponent - 2 * 1074)
    }
}
