import Foundation

/// Two profiles of a feature, compared by kilobytes of state: every statistic of monitoring.md §2.4.
package struct ProfileComparison: Hashable, Sendable {
    package let measurements: [DriftMeasurement]
    /// Effective cells with a value, n / deff.
    package let referenceCount: Double
    package let currentCount: Double

    /// The measurement of a statistic, if it was made.
    package subscript(statistic: DriftStatistic) -> DriftMeasurement? {
        measurements.first { $0.statistic == statistic }
    }

    /// Of what was measured already: a joint statistic, of so many effective rows on each side.
    package init(measurements: [DriftMeasurement], referenceCount: Double, currentCount: Double) {
        self.measurements = measurements
        self.referenceCount = referenceCount
        self.currentCount = currentCount
    }

    /// Of numeric profiles of one frame. So many rows count as one: those of an entity are not independent (§2.7).
    /// - Parameter currentDesignEffect: where the current side's differs from the reference's.
    package init(
        reference: NumericProfile, current: NumericProfile, designEffect: Double = 1, currentDesignEffect: Double? = nil
    ) {
        precondition(reference.frame == current.frame, "profiles of one frame are compared")
        let effects = (designEffect, currentDesignEffect ?? designEffect)
        let (n, m) = (Double(reference.counts.present) / effects.0, Double(current.counts.present) / effects.1)
        var measured = Self.shares(reference.counts, current.counts, effects)
        if n > 0, m > 0 {
            measured += Self.bins(reference.decileCounts, current.decileCounts, n, m, effects)
            measured += Self.fineBins(reference, current, n, m)
            let outside = (reference.outOfRangeShare, current.outOfRangeShare)
            measured.append(
                DriftMeasurement(
                    .rangeBreach, outside.1, noise: outside.0,
                    pValue: ProportionDifference(reference: outside.0 * n, of: n, current: outside.1 * m, of: m).pValue))
        }
        measurements = measured
        (referenceCount, currentCount) = (n, m)
    }

    /// Of categorical profiles.
    package init(
        reference: CategoryProfile, current: CategoryProfile, designEffect: Double = 1, currentDesignEffect: Double? = nil
    ) {
        let effects = (designEffect, currentDesignEffect ?? designEffect)
        let (n, m) = (Double(reference.counts.present) / effects.0, Double(current.counts.present) / effects.1)
        var measured = Self.shares(reference.counts, current.counts, effects)
        if n > 0, m > 0 {
            measured += Self.categories(reference, current, n, m, effects)
            measured += Self.newAndLost(reference, current, n, m)
        }
        measurements = measured
        (referenceCount, currentCount) = (n, m)
    }

    /// Of the reference and of the current side.
    private typealias DesignEffects = (Double, Double)

    private static func shares(_ reference: CellCounts, _ current: CellCounts, _ effects: DesignEffects) -> [DriftMeasurement] {
        let (n, m) = (Double(reference.rows), Double(current.rows))
        guard n > 0, m > 0 else { return [] }
        let parts: [(DriftStatistic, KeyPath<CellCounts, UInt64>)] = [
            (.nullDelta, \.null), (.nanDelta, \.notANumber), (.missingDelta, \.missingKey), (.expiredDelta, \.expired),
        ]
        return parts.map { statistic, part in
            let difference = ProportionDifference(
                reference: Double(reference[keyPath: part]) / effects.0, of: n / effects.0,
                current: Double(current[keyPath: part]) / effects.1, of: m / effects.1)
            // A change below a hundredth is none, whatever h makes of it near 0.
            let effect = abs(difference.delta) >= 0.01 ? abs(difference.cohenH) : 0
            let interval = difference.newcombe()
            return DriftMeasurement(
                statistic, difference.delta, effect: effect, pValue: difference.pValue,
                detail: "95% interval \(interval.lower) to \(interval.upper)")
        }
    }

    private static func bins(
        _ reference: [Double], _ current: [Double], _ n: Double, _ m: Double, _ effects: DesignEffects
    ) -> [DriftMeasurement] {
        let psi = PopulationStability(referenceCounts: reference, currentCounts: current).value
        let noise = PopulationStability.noiseMean(bins: reference.count, reference: n, current: m)
        let divergence = Divergence(reference: reference, current: current)
        let test = ContingencyTest(
            referenceCounts: reference.map { $0 / effects.0 }, currentCounts: current.map { $0 / effects.1 },
            pooledToExpect: 5)
        return [
            DriftMeasurement(.psi10, psi, effect: max(0, psi - noise), noise: noise, pValue: test.gPValue),
            DriftMeasurement(.jensenShannon, divergence.jensenShannonDistanceBits, pValue: test.gPValue),
            DriftMeasurement(.cramersV, test.cramersV, pValue: test.gPValue),
        ]
    }

    private static func fineBins(
        _ reference: NumericProfile, _ current: NumericProfile, _ n: Double, _ m: Double
    ) -> [DriftMeasurement] {
        let bounds = KolmogorovSmirnovBounds(
            referenceCounts: reference.histogram.counts.map { Double($0) },
            currentCounts: current.histogram.counts.map { Double($0) })
        let pValue = KolmogorovSmirnov.stephensPValue(bounds.lower, effectiveCount: n * m / (n + m))
        let distance = binnedWasserstein(reference.histogram, current.histogram, 1 / n + 1 / m)
        return [
            DriftMeasurement(.ksD, bounds.lower, pValue: pValue, detail: "at most \(bounds.upper)"),
            DriftMeasurement(.wasserstein1, distance.value, noise: distance.noise, pValue: pValue),
        ] + moments(reference, current, n, m, distributionPValue: pValue)
    }

    /// Wasserstein-1 in baseline scales, each bin's mass at its own mean: right to what moves within a bin against the mean. By chance
    /// alone the two distribution functions differ by sqrt(2/pi F (1 - F) (1/n + 1/m)) on average at each place.
    private static func binnedWasserstein(
        _ reference: FrozenHistogram, _ current: FrozenHistogram, _ inverseCounts: Double
    ) -> (value: Double, noise: Double) {
        let totals = (Double(reference.counts.reduce(0, +)), Double(current.counts.reduce(0, +)))
        var steps: [(place: Double, step: Double, pooled: Double)] = []
        for bin in reference.counts.indices {
            if reference.counts[bin] > 0 {
                let share = Double(reference.counts[bin]) / totals.0
                steps.append((reference.mean(bin), share, share / 2))
            }
            if current.counts[bin] > 0 {
                let share = Double(current.counts[bin]) / totals.1
                steps.append((current.mean(bin), -share, share / 2))
            }
        }
        steps.sort { $0.place < $1.place }
        var (area, noise, difference, pooled) = (0.0, 0.0, 0.0, 0.0)
        for (left, right) in zip(steps, steps.dropFirst()) {
            difference += left.step
            pooled += left.pooled
            let width = right.place - left.place
            area += abs(difference) * width
            noise += (2 / Double.pi * max(0, pooled * (1 - pooled)) * inverseCounts).squareRoot() * width
        }
        return (area, noise)
    }

    /// The shift of the mean by Welch's z; the ratio of the variances by the normal law of its logarithm, whose variance on a side is
    /// (excess kurtosis + 2) / n. Where a side does not vary, the test of the whole distribution stands for both.
    private static func moments(
        _ reference: NumericProfile, _ current: NumericProfile, _ n: Double, _ m: Double, distributionPValue: Double
    ) -> [DriftMeasurement] {
        let (before, after) = (reference.moments.variance, current.moments.variance)
        let shift = current.moments.mean - reference.moments.mean
        let error = (before / n + after / m).squareRoot()
        func twoSided(_ z: Double) -> Double { min(1, 2 * Normal.upperTail(abs(z))) }
        let expected = (2 / Double.pi).squareRoot()
        var measured = [
            DriftMeasurement(
                .meanShift, shift, noise: expected * error,
                pValue: error > 0 ? twoSided(shift / error) : distributionPValue)
        ]
        if before > 0 || after > 0 {
            let ratio = before > 0 ? after / before : .infinity
            let change = ratio > 0 ? abs(log(ratio)) : Double.infinity
            let spread = max(0, reference.moments.excessKurtosis + 2) / n + max(0, current.moments.excessKurtosis + 2) / m
            let isTested = change.isFinite && spread > 0
            measured.append(
                DriftMeasurement(
                    .varianceRatio, ratio, effect: change, noise: isTested ? expected * spread.squareRoot() : 0,
                    pValue: isTested ? twoSided(change / spread.squareRoot()) : distributionPValue))
        }
        return measured
    }

    /// Values that only one side has. As shares of rows where both sides have named their values exactly; chance alone gives about the
    /// share of values that were seen once (Good and Turing), and of two sizes the larger side is thinned to the smaller one before
    /// values are counted (rarefaction). Otherwise by the distinct hashes, and without a noise.
    private static func newAndLost(
        _ reference: CategoryProfile, _ current: CategoryProfile, _ n: Double, _ m: Double
    ) -> [DriftMeasurement] {
        let (before, after) = (reference.values, current.values)
        let overlap = reference.distinct.overlap(with: current.distinct)
        func change(_ ratio: Double) -> Double { ratio > 0 ? abs(log(ratio)) : .infinity }
        guard before.isExact, after.isExact else {
            let ratio = current.distinct.estimate / max(reference.distinct.estimate, 1)
            return [
                DriftMeasurement(.newValueShare, overlap.newShare), DriftMeasurement(.lostValueShare, overlap.lostShare),
                DriftMeasurement(.distinctRatio, ratio, effect: change(ratio)),
            ]
        }
        func share(_ values: HeavyHitters, missingFrom other: HeavyHitters) -> Double {
            let missing = values.counters.reduce(UInt64(0)) { $0 + (other.counters[$1.key] == nil ? $1.value : 0) }
            return Double(missing) / Double(values.total)
        }
        func seenOnce(_ values: HeavyHitters) -> Double {
            Double(values.counters.count { $0.value == 1 }) / Double(values.total)
        }
        let size = Double(min(before.total, after.total))
        let ratio = distinct(after, thinnedTo: size) / distinct(before, thinnedTo: size)
        // Rows with values that the other side lacks, against those that it would lack by chance.
        func measured(_ statistic: DriftStatistic, _ value: Double, by chance: Double, _ n: Double, _ m: Double)
            -> DriftMeasurement
        {
            let test = ProportionDifference(reference: chance * n, of: n, current: value * m, of: m)
            return DriftMeasurement(statistic, value, noise: chance, pValue: test.pValue)
        }
        return [
            measured(.newValueShare, share(after, missingFrom: before), by: seenOnce(before), n, m),
            measured(.lostValueShare, share(before, missingFrom: after), by: seenOnce(after), m, n),
            DriftMeasurement(.distinctRatio, ratio, effect: change(ratio)),
        ]
    }

    /// How many values so many of the rows have: sum of 1 - (1 - share)^size.
    private static func distinct(_ values: HeavyHitters, thinnedTo size: Double) -> Double {
        let total = Double(values.total)
        if size >= total { return Double(values.counters.count) }
        // In a fixed order: a dictionary's would change the last bits from run to run.
        return values.counters.values.sorted().reduce(0) { $0 - expm1(size * log1p(-Double($1) / total)) }
    }

    private static func categories(
        _ reference: CategoryProfile, _ current: CategoryProfile, _ n: Double, _ m: Double, _ effects: DesignEffects
    ) -> [DriftMeasurement] {
        // Named values where both sides have named them exactly, hash buckets where there are too many.
        let isNamed = reference.values.isExact && current.values.isExact
        let names =
            isNamed
            ? Set(reference.values.counters.keys).union(current.values.counters.keys)
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } : []
        func counts(_ profile: CategoryProfile) -> [Double] {
            isNamed ? names.map { Double(profile.values.counters[$0] ?? 0) } : profile.buckets.map { Double($0) }
        }
        let (before, after) = (counts(reference), counts(current))
        let divergence = Divergence(reference: before, current: after)
        let test = ContingencyTest(
            referenceCounts: before.map { $0 / effects.0 }, currentCounts: after.map { $0 / effects.1 },
            pooledToExpect: 5)
        let most = divergence.mostChanged.flatMap { names.indices.contains($0) ? names[$0] : nil }
        // V of unchanged samples is about sqrt(dof / (n + m)).
        let noise = (Double(test.degreesOfFreedom) / (n + m)).squareRoot()
        return [
            DriftMeasurement(.cramersV, test.cramersV, noise: noise, pValue: test.gPValue),
            DriftMeasurement(.jensenShannon, divergence.jensenShannonDistanceBits, pValue: test.gPValue),
            DriftMeasurement(.lInfinity, divergence.lInfinity, pValue: test.gPValue, detail: most),
        ]
    }
}
