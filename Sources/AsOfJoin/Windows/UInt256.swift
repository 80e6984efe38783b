/// A number of 256 bits, as far as sums of squares need it. Arithmetic wraps; callers see to it that it cannot.
struct UInt256: BitwiseCopyable {
    var high: UInt128
    var low: UInt128

    static let zero = UInt256(high: 0, low: 0)

    init(high: UInt128, low: UInt128) {
        self.high = high
        self.low = low
    }

    /// A square.
    @inline(__always)
    init(squareOf value: Int128) {
        let magnitude = value.magnitude
        if magnitude <= UInt128(UInt64.max) {
            self.init(high: 0, low: magnitude * magnitude)
        } else {
            let (high, low) = magnitude.multipliedFullWidth(by: magnitude)
            self.init(high: high, low: low)
        }
    }

    @inline(__always)
    static func &+= (lhs: inout UInt256, rhs: UInt256) {
        let (low, carry) = lhs.low.addingReportingOverflow(rhs.low)
        lhs.low = low
        lhs.high = lhs.high &+ rhs.high &+ (carry ? 1 : 0)
    }

    @inline(__always)
    static func &-= (lhs: inout UInt256, rhs: UInt256) {
        let (low, borrow) = lhs.low.subtractingReportingOverflow(rhs.low)
        lhs.low = low
        lhs.high = lhs.high &- rhs.high &- (borrow ? 1 : 0)
    }

    func multiplied(by factor: UInt128) -> UInt256 {
        let (carry, product) = low.multipliedFullWidth(by: factor)
        return UInt256(high: high &* factor &+ carry, low: product)
    }

    /// The leading 64 bits or so, with a bit for all below, and the power of two that they are multiples of.
    var leading: (significand: Double, exponent: Int) {
        if high == 0, low <= UInt128(UInt64.max) { return (Double(UInt64(low)), 0) }
        let width = high == 0 ? 128 - low.leadingZeroBitCount : 256 - high.leadingZeroBitCount
        let dropped = width - 64
        let top: UInt64
        let lost: Bool
        if dropped >= 128 {
            let shift = UInt128(dropped - 128)
            top = UInt64(truncatingIfNeeded: high >> shift)
            lost = low != 0 || high & ((1 << shift) - 1) != 0
        } else {
            let shift = UInt128(dropped)
            top = UInt64(truncatingIfNeeded: (low >> shift) | (high << (128 - shift)))
            lost = low & ((1 << shift) - 1) != 0
        }
        return (Double(lost ? top | 1 : top), dropped)
    }
}
