/// What a detector says of a stream after a value.
package enum DetectorState: String, Hashable, Sendable {
    case stable
    /// A change may be under way. Never pages.
    case warning
    case drift
}

/// Watches one stream, one value at a time, in memory that does not grow with it (ADWIN's grows with its logarithm).
///
/// Scale first: numbers as `StreamScale` maps them, proportions and flags as they are. A detector's own parameters are in the units
/// of the stream, and the same change at another scale is missed, or found thirty times (vector: adwin.scale_dependence).
package protocol ChangeDetector: Sendable {
    /// Takes the next value. NaN is a mistake of the caller: watch the NaN share as a stream of its own.
    mutating func update(_ value: Double) -> DetectorState
}

/// How a numeric stream is mapped before it is watched (monitoring.md §2.8), so that scaling a feature changes no decision.
package struct StreamScale: Hashable, Sendable {
    /// The baseline's centre and scale, in the unit of the feature.
    package let centre: Double
    package let scale: Double

    package init(centre: Double, scale: Double) {
        precondition(scale > 0, "a stream's scale is above 0")
        self.centre = centre
        self.scale = scale
    }

    /// z = (x - c) / s, for CUSUM and Page-Hinkley.
    package func standardised(_ value: Double) -> Double { (value - centre) / scale }

    /// (z clipped to [-4, 4] + 4) / 8, between 0 and 1: for ADWIN and HDDM, whose bounds hold there.
    package func unitInterval(_ value: Double) -> Double { (min(4, max(-4, standardised(value))) + 4) / 8 }
}

/// A mean that is updated in place, in the order of operations that river has, so that the same values give the same bits.
struct RunningMean: Hashable, Sendable {
    private(set) var count = 0.0
    private(set) var value = 0.0

    mutating func update(_ x: Double) {
        count += 1
        value += 1 / count * (x - value)
    }
}
