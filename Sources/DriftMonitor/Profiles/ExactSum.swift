/// A sum of doubles without rounding, so that it does not depend on their order: the small superaccumulator of Neal, "Fast exact
/// summation using small and large superaccumulators", 2015. A fixed-point number of 67 digits to the base 2^32 holds every finite
/// double. About 2 ns an addition.
package struct ExactSum: Hashable, Sendable {
    /// Digit i weighs 2^(32 i - 1075). Between calls all but the last are in 0 ..< 2^32, and so the digits of a sum are unique.
    private(set) var digits: ContiguousArray<Int64>
    /// Infinities are counted, not added.
    package private(set) var positiveInfinities: UInt64 = 0
    package private(set) var negativeInfinities: UInt64 = 0

    static let digitCount = 67
    /// So many additions fit between two carries: each adds less than 2^53 to a digit.
    static let additionsPerCarry = 1 << 9

    package init() { digits = ContiguousArray(repeating: 0, count: Self.digitCount) }

    init(digits: ContiguousArray<Int64>, positiveInfinities: UInt64, negativeInfinities: UInt64) {
        self.digits = digits
        self.positiveInfinities = positiveInfinities
        self.negativeInfinities = negativeInfinities
    }

    /// Adds one value. NaN counts as a positive infinity: leave it out before.
    package mutating func add(_ value: Double) {
        guard value.isFinite else { return countInfinity(isNegative: value < 0) }
        withDigits { Self.accumulate(value, $0) }
    }

    /// Adds another sum.
    package mutating func merge(_ other: ExactSum) {
        for index in digits.indices { digits[index] += other.digits[index] }
        positiveInfinities += other.positiveInfinities
        negativeInfinities += other.negativeInfinities
        carry()
    }

    /// Lends the digits to `accumulate`, at most `additionsPerCarry` times.
    @inline(__always)
    mutating func withDigits(_ body: (UnsafeMutableBufferPointer<Int64>) -> Void) {
        digits.withUnsafeMutableBufferPointer { body($0) }
        carry()
    }

    mutating func countInfinity(isNegative: Bool) {
        if isNegative { negativeInfinities += 1 } else { positiveInfinities += 1 }
    }

    /// Adds a finite value to the digits, without carrying.
    @inline(__always)
    static func accumulate(_ value: Double, _ digits: UnsafeMutableBufferPointer<Int64>) {
        let bits = value.bitPattern
        let exponent = Int(truncatingIfNeeded: (bits >> 52) & 0x7FF)
        let fraction = Int64(bitPattern: bits & 0xF_FFFF_FFFF_FFFF)
        let mantissa = exponent == 0 ? fraction : fraction | 1 << 52
        let position = exponent == 0 ? 1 : exponent
        let index = position >> 5
        let shift = Int64(truncatingIfNeeded: position & 31)
        let low = (mantissa &<< shift) & 0xFFFF_FFFF
        let high = mantissa &>> (32 &- shift)
        // All ones for a negative value: (x ^ sign) - sign is then -x.
        let sign = Int64(bitPattern: bits) >> 63
        digits[index] &+= (low ^ sign) &- sign
        digits[index &+ 1] &+= (high ^ sign) &- sign
    }

    private mutating func carry() {
        digits.withUnsafeMutableBufferPointer { digits in
            var carried: Int64 = 0
            for index in 0..<(Self.digitCount - 1) {
                let value = digits[index] &+ carried
                digits[index] = value & 0xFFFF_FFFF
                carried = value >> 32
            }
            digits[Self.digitCount - 1] &+= carried
        }
    }

    /// The sum, rounded once, to nearest even.
    package var value: Double {
        if positiveInfinities > 0 || negativeInfinities > 0 {
            return positiveInfinities == 0 ? -.infinity : negativeInfinities == 0 ? .infinity : .nan
        }
        let last = Self.digitCount - 1
        let isNegative = digits[last] < 0
        var magnitude = digits
        if isNegative {
            var carried: Int64 = 0
            for index in magnitude.indices {
                let value = -magnitude[index] + carried
                magnitude[index] = index == last ? value : value & 0xFFFF_FFFF
                carried = value >> 32
            }
        }
        guard let top = magnitude.lastIndex(where: { $0 != 0 }) else { return 0 }
        // The top four digits have at least 97 bits; what is below only decides between two halves.
        var leading: UInt128 = 0
        for offset in 0..<4 {
            leading = leading << 32 | UInt128(top >= offset ? UInt64(magnitude[top - offset]) : 0)
        }
        if top >= 4, magnitude[..<(top - 3)].contains(where: { $0 != 0 }) { leading |= 1 }
        // In two steps, as neither factor may leave the range of exponents on the way.
        let exponent = 32 * (top - 3) - 1075
        let result =
            Double(sign: .plus, exponent: exponent / 2, significand: Double(leading))
            * Double(sign: .plus, exponent: exponent - exponent / 2, significand: 1)
        return isNegative ? -result : result
    }

    /// The sum as two doubles, the second what the first left out: about 106 bits.
    var doubleDouble: DoubleDouble {
        let high = value
        guard high.isFinite else { return DoubleDouble(high) }
        var rest = self
        rest.add(-high)
        return DoubleDouble(high: high, low: rest.value)
    }
}
