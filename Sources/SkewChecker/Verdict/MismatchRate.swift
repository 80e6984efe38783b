package import DriftMonitor

/// How often a feature's served values differ from their recomputation, and what that allows to say (monitoring.md §3.4).
package struct MismatchRate: Hashable, Sendable {
    /// Values compared, and those that differ, each counted once.
    package let compared: Int
    package let different: Int
    /// How many independent values the sample is worth: never more than were compared.
    package let effectiveCount: Double
    /// k / n, each value counted as often as its sampling makes it stand for; nil when nothing was compared.
    package let rate: Double?
    /// Of entities with a value that differs.
    package let entities: Int

    package init(_ sample: EntitySums) {
        compared = sample.compared
        different = sample.different
        rate = sample.rate
        entities = sample.entitiesWithMismatch
        effectiveCount = sample.effectiveCount
    }

    /// For display: Wilson's interval, two-sided, 95 %.
    package var interval: BinomialInterval { .wilson(effectiveMismatches, of: effectiveCount) }

    private var effectiveMismatches: Double { (rate ?? 0) * effectiveCount }

    /// Clopper and Pearson's bounds, one-sided, by which it is decided.
    package func lowerBound(_ limits: SkewLimits) -> Double {
        BinomialInterval.clopperPearsonLower(effectiveMismatches, of: effectiveCount, alpha: limits.alpha)
    }

    package func upperBound(_ limits: SkewLimits) -> Double {
        BinomialInterval.clopperPearsonUpper(effectiveMismatches, of: effectiveCount, alpha: limits.alpha)
    }

    package func verdict(_ limits: SkewLimits) -> SkewVerdict {
        guard compared > 0 else { return .inconclusive }
        if Double(different) >= limits.leastMismatches, entities >= limits.leastEntities, lowerBound(limits) > limits.rate {
            return .fail
        }
        return upperBound(limits) <= limits.rate ? .pass : .inconclusive
    }

    /// How many more values would decide, were they to differ as often; nil when it is decided, or none would: the rate is the limit's.
    package func neededToDecide(_ limits: SkewLimits) -> Int? {
        guard verdict(limits) == .inconclusive else { return nil }
        let rate = rate ?? 0
        // Mismatches come whole: rounded towards what takes more values to decide.
        func decides(_ n: Int) -> Bool {
            let k = rate * Double(n)
            if rate <= limits.rate {
                return BinomialInterval.clopperPearsonUpper(k.rounded(.up), of: Double(n), alpha: limits.alpha) <= limits.rate
            }
            return k >= limits.leastMismatches
                && BinomialInterval.clopperPearsonLower(k.rounded(.down), of: Double(n), alpha: limits.alpha) > limits.rate
        }
        var low = 0
        var high = max(1, Int(effectiveCount))
        while !decides(high) {
            (low, high) = (high, high * 2)
            if high > 1_000_000_000 { return nil }
        }
        while high - low > 1 {
            let middle = (low + high) / 2
            if decides(middle) { high = middle } else { low = middle }
        }
        // In values as they are sampled: each is worth effectiveCount / compared.
        let perValue = compared > 0 && effectiveCount > 0 ? Double(compared) / effectiveCount : 1
        return max(1, Int((Double(high) * perValue).rounded(.up)) - compared)
    }
}
