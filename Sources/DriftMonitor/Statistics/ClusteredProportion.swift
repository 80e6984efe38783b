/// A proportion over rows that are not independent: those of one entity go together. The survey ratio estimator (Cochran, Sampling
/// Techniques, §3.12). Vector: ci.cluster_by_entity.
package struct ClusteredProportion: Hashable, Sendable {
    /// Rows, n.
    package let count: Double
    /// Rows with the property, k.
    package let hits: Double
    /// L / (L - 1) sum (k_i - p n_i)² / n² over the L entities; 0 with fewer than two.
    package let variance: Double

    /// From the rows and the hits of each entity.
    package init(_ clusters: [(count: Double, hits: Double)]) {
        let n = clusters.reduce(0) { $0 + $1.count }
        let k = clusters.reduce(0) { $0 + $1.hits }
        let p = n > 0 ? k / n : 0
        let squares = clusters.reduce(0) { $0 + ($1.hits - p * $1.count) * ($1.hits - p * $1.count) }
        let entities = Double(clusters.count)
        count = n
        hits = k
        variance = entities > 1 && n > 0 ? entities / (entities - 1) * squares / (n * n) : 0
    }

    /// p = k / n.
    package var proportion: Double { count > 0 ? hits / count : 0 }

    /// The design effect: the variance over p(1 - p) / n, what it would be if rows were independent. 1 where that is 0 (no hit, or
    /// all hits, tell nothing of how rows go together: bound n by the number of entities there).
    package var designEffect: Double {
        let independent = proportion * (1 - proportion) / count
        return independent > 0 ? variance / independent : 1
    }

    /// n / deff, never above n: how many independent rows would tell as much.
    package var effectiveCount: Double { designEffect > 1 ? count / designEffect : count }

    /// Wilson's interval at the effective count.
    package func wilson(alpha: Double = 0.05) -> BinomialInterval {
        .wilson(proportion * effectiveCount, of: effectiveCount, alpha: alpha)
    }
}
