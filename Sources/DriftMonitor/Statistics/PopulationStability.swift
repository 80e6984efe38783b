import Foundation

/// The population stability index: sum over bins of (q - p) ln(q / p), in nats; p the reference's proportions, q the current
/// ones. It equals KL(p||q) + KL(q||p). Vectors: psi.seed_example, psi.empty_bin_conventions, divergences.three_bins.
package struct PopulationStability: Hashable, Sendable {
    /// Each bin's share of the index, in the order of the bins; none is negative.
    package let terms: [Double]

    /// The index, in nats.
    package var value: Double { terms.reduce(0, +) }

    /// From proportions, which are taken as they are. A bin that is empty on one side only makes the index infinite.
    package init(reference p: [Double], current q: [Double]) {
        precondition(p.count == q.count, "both sides of a stability index have the same bins")
        terms = zip(p, q).map { p, q in p == q ? 0 : (q - p) * log(q / p) }
    }

    /// From counts, smoothed.
    package init(referenceCounts: [Double], currentCounts: [Double], smoothing: Smoothing = .canonical) {
        self.init(
            reference: smoothing.proportions(referenceCounts), current: smoothing.proportions(currentCounts))
    }

    /// From values: `psi10` of monitoring.md §2.4, in nats. The bins are quantiles of the reference (numpy's linear rule), equal
    /// edges merged; the current values never move them, and what lies outside falls into the bins at the ends. NaN is left out:
    /// report it, and NULL, apart. Nil when a side has no value.
    package init?(referenceValues: [Double], currentValues: [Double], bins: Int = 10, smoothing: Smoothing = .canonical) {
        let reference = referenceValues.filter { !$0.isNaN }
        let current = currentValues.filter { !$0.isNaN }
        guard !reference.isEmpty, !current.isEmpty else { return nil }
        let bins = Bins.quantiles(of: reference, count: bins)
        self.init(
            referenceCounts: bins.counts(reference), currentCounts: bins.counts(current), smoothing: smoothing)
    }

    /// What the index is on average when nothing has changed: (B - 1)(1/n + 1/m), in nats (Yurdakul and Naranjo, 2020).
    package static func noiseMean(bins: Int, reference n: Double, current m: Double) -> Double {
        Double(max(bins - 1, 0)) * (1 / n + 1 / m)
    }

    /// What the index stays below with this probability when nothing has changed: chi2_{B-1}(p) (1/n + 1/m), in nats.
    package static func noiseQuantile(_ p: Double, bins: Int, reference n: Double, current m: Double) -> Double {
        bins > 1 ? ChiSquare.quantile(p, degreesOfFreedom: Double(bins - 1)) * (1 / n + 1 / m) : 0
    }
}
