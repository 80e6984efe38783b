import Foundation

/// The area under the ROC curve of scores, and what it is worth: (wins + ties / 2) / (n m) (Mann and Whitney).
/// Vectors: c2st.auc_ties, c2st.logreg_*.
package struct RankSeparation: Hashable, Sendable {
    /// The chance that a positive's score is above a negative's, ties half.
    package let auc: Double
    /// Wins + ties / 2.
    package let u: Double
    package let positives: Int
    package let negatives: Int
    /// The standard deviation of U when scores and labels are unrelated, with the correction for ties.
    private let deviation: Double
    /// Each row's placement: the share of the other side that its score is on the right side of.
    private let placements: [Double]
    private let labels: [Bool]

    package init(scores: [Double], labels: [Bool]) {
        precondition(scores.count == labels.count, "each score has a label")
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        let (n, m) = (Double(labels.count { $0 }), Double(labels.count { !$0 }))
        var placements = [Double](repeating: 0, count: scores.count)
        var (u, positivesBelow, negativesBelow, ties) = (0.0, 0.0, 0.0, 0.0)
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
            let group = order[start..<end]
            let positives = Double(group.count { labels[$0] })
            let negatives = Double(group.count) - positives
            u += positives * (negativesBelow + negatives / 2)
            for index in group {
                placements[index] =
                    labels[index]
                    ? (negativesBelow + negatives / 2) / m : (n - positivesBelow - positives / 2) / n
            }
            positivesBelow += positives
            negativesBelow += negatives
            let size = Double(group.count)
            ties += size * size * size - size
            start = end
        }
        let total = n + m
        self.u = u
        auc = n > 0 && m > 0 ? u / (n * m) : 0.5
        self.positives = Int(n)
        self.negatives = Int(m)
        deviation = total > 1 ? (n * m / 12 * (total + 1 - ties / (total * (total - 1)))).squareRoot() : 0
        self.placements = placements
        self.labels = labels
    }

    /// P(U or more) when scores and labels are unrelated: normal, corrected for ties and, if wanted, for continuity.
    package func pValue(continuityCorrection: Bool = true) -> Double {
        guard deviation > 0 else { return 1 }
        let centre = Double(positives) * Double(negatives) / 2
        return Normal.upperTail((u - centre - (continuityCorrection ? 0.5 : 0)) / deviation)
    }

    /// The AUC's standard error when nothing separates, no ties: sqrt((n + m + 1) / (12 n m)).
    package var nullError: Double {
        (Double(positives + negatives + 1) / (12 * Double(positives) * Double(negatives))).squareRoot()
    }

    /// DeLong's standard error: sqrt(var(placements of positives) / n + var(of negatives) / m) (DeLong et al. 1988).
    package var standardError: Double {
        var result = 0.0
        for side in [true, false] {
            let values = placements.indices.filter { labels[$0] == side }.map { placements[$0] }
            guard values.count > 1 else { return .nan }
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            result += squares / Double(values.count - 1) / Double(values.count)
        }
        return result.squareRoot()
    }

    /// The same with rows of one entity going together: the entities' summed shares of the deviation, squared, times K / (K - 1)
    /// (Obuchowski 1997).
    package func standardError(entities: [UInt64]) -> Double {
        precondition(entities.count == labels.count, "each row has an entity")
        var influence: [UInt64: Double] = [:]
        for index in labels.indices {
            let size = Double(labels[index] ? positives : negatives)
            influence[entities[index], default: 0] += (placements[index] - auc) / size
        }
        let count = Double(influence.count)
        guard count > 1 else { return .nan }
        // In a fixed order: a dictionary's would change the last bits from run to run.
        let squares = influence.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value * $1.value }
        return (count / (count - 1) * squares).squareRoot()
    }
}
