/// Sine and cosine together, of many angles one after the other: without a call or a branch for each, so that the compiler takes several
/// at a time, and with the same bits on every machine, which a C library that looks for the processor's best instructions does not
/// promise.
///
/// The reduction to an octant and the polynomials are those of fdlibm (k_sin.c, k_cos.c and e_rem_pio2.c, Sun Microsystems 1993); the
/// error is at most a unit in the last place of 1.
enum SineAndCosine {
    /// Up to here the angle's multiple of π/2 has so few bits that its product with a third of π/2 is exact.
    static let greatestAngle = 0x1p20

    /// Of a finite angle of at most `greatestAngle`, either sign.
    @inline(__always)
    static func of(_ angle: Double) -> (sine: Double, cosine: Double) {
        // Added to a number, this leaves the nearest whole one in the low bits.
        let shift = 0x1.8p52
        let shifted = angle * 0x1.45f306dc9c883p-1 + shift
        let quarters = shifted - shift
        let quadrant = shifted.bitPattern
        let rest = ((angle - quarters * 0x1.921fb544p0) - quarters * 0x1.0b4611a6p-34) - quarters * 0x1.3198a2e037073p-69
        let square = rest * rest
        let sine = rest + rest * square * sineSeries(square)
        let cosine = 1 - (0.5 * square - square * square * cosineSeries(square))
        // In odd quadrants they change places; the sine is negative in the last two, the cosine in the middle two.
        let isOdd = 0 &- (quadrant & 1)
        let (sineBits, cosineBits) = (sine.bitPattern, cosine.bitPattern)
        return (
            Double(bitPattern: (sineBits & ~isOdd | cosineBits & isOdd) ^ (quadrant & 2) << 62),
            Double(bitPattern: (cosineBits & ~isOdd | sineBits & isOdd) ^ ((quadrant &+ 1) & 2) << 62)
        )
    }

    @inline(__always)
    private static func sineSeries(_ z: Double) -> Double {
        let last = 2.75573137070700676789e-06 + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)
        return -1.66666666666666324348e-01 + z * (8.33333333332248946124e-03 + z * (-1.98412698298579493134e-04 + z * last))
    }

    @inline(__always)
    private static func cosineSeries(_ z: Double) -> Double {
        let last = -2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)
        return 4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * (2.48015872894767294178e-05 + z * last))
    }
}
