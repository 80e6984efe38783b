import Foundation

/// Two proportions, compared: null, NaN, missing and expired shares (`null_delta`, `nan_delta`, `miss_delta`, `expired_delta` of
/// monitoring.md §2.4). k of n in the reference, l of m now; counts may be fractions (effective counts).
package struct ProportionDifference: Hashable, Sendable {
    package let reference: Double
    package let current: Double
    package let referenceCount: Double
    package let currentCount: Double

    package init(reference k: Double, of n: Double, current l: Double, of m: Double) {
        reference = n > 0 ? k / n : 0
        current = m > 0 ? l / m : 0
        referenceCount = n
        currentCount = m
    }

    /// current - reference, a share of rows.
    package var delta: Double { current - reference }

    /// Cohen's h, 2 asin sqrt(q) - 2 asin sqrt(p): the size of the effect, in radians; positive where the share rose.
    package var cohenH: Double { 2 * asin(current.squareRoot()) - 2 * asin(reference.squareRoot()) }

    /// Newcombe's hybrid score interval for the difference, method 10 (Statistics in Medicine 17, 1998), at 1 - alpha.
    package func newcombe(alpha: Double = 0.05) -> BinomialInterval {
        let p = BinomialInterval.wilson(reference * referenceCount, of: referenceCount, alpha: alpha)
        let q = BinomialInterval.wilson(current * currentCount, of: currentCount, alpha: alpha)
        let below = hypot(current - q.lower, p.upper - reference)
        let above = hypot(q.upper - current, reference - p.lower)
        return BinomialInterval(lower: delta - below, upper: delta + above)
    }

    /// The two-proportion z statistic with the pooled variance.
    package var z: Double {
        let pooled = (reference * referenceCount + current * currentCount) / (referenceCount + currentCount)
        let variance = pooled * (1 - pooled) * (1 / referenceCount + 1 / currentCount)
        return variance > 0 ? delta / variance.squareRoot() : 0
    }

    /// Two-sided: of z, or Fisher's exact where a cell expects fewer than 5.
    package var pValue: Double {
        guard referenceCount > 0, currentCount > 0 else { return 1 }
        let pooled = (reference * referenceCount + current * currentCount) / (referenceCount + currentCount)
        let least = min(pooled, 1 - pooled) * min(referenceCount, currentCount)
        return least < 5 ? fisherPValue : min(1, 2 * Normal.upperTail(abs(z)))
    }

    /// Fisher's exact test, two-sided: the tables with the same margins that are no likelier than this one, as scipy and R have it.
    /// Fractions are rounded to whole counts.
    package var fisherPValue: Double {
        let k = (reference * referenceCount).rounded()
        let l = (current * currentCount).rounded()
        let (n, m) = (referenceCount.rounded(), currentCount.rounded())
        let hits = k + l
        // The hypergeometric probability of x hits in the reference, as a quotient of three binomials of the same p.
        let p = hits / (n + m)
        guard p > 0, p < 1 else { return 1 }
        func probability(_ x: Double) -> Double {
            SaddlePoint.binomial(x, n - x, p, 1 - p) * SaddlePoint.binomial(hits - x, m - hits + x, p, 1 - p)
                / SaddlePoint.binomial(hits, n + m - hits, p, 1 - p)
        }
        let limit = probability(k) * (1 + 1e-7)
        var sum = 0.0
        var x = max(0, hits - m)
        while x <= min(n, hits) {
            let each = probability(x)
            if each <= limit { sum += each }
            x += 1
        }
        return min(1, sum)
    }
}
