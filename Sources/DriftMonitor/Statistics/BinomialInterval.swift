/// An interval for a proportion of which k of n were seen. Both may be fractions: effective counts. Vector: ci.binomial.
package struct BinomialInterval: Hashable, Sendable {
    package let lower: Double
    package let upper: Double

    package init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    /// Wilson's score interval, two-sided at 1 - alpha: (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n). For display.
    package static func wilson(_ k: Double, of n: Double, alpha: Double = 0.05) -> BinomialInterval {
        guard n > 0 else { return BinomialInterval(lower: 0, upper: 1) }
        let z = -Normal.quantile(alpha / 2)
        let p = k / n
        let denominator = 1 + z * z / n
        let centre = (p + z * z / (2 * n)) / denominator
        let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot() / denominator
        return BinomialInterval(lower: k <= 0 ? 0 : max(0, centre - half), upper: k >= n ? 1 : min(1, centre + half))
    }

    /// Clopper and Pearson's exact interval, two-sided at 1 - alpha: beta quantiles at alpha/2.
    package static func clopperPearson(_ k: Double, of n: Double, alpha: Double = 0.05) -> BinomialInterval {
        BinomialInterval(
            lower: clopperPearsonLower(k, of: n, alpha: alpha / 2), upper: clopperPearsonUpper(k, of: n, alpha: alpha / 2))
    }

    /// The exact one-sided lower bound at 1 - alpha: the alpha quantile of beta(k, n - k + 1). What a `fail` is decided by.
    package static func clopperPearsonLower(_ k: Double, of n: Double, alpha: Double) -> Double {
        k <= 0 || n <= 0 ? 0 : IncompleteBeta.quantile(alpha, k, n - k + 1)
    }

    /// The exact one-sided upper bound at 1 - alpha: the 1 - alpha quantile of beta(k + 1, n - k). What a `pass` is decided by.
    package static func clopperPearsonUpper(_ k: Double, of n: Double, alpha: Double) -> Double {
        // By the mirrored tail, which keeps the digits of a small alpha.
        n <= 0 || k >= n ? 1 : upperQuantile(alpha, k + 1, n - k)
    }

    /// Jeffreys' interval, two-sided at 1 - alpha: quantiles of beta(k + 1/2, n - k + 1/2), not forced to 0 and 1 at the ends.
    package static func jeffreys(_ k: Double, of n: Double, alpha: Double = 0.05) -> BinomialInterval {
        BinomialInterval(
            lower: IncompleteBeta.quantile(alpha / 2, k + 0.5, n - k + 0.5),
            upper: upperQuantile(alpha / 2, k + 0.5, n - k + 0.5))
    }

    /// Agresti and Coull's: a normal interval around (k + z²/2) / (n + z²), cut at 0 and 1.
    package static func agrestiCoull(_ k: Double, of n: Double, alpha: Double = 0.05) -> BinomialInterval {
        let z = -Normal.quantile(alpha / 2)
        let size = n + z * z
        let p = (k + z * z / 2) / size
        let half = z * (p * (1 - p) / size).squareRoot()
        return BinomialInterval(lower: max(0, p - half), upper: min(1, p + half))
    }

    /// The x with 1 - I_x(a, b) = alpha.
    private static func upperQuantile(_ alpha: Double, _ a: Double, _ b: Double) -> Double {
        let mirrored = IncompleteBeta.quantile(alpha, b, a)
        // Near 0 the difference from 1 would lose the answer's digits; there the plain quantile has them.
        return mirrored < 0.5 ? 1 - mirrored : IncompleteBeta.quantile(1 - alpha, a, b)
    }
}
