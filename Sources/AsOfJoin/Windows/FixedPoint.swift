import Columnar

/// The arguments of a key's rows as whole multiples of one power of two, so that sums of them are exact whatever the order.
///
/// A double is a significand of 53 bits times a power of two. The values of one key seldom span more than a few dozen powers, and
/// then all are whole multiples of the least significant bit among them that fit 128 bits, with room for their sum. Where they do
/// not fit, `fits` is false and the sum takes a superaccumulator (`ExactFloatSum`).
struct FixedPointArguments {
    /// By position. 0 for a row that does not count and for what is not finite.
    private(set) var values = ContiguousArray<Int128>()
    /// By position: whether the row counts.
    private(set) var counts = ContiguousArray<Bool>()
    /// The power of two that the values are multiples of.
    private(set) var exponent = 0
    private(set) var fits = true
    private(set) var hasNonFinite = false
    /// Bits of the greatest magnitude among the values.
    private(set) var magnitudeBits = 0

    mutating func load(_ group: KeyGroup, feature: WindowFeature) {
        values.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
        (exponent, fits, hasNonFinite, magnitudeBits) = (0, true, false, 0)
        for row in group.rows { counts.append(feature.counts(row)) }
        switch feature.argument {
        case .int64(let cells):
            let integers = cells.values
            magnitudeBits = 64
            for (position, row) in group.rows.enumerated() {
                values.append(counts[position] ? Int128(integers[Int(row)]) : 0)
            }
        case .float64(let cells):
            let doubles = cells.values
            load(group) { doubles[Int($0)] }
        case .float32(let cells):
            let floats = cells.values
            load(group) { Double(floats[Int($0)]) }
        case .bool, .int16, .int32, .timestamp, .date, .string, .bytes, .uuid, .list, .vector, nil:
            preconditionFailure("only numbers are added")
        }
    }

    @inline(__always)
    private mutating func load(_ group: KeyGroup, _ value: (Int32) -> Double) {
        var least = Int.max
        var greatest = Int.min
        for (position, row) in group.rows.enumerated() where counts[position] {
            let number = value(row)
            guard number.isFinite else {
                hasNonFinite = true
                continue
            }
            let (significand, power) = Self.split(number)
            if significand == 0 { continue }
            least = min(least, power + significand.trailingZeroBitCount)
            greatest = max(greatest, power + 64 - significand.leadingZeroBitCount)
        }
        if least > greatest { (least, greatest) = (0, 0) }
        magnitudeBits = greatest - least
        // As many bits more as adding all of them can take.
        fits = magnitudeBits + Int.bitWidth - group.count.leadingZeroBitCount <= 126
        guard fits else { return }
        exponent = least
        for (position, row) in group.rows.enumerated() {
            let number = value(row)
            guard counts[position], number.isFinite, number != 0 else {
                values.append(0)
                continue
            }
            let (significand, power) = Self.split(number)
            let shift = power - least
            let magnitude = shift >= 0 ? Int128(significand) << Int128(shift) : Int128(significand >> UInt64(-shift))
            values.append(number < 0 ? -magnitude : magnitude)
        }
    }

    /// `significand * 2^power`, without the sign.
    @inline(__always)
    private static func split(_ value: Double) -> (significand: UInt64, power: Int) {
        let biased = Int(value.exponentBitPattern)
        let significand = value.significandBitPattern | (biased == 0 ? 0 : 1 << 52)
        return (significand, max(biased, 1) - 1075)
    }
}

/// Whole multiples of a power of two as doubles.
enum FixedPoint {
    /// `total * 2^exponent`, rounded once, to even. Infinite if it is more than a double holds. The exponent is at least -1074, so
    /// that a result below 2^-1022 needs no rounding.
    @inline(__always)
    static func rounded(_ total: Int128, exponent: Int) -> Double {
        let magnitude = total.magnitude
        let (significand, shift) = rounded(magnitude)
        let scaled = exponent + shift == 0 ? significand : scale(significand, by: exponent + shift)
        return total < 0 ? -scaled : scaled
    }

    /// The 53 leading bits, rounded to even, and the power of two that they are multiples of.
    @inline(__always)
    private static func rounded(_ magnitude: UInt128) -> (significand: Double, shift: Int) {
        if magnitude <= 1 << 53 { return (Double(UInt64(truncatingIfNeeded: magnitude)), 0) }
        let dropped = 128 - 53 - magnitude.leadingZeroBitCount
        var significand = UInt64(truncatingIfNeeded: magnitude >> UInt128(dropped))
        let rest = magnitude & ((1 << UInt128(dropped)) - 1)
        let half: UInt128 = 1 << UInt128(dropped - 1)
        if rest > half || rest == half && significand & 1 == 1 { significand += 1 }
        return (Double(significand), dropped)
    }

    /// `value * 2^exponent`, which is exact or overflows.
    @inline(__always)
    private static func scale(_ value: Double, by exponent: Int) -> Double {
        if exponent >= -1022, exponent <= 1023 {
            // Exact: the factor is normal, and a product below 2^-1022 has no bits to lose.
            return value * Double(bitPattern: UInt64(exponent + 1023) << 52)
        }
        return Double(sign: .plus, exponent: exponent, significand: value)
    }
}
