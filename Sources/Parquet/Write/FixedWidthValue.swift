/// A value of a fixed width as a file stores it: little-endian, as all machines are that Swift runs on.
protocol FixedWidthValue: BitwiseCopyable, Hashable, Sendable {
    static var physicalType: PhysicalType { get }
    /// The same for the same bits; for different bits, likely different.
    var hash: UInt64 { get }
    /// Whether all bits are equal: 0.0 is not -0.0 here, and a NaN is itself.
    func isIdentical(to other: Self) -> Bool
    static func bounds(_ values: UnsafeBufferPointer<Self>) -> (minimum: Self, maximum: Self)?
}

/// Spreads bits (Fibonacci hashing); the upper ones are the best.
@inline(__always)
private func spread(_ bits: UInt64) -> UInt64 {
    let product = bits &* 0x9E37_79B9_7F4A_7C15
    return product ^ product >> 32
}

extension FixedWidthValue where Self: FixedWidthInteger {
    @inline(__always)
    func isIdentical(to other: Self) -> Bool { self == other }

    static func bounds(_ values: UnsafeBufferPointer<Self>) -> (minimum: Self, maximum: Self)? {
        guard let first = values.first else { return nil }
        var (minimum, maximum) = (first, first)
        for value in values {
            minimum = value < minimum ? value : minimum
            maximum = value > maximum ? value : maximum
        }
        return (minimum, maximum)
    }
}

extension Int32: FixedWidthValue {
    static var physicalType: PhysicalType { .int32 }
    @inline(__always) var hash: UInt64 { spread(UInt64(UInt32(bitPattern: self))) }
}

extension Int64: FixedWidthValue {
    static var physicalType: PhysicalType { .int64 }
    @inline(__always) var hash: UInt64 { spread(UInt64(bitPattern: self)) }
}

extension FixedWidthValue where Self: BinaryFloatingPoint {
    /// A zero may be either: the lower bound is -0.0 then, the upper 0.0, as the format says.
    ///
    /// Where there is a NaN there are no bounds. The format says to leave NaN out of them, but it is a value, the greatest: DuckDB,
    /// which orders it so too, would take it from `max` that a chunk has nothing greater, and lose rows of `x > 1`.
    static func bounds(_ values: UnsafeBufferPointer<Self>) -> (minimum: Self, maximum: Self)? {
        guard !values.isEmpty else { return nil }
        var (minimum, maximum) = (Self.infinity, -Self.infinity)
        var hasNaN = false
        for value in values {
            minimum = value < minimum ? value : minimum
            maximum = value > maximum ? value : maximum
            hasNaN = hasNaN || value.isNaN
        }
        guard !hasNaN else { return nil }
        return (minimum == 0 ? -0.0 : minimum, maximum == 0 ? 0.0 : maximum)
    }
}

extension Float: FixedWidthValue {
    static var physicalType: PhysicalType { .float }
    @inline(__always) var hash: UInt64 { spread(UInt64(bitPattern)) }
    @inline(__always)
    func isIdentical(to other: Float) -> Bool { bitPattern == other.bitPattern }
}

extension Double: FixedWidthValue {
    static var physicalType: PhysicalType { .double }
    @inline(__always) var hash: UInt64 { spread(bitPattern) }
    @inline(__always)
    func isIdentical(to other: Double) -> Bool { bitPattern == other.bitPattern }
}

/// A UUID's 16 bytes, in their order.
struct UUIDBytes: FixedWidthValue {
    /// The number whose memory is those bytes.
    let bytes: UInt128

    init(_ number: UInt128) { bytes = number.bigEndian }

    static var physicalType: PhysicalType { .fixedLengthByteArray }
    @inline(__always) var hash: UInt64 { spread(UInt64(truncatingIfNeeded: bytes) ^ UInt64(truncatingIfNeeded: bytes >> 64)) }
    @inline(__always)
    func isIdentical(to other: UUIDBytes) -> Bool { bytes == other.bytes }

    /// By their bytes, unsigned.
    static func bounds(_ values: UnsafeBufferPointer<UUIDBytes>) -> (minimum: UUIDBytes, maximum: UUIDBytes)? {
        guard let first = values.first else { return nil }
        var (minimum, maximum) = (first.bytes.bigEndian, first.bytes.bigEndian)
        for value in values {
            minimum = min(minimum, value.bytes.bigEndian)
            maximum = max(maximum, value.bytes.bigEndian)
        }
        return (UUIDBytes(minimum), UUIDBytes(maximum))
    }
}
