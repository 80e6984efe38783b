/// A sum of float64s without any rounding until it is read: every finite double is a whole multiple of 2^-1074, and this
/// is the whole number.
///
/// So addition is associative, and a value can be taken out again exactly, as a sliding window must. The order of rows
/// does not show in the result. Size: 70 words.
///
/// Source: Radford M. Neal, "Fast Exact Summation Using Small and Large Superaccumulators" (2015), the small one.
package struct ExactFloatSum: Sendable {
    /// Chunk i counts multiples of 2^(32 i - 1074); chunks overlap until carries are propagated.
    private var chunks: [Int64]
    /// Additions that the chunks can still take before one could overflow.
    private var additionsLeft = Self.additionsBetweenCarries
    private var nanCount = 0
    private var positiveInfinityCount = 0
    private var negativeInfinityCount = 0

    private static let chunkBits = 32
    /// 2098 bits of doubles, and 64 more for 2^63 of the greatest of them.
    private static let chunkCount = 68
    /// Each addition changes a chunk by less than 2^32, and a chunk after carries is less than 2^32.
    private static let additionsBetweenCarries = 1 << 30

    package init() {
        chunks = Array(repeating: 0, count: Self.chunkCount)
    }

    package mutating func add(_ value: Double) {
        accumulate(value, times: 1)
    }

    /// Takes out a value that was added before.
    package mutating func remove(_ value: Double) {
        accumulate(value, times: -1)
    }

    package mutating func merge(_ other: ExactFloatSum) {
        propagateCarries()
        var other = other
        other.propagateCarries()
        for index in chunks.indices { chunks[index] += other.chunks[index] }
        propagateCarries()
        nanCount += other.nanCount
        positiveInfinityCount += other.positiveInfinityCount
        negativeInfinityCount += other.negativeInfinityCount
    }

    private mutating func accumulate(_ value: Double, times sign: Int64) {
        guard value.isFinite else {
            if value.isNaN {
                nanCount += Int(sign)
            } else if value > 0 {
                positiveInfinityCount += Int(sign)
            } else {
                negativeInfinityCount += Int(sign)
            }
            return
        }
        // value = significand * 2^(position - 1074)
        let biasedExponent = Int(value.exponentBitPattern)
        let significand = value.significandBitPattern | (biasedExponent == 0 ? 0 : 1 << 52)
        let position = max(biasedExponent - 1, 0)
        let (chunk, shift) = position.quotientAndRemainder(dividingBy: Self.chunkBits)
        let (high, low) = significand.multipliedFullWidth(by: 1 << UInt64(shift))
        let factor = value.sign == .minus ? -sign : sign
        chunks[chunk] += factor * Int64(low & 0xFFFF_FFFF)
        chunks[chunk + 1] += factor * Int64(low >> 32)
        chunks[chunk + 2] += factor * Int64(high)
        additionsLeft -= 1
        if additionsLeft == 0 { propagateCarries() }
    }

    /// Leaves every chunk but the last in 0..<2^32; the last carries the sign.
    private mutating func propagateCarries() {
        var carry: Int64 = 0
        for index in chunks.indices.dropLast() {
            let total = chunks[index] + carry
            carry = total >> 32
            chunks[index] = total & 0xFFFF_FFFF
        }
        chunks[Self.chunkCount - 1] += carry
        additionsLeft = Self.additionsBetweenCarries
    }

    /// The sum, rounded once, to even. NaN if there is a NaN or both infinities; `floatOverflow` if finite values sum
    /// to more than a float64 holds.
    package func rounded() throws(EvaluationError) -> Double {
        if nanCount > 0 || positiveInfinityCount > 0 && negativeInfinityCount > 0 { return .nan }
        if positiveInfinityCount > 0 { return .infinity }
        if negativeInfinityCount > 0 { return -.infinity }
        var magnitude = self
        magnitude.propagateCarries()
        let isNegative = (magnitude.chunks.last ?? 0) < 0
        if isNegative {
            for index in magnitude.chunks.indices { magnitude.chunks[index].negate() }
            magnitude.propagateCarries()
        }
        let result = magnitude.roundedMagnitude()
        if result.isInfinite { throw .floatOverflow }
        return isNegative ? -result : result
    }

    /// For chunks after carries, not negative: the top 96 bits or so, with a bit for all below, rounded once.
    private func roundedMagnitude() -> Double {
        guard let top = chunks.lastIndex(where: { $0 != 0 }) else { return 0 }
        // The last chunk can be wider than 32 bits, but only when the sum is far beyond any double.
        guard top < Self.chunkCount - 1 else { return .infinity }
        let bottom = max(0, top - 2)
        var bits: UInt128 = 0
        for index in (bottom...top).reversed() { bits = bits << 32 | UInt128(UInt64(chunks[index])) }
        if chunks[..<bottom].contains(where: { $0 != 0 }) { bits |= 1 }
        return Self.scaled(bits, exponent: bottom * Self.chunkBits - 1074)
    }

    /// `bits * 2^exponent`, rounded once. Below 2^-1022 nothing is lost: no bit stands for less than 2^-1074.
    private static func scaled(_ bits: UInt128, exponent: Int) -> Double {
        let width = 128 - bits.leadingZeroBitCount
        guard width > 53 else { return scaledExactly(Double(UInt64(bits)), exponent: exponent) }
        let dropped = width - 53
        var significand = UInt64(truncatingIfNeeded: bits >> UInt128(dropped))
        let rest = bits & ((1 << UInt128(dropped)) - 1)
        let half: UInt128 = 1 << UInt128(dropped - 1)
        if rest > half || rest == half && significand & 1 == 1 { significand += 1 }
        return scaledExactly(Double(significand), exponent: exponent + dropped)
    }

    /// A product that needs no rounding, or overflows.
    private static func scaledExactly(_ significand: Double, exponent: Int) -> Double {
        Double(sign: .plus, exponent: exponent, significand: significand)
    }
}
