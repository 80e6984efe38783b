/// CBPE: a binary model's performance without labels, from its calibrated probabilities: each row counts p as positive and 1 - p as
/// negative (NannyML). Valid only if P(Y | X) is unchanged. Vector: cbpe.binary.
package struct ExpectedPerformance: Hashable, Sendable {
    package let truePositives: Double
    package let falsePositives: Double
    package let falseNegatives: Double
    package let trueNegatives: Double
    /// The expected area under the ROC curve, ties counted half; NaN where a class is not expected at all.
    package let auc: Double
    /// The standard deviation of the accuracy from not knowing the labels: sqrt(sum p (1 - p)) / n.
    package let accuracyLabelDeviation: Double
    /// The standard deviation of the accuracy from which rows came: that of the rows' expected correctness over sqrt(n).
    package let accuracySamplingDeviation: Double

    /// From calibrated probabilities of the positive class; predicted positive at or above the threshold.
    package init(calibrated: [Double], threshold: Double = 0.5) {
        var (tp, fp, fn, tn) = (0.0, 0.0, 0.0, 0.0)
        var (variance, correct, correctSquares) = (0.0, 0.0, 0.0)
        for p in calibrated {
            if p >= threshold {
                tp += p
                fp += 1 - p
            } else {
                fn += p
                tn += 1 - p
            }
            variance += p * (1 - p)
            let each = p >= threshold ? p : 1 - p
            correct += each
            correctSquares += each * each
        }
        let n = Double(calibrated.count)
        (truePositives, falsePositives, falseNegatives, trueNegatives) = (tp, fp, fn, tn)
        accuracyLabelDeviation = variance.squareRoot() / n
        accuracySamplingDeviation = n > 1 ? (max(0, correctSquares - correct * correct / n) / (n - 1) / n).squareRoot() : 0
        auc = Self.expectedAUC(calibrated)
    }

    /// (TP + TN) / n.
    package var accuracy: Double {
        (truePositives + trueNegatives) / (truePositives + falsePositives + falseNegatives + trueNegatives)
    }

    /// TP / (TP + FP); NaN where nothing is predicted positive.
    package var precision: Double { truePositives / (truePositives + falsePositives) }

    /// TP / (TP + FN).
    package var recall: Double { truePositives / (truePositives + falseNegatives) }

    /// 2 TP / (2 TP + FP + FN).
    package var f1: Double { 2 * truePositives / (2 * truePositives + falsePositives + falseNegatives) }

    /// sum over pairs of p_i (1 - p_j) [p_i > p_j, ties half] / (sum p sum (1 - p)).
    private static func expectedAUC(_ calibrated: [Double]) -> Double {
        let sorted = calibrated.sorted()
        var (wins, below, index) = (0.0, 0.0, 0)
        while index < sorted.count {
            let p = sorted[index]
            var ties = 0.0
            while index < sorted.count, sorted[index] == p {
                ties += 1
                index += 1
            }
            wins += ties * p * (below + ties * (1 - p) / 2)
            below += ties * (1 - p)
        }
        return wins / (sorted.reduce(0, +) * below)
    }
}
