import Foundation

/// MLLS: the prior of the classes now that makes calibrated probabilities likeliest, by expectation maximisation (Saerens et al.
/// 2002): q <- mean of p_ic (q_c / s_c), normalised for each row. Valid only for calibrated probabilities and unchanged P(X | Y).
/// Vector: labelshift.mlls_em.
package struct MaximumLikelihoodShift: Hashable, Sendable {
    /// The classes' shares now.
    package let targetPrior: [Double]
    /// sum over rows of ln sum_c p_ic q_c / s_c: how much likelier than the source's prior; 0 for that.
    package let logLikelihoodRatio: Double
    package let steps: Int
    /// Whether the last step moved no share by more than the tolerance.
    package let hasConverged: Bool

    /// From a row of probabilities for each prediction, and the classes' shares in the data that the model was calibrated on.
    package init(
        probabilities: [[Double]], sourcePrior: [Double], tolerance: Double = 1e-10, maximumSteps: Int = 10_000
    ) {
        let classes = sourcePrior.count
        let flat = probabilities.flatMap { $0 }
        precondition(flat.count == probabilities.count * classes, "a row has a probability for each class")
        let count = Double(probabilities.count)
        var prior = sourcePrior
        var steps = 0
        var hasConverged = probabilities.isEmpty
        var posterior = [Double](repeating: 0, count: classes)
        while steps < maximumSteps, !hasConverged {
            let ratio = zip(prior, sourcePrior).map { $1 > 0 ? $0 / $1 : 0 }
            var next = [Double](repeating: 0, count: classes)
            for row in 0..<probabilities.count {
                var total = 0.0
                for c in 0..<classes {
                    posterior[c] = flat[row * classes + c] * ratio[c]
                    total += posterior[c]
                }
                if total > 0 { for c in 0..<classes { next[c] += posterior[c] / total } }
            }
            for c in 0..<classes { next[c] /= count }
            let change = zip(next, prior).reduce(0) { max($0, abs($1.0 - $1.1)) }
            prior = next
            steps += 1
            hasConverged = change <= tolerance
        }
        targetPrior = prior
        self.steps = steps
        self.hasConverged = hasConverged
        logLikelihoodRatio = probabilities.reduce(0) { sum, row in
            sum + log(row.indices.reduce(0) { $0 + (sourcePrior[$1] > 0 ? row[$1] * prior[$1] / sourcePrior[$1] : 0) })
        }
    }
}
