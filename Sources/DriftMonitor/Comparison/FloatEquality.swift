/// When two numbers count as equal; declared with a feature and versioned with it (monitoring.md §3.3). Both NaN are equal, 0 and -0 are,
/// infinities by their sign. Never by rounding and hashing, which splits neighbours. Vector: skew.float_pairs.
package enum FloatEquality: Hashable, Sendable {
    /// The same number.
    case exact
    /// |a - b| <= absolute or |a - b| <= relative max(|a|, |b|).
    case tolerance(absolute: Double, relative: Double)
    /// At most so many representable numbers apart.
    case unitsInLastPlace(UInt64)
    /// The same after rounding to 32 bits.
    case float32
    /// The same after rounding to so many decimals, half to even.
    case decimals(Int)

    /// What holds where nothing is declared.
    package static let standard = FloatEquality.tolerance(absolute: 1e-12, relative: 1e-9)

    /// Of a sum of n terms, whose order may differ: relative max(1e-9, 4 n eps).
    package static func sum(terms: Int) -> FloatEquality {
        .tolerance(absolute: 1e-12, relative: max(1e-9, 4 * Double(terms) * Double.ulpOfOne))
    }

    package func areEqual(_ a: Double, _ b: Double) -> Bool {
        if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
        if a == b { return true }
        guard a.isFinite, b.isFinite else { return false }
        switch self {
        case .exact: return false
        case .tolerance(let absolute, let relative):
            let difference = abs(a - b)
            return difference <= absolute || difference <= relative * max(abs(a), abs(b))
        case .unitsInLastPlace(let limit): return Self.unitsInLastPlace(a, b) <= limit
        case .float32: return Float(a) == Float(b)
        case .decimals(let places):
            var scale = 1.0
            for _ in 0..<places { scale *= 10 }
            return (a * scale).rounded(.toNearestOrEven) == (b * scale).rounded(.toNearestOrEven)
        }
    }

    /// How many steps of representable numbers lie between two that are not NaN; 0 and -0 are one number.
    package static func unitsInLastPlace(_ a: Double, _ b: Double) -> UInt64 {
        // Magnitudes as whole numbers on either side of 0.
        let (x, y) = (a.magnitude.bitPattern, b.magnitude.bitPattern)
        if (a.sign == .minus) != (b.sign == .minus) { return x + y }
        return x > y ? x - y : y - x
    }

    /// |a - b| / max(|a|, |b|); 0 of two equal ones.
    package static func relativeDifference(_ a: Double, _ b: Double) -> Double {
        a == b ? 0 : abs(a - b) / max(abs(a), abs(b))
    }

    /// 2 |a - b| / (|a| + |b|), Chronon's SMAPE: 0 of two zeros, at most 2. Vector: skew.smape_chronon.
    package static func symmetricPercentageError(_ a: Double, _ b: Double) -> Double {
        a == b ? 0 : 2 * abs(a - b) / (abs(a) + abs(b))
    }
}
