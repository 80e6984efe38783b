import Foundation

/// The two-sample Kolmogorov-Smirnov statistic: the largest distance between two empirical distribution functions, ties counted as
/// scipy counts them. Vectors: ks.small_unequal, ks.identical, ks.lcg_1000_800.
package struct KolmogorovSmirnov: Hashable, Sendable {
    /// D = max |F_x - F_y|, `ks_d`: between 0 and 1, without unit.
    package let distance: Double
    /// Where the distance is reached: the first such value of the two samples together. NaN when both are empty.
    package let location: Double
    /// 1 where x has more mass at or below the location than y, -1 where less.
    package let sign: Int
    package let referenceCount: Int
    package let currentCount: Int

    /// Of two samples; NaN is left out (it has no place in an order: report its share apart).
    package init(_ x: [Double], _ y: [Double]) {
        self.init(
            sortedReference: x.filter { !$0.isNaN }.sorted(), sortedCurrent: y.filter { !$0.isNaN }.sorted())
    }

    /// Of two samples that are sorted and have no NaN; linear.
    package init(sortedReference x: [Double], sortedCurrent y: [Double]) {
        let (n, m) = (x.count, y.count)
        var (i, j) = (0, 0)
        // In whole numbers, i m - j n, so that equal distances are equal.
        var (most, least) = (0, 0)
        var (mostAt, leastAt) = (x.first ?? .nan, x.first ?? .nan)
        while i < n || j < m {
            let value = j >= m || (i < n && x[i] <= y[j]) ? x[i] : y[j]
            while i < n, x[i] <= value { i += 1 }
            while j < m, y[j] <= value { j += 1 }
            let difference = i * m - j * n
            if difference > most { (most, mostAt) = (difference, value) }
            if difference < least { (least, leastAt) = (difference, value) }
        }
        let isBelow = -least > most
        let scale = Double(n) * Double(m)
        distance = n == 0 || m == 0 ? 0 : Double(isBelow ? -least : most) / scale
        location = isBelow ? leastAt : mostAt
        sign = isBelow ? -1 : 1
        referenceCount = n
        currentCount = m
    }

    /// n m / (n + m), the size of the one sample that would be as informative.
    package var effectiveCount: Double {
        Double(referenceCount) * Double(currentCount) / Double(referenceCount + currentCount)
    }

    /// P(distance >= D) over all ways to deal the pooled sample; see `exactPValue(distance:_:_:)`.
    package var exactPValue: Double { Self.exactPValue(distance: distance, referenceCount, currentCount) }

    /// P(distance >= D) over all ways to deal n + m values into n and m: exact where there are no ties, too large with them. The
    /// share of lattice paths that leave the band (Hodges 1957), carried as a probability, so that small ones keep their digits.
    /// Takes n m steps. Vectors: ks.small_unequal, ks.lcg_1000_800 (`p_exact`).
    package static func exactPValue(distance: Double, _ n: Int, _ m: Int) -> Double {
        guard n > 0, m > 0, distance > 0 else { return 1 }
        let band = Int((distance * Double(n) * Double(m)).rounded())
        // outside[j]: of the paths to (i, j), the share that has been outside.
        var outside = [Double](repeating: 0, count: m + 1)
        for i in 0...n {
            for j in 0...m {
                if abs(i * m - j * n) >= band {
                    outside[j] = 1
                } else if i == 0 {
                    outside[j] = j == 0 ? 0 : outside[j - 1]
                } else if j > 0 {
                    let total = Double(i + j)
                    outside[j] = Double(i) / total * outside[j] + Double(j) / total * outside[j - 1]
                }
            }
        }
        return outside[m]
    }

    /// The one-sample law of D at round(nm / (n + m)) observations, as scipy's `method='asymp'` has it.
    package var finiteSamplePValue: Double {
        guard referenceCount > 0, currentCount > 0 else { return 1 }
        return Kolmogorov.upperTail(distance, count: Int(effectiveCount.rounded(.toNearestOrEven)))
    }

    /// Kolmogorov's limit at sqrt(nm / (n + m)) D.
    package var limitPValue: Double { Self.limitPValue(distance, effectiveCount: effectiveCount) }

    /// The limit with Stephens' correction, lambda = (sqrt(e) + 0.12 + 0.11 / sqrt(e)) D (J. Roy. Stat. Soc. B 32, 1970).
    package var stephensPValue: Double { Self.stephensPValue(distance, effectiveCount: effectiveCount) }

    /// `ks_p` of monitoring.md §2.4: exact up to a million pairs, else Stephens'.
    package var pValue: Double {
        Double(referenceCount) * Double(currentCount) <= 1e6 ? exactPValue : stephensPValue
    }

    package static func limitPValue(_ distance: Double, effectiveCount: Double) -> Double {
        Kolmogorov.limitUpperTail(effectiveCount.squareRoot() * distance)
    }

    package static func stephensPValue(_ distance: Double, effectiveCount: Double) -> Double {
        guard effectiveCount > 0, distance > 0 else { return 1 }
        let root = effectiveCount.squareRoot()
        return Kolmogorov.limitUpperTail((root + 0.12 + 0.11 / root) * distance)
    }

    /// The distance that is significant at alpha in the limit: sqrt(-ln(alpha / 2) / 2 (n + m) / (n m)). Vector: ks.critical_values.
    package static func criticalDistance(alpha: Double, _ n: Double, _ m: Double) -> Double {
        (-log(alpha / 2) / 2 * (n + m) / (n * m)).squareRoot()
    }

    /// deequ's slack: max(0, D - 1.8 sqrt((n + m) / (n m))). Vector: ks.critical_values (`deequ_robust`).
    package static func deequRobustDistance(_ distance: Double, _ n: Double, _ m: Double) -> Double {
        max(0, distance - 1.8 * ((n + m) / (n * m)).squareRoot())
    }
}

/// What a histogram can say about the exact distance: between which two values it lies. Alerts take the lower one.
/// Vector: ks.binned_bounds.
package struct KolmogorovSmirnovBounds: Hashable, Sendable {
    /// max |F_ref - F_cur| at the inner edges: the distance is at least this.
    package let lower: Double
    /// The most that mass moved within one bin could make of it: max over bins of (left + p_ref, p_cur - left).
    package let upper: Double

    package init(referenceCounts: [Double], currentCounts: [Double]) {
        let totals = (referenceCounts.reduce(0, +), currentCounts.reduce(0, +))
        guard totals.0 > 0, totals.1 > 0 else {
            (lower, upper) = (0, 0)
            return
        }
        // Running counts are whole, so their difference at the last edge is exactly 0.
        var (reference, current) = (0.0, 0.0)
        var (lower, upper, left) = (0.0, 0.0, 0.0)
        for (n, m) in zip(referenceCounts, currentCounts) {
            upper = max(upper, left + n / totals.0, m / totals.1 - left)
            reference += n
            current += m
            left = reference / totals.0 - current / totals.1
            lower = max(lower, abs(left))
        }
        self.lower = lower
        self.upper = min(1, upper)
    }
}
