extension Double {
    /// Equal for equal numbers (DESIGN §2, Numbers): NaN's payload and the sign of zero do not count.
    package var canonicalBits: UInt64 { isNaN ? Double.nan.bitPattern : (self + 0).bitPattern }
}

extension Float {
    /// As `Double.canonicalBits`.
    package var canonicalBits: UInt32 { isNaN ? Float.nan.bitPattern : (self + 0).bitPattern }
}
