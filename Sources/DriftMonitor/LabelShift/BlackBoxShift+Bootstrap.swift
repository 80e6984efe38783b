extension BlackBoxShift {
    /// Predicted (and, in the source, true) classes of the rows of one entity.
    package struct Entity: Hashable, Sendable {
        package let predicted: [Int]
        /// Empty for rows without labels.
        package let actual: [Int]

        package init(predicted: [Int], actual: [Int] = []) {
            self.predicted = predicted
            self.actual = actual
        }
    }

    /// The interval of each class' share now, by drawing whole entities with replacement, both sides alike: percentiles alpha/2 and
    /// 1 - alpha/2 of the replicates. Same seed, same interval.
    package static func bootstrap(
        source: [Entity], target: [Entity], classes: Int, replicates: Int = 200, alpha: Double = 0.05, seed: UInt64 = 1
    ) -> [BinomialInterval] {
        var random = SplitMix64(seed: seed)
        var shares = [[Double]](repeating: [], count: classes)
        for _ in 0..<replicates {
            var confusion = [[Double]](repeating: [Double](repeating: 0, count: classes), count: classes)
            var predictions = [Double](repeating: 0, count: classes)
            for _ in source.indices {
                let entity = source[random.below(source.count)]
                for (predicted, actual) in zip(entity.predicted, entity.actual) { confusion[predicted][actual] += 1 }
            }
            for _ in target.indices {
                for predicted in target[random.below(target.count)].predicted { predictions[predicted] += 1 }
            }
            let totals = (confusion.joined().reduce(0, +), predictions.reduce(0, +))
            let estimate = BlackBoxShift(
                jointConfusion: confusion.map { $0.map { $0 / totals.0 } },
                targetPredictions: predictions.map { $0 / totals.1 })
            for (index, share) in estimate.targetPrior.enumerated() { shares[index].append(share) }
        }
        return shares.map { replicated in
            let sorted = replicated.sorted()
            guard !sorted.isEmpty else { return BinomialInterval(lower: 0, upper: 1) }
            return BinomialInterval(
                lower: Quantile.linear(sorted, alpha / 2), upper: Quantile.linear(sorted, 1 - alpha / 2))
        }
    }
}
