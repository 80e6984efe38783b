/// A rising step curve from scores to probabilities, fitted by pooling adjacent violators (PAVA), read linearly between its points
/// and flat outside, as scikit-learn does. Vector: calibration.isotonic_pava.
package struct IsotonicCalibration: Hashable, Sendable {
    /// Rising; `values` is the curve there, not falling.
    package let thresholds: [Double]
    package let values: [Double]

    /// From scores and outcomes (0 or 1, or shares). Equal scores become one point of their mean.
    package init(scores: [Double], outcomes: [Double]) {
        precondition(scores.count == outcomes.count, "each score has an outcome")
        var points: [(x: Double, sum: Double, weight: Double)] = []
        for index in scores.indices.sorted(by: { scores[$0] < scores[$1] }) {
            if let last = points.indices.last, points[last].x == scores[index] {
                points[last].sum += outcomes[index]
                points[last].weight += 1
            } else {
                points.append((scores[index], outcomes[index], 1))
            }
        }
        // Blocks of points whose means rise; a new one below the last is pooled into it.
        var blocks: [(sum: Double, weight: Double, points: Int)] = []
        for point in points {
            blocks.append((point.sum, point.weight, 1))
            while blocks.count > 1 {
                let (last, before) = (blocks[blocks.count - 1], blocks[blocks.count - 2])
                guard before.sum / before.weight >= last.sum / last.weight else { break }
                blocks.removeLast()
                blocks[blocks.count - 1] = (
                    before.sum + last.sum, before.weight + last.weight, before.points + last.points
                )
            }
        }
        // Of a block only its ends are needed.
        var (thresholds, values): ([Double], [Double]) = ([], [])
        var start = 0
        for block in blocks {
            let value = block.sum / block.weight
            thresholds.append(points[start].x)
            values.append(value)
            if block.points > 1 {
                thresholds.append(points[start + block.points - 1].x)
                values.append(value)
            }
            start += block.points
        }
        self.thresholds = thresholds
        self.values = values
    }

    /// The probability at a score; 0.5 where nothing was fitted.
    package func probability(_ score: Double) -> Double {
        guard let first = thresholds.first, let last = thresholds.last else { return 0.5 }
        if score <= first { return values[0] }
        if score >= last { return values[values.count - 1] }
        var (low, high) = (0, thresholds.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if thresholds[middle] <= score { low = middle } else { high = middle }
        }
        let share = (score - thresholds[low]) / (thresholds[high] - thresholds[low])
        return values[low] + share * (values[high] - values[low])
    }
}
