import Foundation

/// Distances between two distributions over the same bins. The names carry the unit, because "Jensen-Shannon 0.1" means four
/// different things in four tools. Vectors: divergences.three_bins, js.nannyml_doane_lcg.
package struct Divergence: Hashable, Sendable {
    package let reference: [Double]
    package let current: [Double]

    /// From proportions; each side is divided by its sum.
    package init(reference: [Double], current: [Double]) {
        precondition(reference.count == current.count, "both sides of a divergence have the same bins")
        let totals = (reference.reduce(0, +), current.reduce(0, +))
        self.reference = reference.map { $0 / totals.0 }
        self.current = current.map { $0 / totals.1 }
    }

    private var pairs: Zip2Sequence<[Double], [Double]> { zip(reference, current) }

    /// sum p ln(p / q), in nats; infinite where q is 0 and p is not.
    package var kullbackLeiblerNats: Double { Self.relativeEntropy(reference, current) }

    /// The same with the sides exchanged.
    package var reverseKullbackLeiblerNats: Double { Self.relativeEntropy(current, reference) }

    /// (KL(p || m) + KL(q || m)) / 2 with m = (p + q) / 2, in nats (Hopsworks' meaning).
    package var jensenShannonNats: Double {
        let middle = pairs.map { ($0 + $1) / 2 }
        return max(0, (Self.relativeEntropy(reference, middle) + Self.relativeEntropy(current, middle)) / 2)
    }

    /// The same in bits (TFDV's meaning): at most 1.
    package var jensenShannonBits: Double { jensenShannonNats / log(2) }

    /// The square root of the divergence in nats (evidently's meaning, scipy's default).
    package var jensenShannonDistanceNats: Double { jensenShannonNats.squareRoot() }

    /// The square root of the divergence in bits (NannyML's meaning, and our `js_dist_bits`): a metric between 0 and 1.
    package var jensenShannonDistanceBits: Double { jensenShannonBits.squareRoot() }

    /// sqrt(sum (sqrt p - sqrt q)^2 / 2), between 0 and 1.
    package var hellinger: Double {
        let squares = pairs.map { p, q in (p.squareRoot() - q.squareRoot()) * (p.squareRoot() - q.squareRoot()) }
        return (squares.reduce(0, +) / 2).squareRoot()
    }

    /// The total variation distance, sum |p - q| / 2: the largest difference of any event's probability.
    package var totalVariation: Double { pairs.reduce(0) { $0 + abs($1.0 - $1.1) } / 2 }

    /// max |p - q|, our `l_inf`.
    package var lInfinity: Double { pairs.reduce(0) { max($0, abs($1.0 - $1.1)) } }

    /// The bin whose probability changed most: the first, where several did alike.
    package var mostChanged: Int? {
        reference.indices.max { left, right in
            let (a, b) = (abs(reference[left] - current[left]), abs(reference[right] - current[right]))
            return a < b || (a == b && left > right)
        }
    }

    private static func relativeEntropy(_ p: [Double], _ q: [Double]) -> Double {
        zip(p, q).reduce(0) { $0 + ($1.0 > 0 ? $1.0 * log($1.0 / $1.1) : 0) }
    }
}
