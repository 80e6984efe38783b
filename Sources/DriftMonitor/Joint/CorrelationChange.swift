import Foundation

/// A pair of features whose correlation was compared: joint drift, localised to the pairs that moved (monitoring.md §2.5, 1).
package struct CorrelationChange: Hashable, Sendable {
    package let first: Int
    package let second: Int
    package let reference: Double
    package let current: Double
    /// (atanh r - atanh s) / sqrt(1 / (n - 3) + 1 / (m - 3)), Fisher's z: standard normal for normal data when nothing has changed.
    package let z: Double
    package let pValue: Double
    /// By Benjamini and Hochberg over all pairs.
    package let adjustedPValue: Double

    /// The difference of the correlations, between -2 and 2.
    package var delta: Double { current - reference }

    /// All pairs, the largest change first. The counts are effective ones (`designEffect` rows count as one).
    package static func all(_ reference: CoMoments, _ current: CoMoments, designEffect: Double = 1) -> [CorrelationChange] {
        precondition(reference.columns == current.columns, "both sides have the same features")
        let (n, m) = (Double(reference.count) / designEffect, Double(current.count) / designEffect)
        var pairs: [(i: Int, j: Int, r: Double, s: Double, z: Double, p: Double)] = []
        for i in 0..<reference.columns {
            for j in (i + 1)..<max(reference.columns, i + 1) {
                let (r, s) = (reference.correlation(i, j), current.correlation(i, j))
                let z = fisherZ(r, n, s, m)
                pairs.append((i, j, r, s, z, min(1, 2 * Normal.upperTail(abs(z)))))
            }
        }
        let adjusted = PValueAdjustment.benjaminiHochberg.adjusted(pairs.map(\.p))
        let changes = zip(pairs, adjusted).map { pair, adjusted in
            CorrelationChange(
                first: pair.i, second: pair.j, reference: pair.r, current: pair.s, z: pair.z, pValue: pair.p,
                adjustedPValue: adjusted)
        }
        return changes.sorted { left, right in
            let (a, b) = (abs(left.delta), abs(right.delta))
            return a != b ? a > b : (left.first, left.second) < (right.first, right.second)
        }
    }

    /// Fisher's z of the difference of two correlations of n and m rows; 0 with fewer than four rows on a side.
    package static func fisherZ(_ r: Double, _ n: Double, _ s: Double, _ m: Double) -> Double {
        guard n > 3, m > 3 else { return 0 }
        // A correlation of 1 would be infinitely far from any other.
        func transformed(_ r: Double) -> Double { atanh(max(-1 + 1e-12, min(1 - 1e-12, r))) }
        return (transformed(s) - transformed(r)) / (1 / (n - 3) + 1 / (m - 3)).squareRoot()
    }
}
