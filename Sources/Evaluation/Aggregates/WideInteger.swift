/// An integer of thousands of bits, put together from shifted pieces: what exact sums of squares of doubles need.
///
/// Digits count multiples of 2^(32 i), least first, and overlap until carries are propagated.
struct WideInteger: Sendable {
    private var digits: [Int64]
    /// Additions that the digits can still take before one could overflow.
    private var additionsLeft = Self.additionsBetweenCarries

    private static let digitBits = 32
    /// Each addition changes a digit by less than 2^33, and a digit after carries is less than 2^32.
    private static let additionsBetweenCarries = 1 << 29

    /// 0, with room for sums below 2^(32 (digitCount - 1)) in magnitude.
    init(digitCount: Int) {
        digits = Array(repeating: 0, count: digitCount)
    }

    /// Adds `magnitude * 2^position`, or takes it away.
    mutating func add(_ magnitude: UInt128, at position: Int, isNegative: Bool) {
        let (digit, shift) = position.quotientAndRemainder(dividingBy: Self.digitBits)
        add(UInt64(truncatingIfNeeded: magnitude), shift: shift, at: digit, isNegative)
        let high = UInt64(truncatingIfNeeded: magnitude >> 64)
        if high != 0 { add(high, shift: shift, at: digit + 2, isNegative) }
        additionsLeft -= 1
        if additionsLeft == 0 { propagateCarries() }
    }

    private mutating func add(_ piece: UInt64, shift: Int, at digit: Int, _ isNegative: Bool) {
        let (high, low) = piece.multipliedFullWidth(by: 1 << UInt64(shift))
        let factor: Int64 = isNegative ? -1 : 1
        digits[digit] += factor * Int64(low & 0xFFFF_FFFF)
        digits[digit + 1] += factor * Int64(low >> 32)
        digits[digit + 2] += factor * Int64(high)
    }

    mutating func add(_ other: WideInteger) {
        precondition(digits.count == other.digits.count, "wide integers of one kind have one width")
        propagateCarries()
        var other = other
        other.propagateCarries()
        for index in digits.indices { digits[index] += other.digits[index] }
        propagateCarries()
    }

    /// Leaves every digit but the last in 0..<2^32; the last carries the sign.
    private mutating func propagateCarries() {
        var carry: Int64 = 0
        for index in digits.indices.dropLast() {
            let total = digits[index] + carry
            carry = total >> 32
            digits[index] = total & 0xFFFF_FFFF
        }
        digits[digits.count - 1] += carry
        additionsLeft = Self.additionsBetweenCarries
    }

    /// The number without its sign.
    var magnitude: WideMagnitude {
        var copy = self
        copy.propagateCarries()
        if (copy.digits.last ?? 0) < 0 {
            for index in copy.digits.indices { copy.digits[index].negate() }
            copy.propagateCarries()
        }
        return WideMagnitude(digits: copy.digits.map { UInt32(truncatingIfNeeded: $0) })
    }
}

/// A natural number of thousands of bits, as digits to the base 2^32, least first.
struct WideMagnitude: Sendable {
    private(set) var digits: [UInt32]

    init(digits: [UInt32]) {
        self.digits = digits
    }

    init(_ number: UInt64) {
        digits = [UInt32(truncatingIfNeeded: number), UInt32(number >> 32)]
    }

    static func * (lhs: Self, rhs: Self) -> Self {
        var product = [UInt32](repeating: 0, count: lhs.digits.count + rhs.digits.count)
        for (left, digit) in lhs.digits.enumerated() where digit != 0 {
            var carry: UInt64 = 0
            for (right, other) in rhs.digits.enumerated() {
                // At most 2^64 - 1: (2^32 - 1)^2 and twice 2^32 - 1.
                let total = UInt64(product[left + right]) + UInt64(digit) * UInt64(other) + carry
                product[left + right] = UInt32(truncatingIfNeeded: total)
                carry = total >> 32
            }
            product[left + rhs.digits.count] = UInt32(carry)
        }
        return Self(digits: product)
    }

    /// The difference of a number and one that is not greater.
    static func - (lhs: Self, rhs: Self) -> Self {
        var difference: [UInt32] = []
        var borrow: Int64 = 0
        for index in 0..<max(lhs.digits.count, rhs.digits.count) {
            let total = Int64(lhs.digit(index)) - Int64(rhs.digit(index)) - borrow
            difference.append(UInt32(truncatingIfNeeded: total))
            borrow = total < 0 ? 1 : 0
        }
        precondition(borrow == 0, "a greater number was taken from a lesser one")
        return Self(digits: difference)
    }

    private func digit(_ index: Int) -> UInt32 {
        digits.indices.contains(index) ? digits[index] : 0
    }

    /// The number over a divisor as `significand * 2^exponent`, the significand a whole number that is rounded once, to 53
    /// bits. nil for 0. The divisor must be less than 2^73.
    func quotient(by divisor: UInt128) -> (significand: Double, exponent: Int)? {
        guard let top = digits.lastIndex(where: { $0 != 0 }) else { return nil }
        let shift = digits[top].leadingZeroBitCount
        // The top 128 bits, and whether anything is below.
        var leading: UInt128 = 0
        for index in stride(from: top, through: top - 3, by: -1) { leading = leading << 32 | UInt128(digit(index)) }
        let next = UInt64(digit(top - 4)) << UInt64(shift)
        leading = leading << UInt128(shift) | UInt128(next >> 32)
        let hasMoreBelow = next & 0xFFFF_FFFF != 0 || digits.prefix(max(0, top - 4)).contains { $0 != 0 }
        let (whole, remainder) = leading.quotientAndRemainder(dividingBy: divisor)
        let exponent = (top - 3) * 32 - shift
        let dropped = 128 - whole.leadingZeroBitCount - 53
        guard dropped > 0 else { return (Double(whole), exponent) }
        var significand = UInt64(truncatingIfNeeded: whole >> UInt128(dropped))
        let rest = whole & ((1 << UInt128(dropped)) - 1)
        let half: UInt128 = 1 << UInt128(dropped - 1)
        let isAboveHalf = rest > half || rest == half && (remainder != 0 || hasMoreBelow)
        if isAboveHalf || rest == half && significand & 1 == 1 { significand += 1 }
        return (Double(significand), exponent + dropped)
    }
}
