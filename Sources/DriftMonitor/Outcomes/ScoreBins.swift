/// Strata of the score, so that rows that the model takes for alike are compared with each other.
struct ScoreBins {
    struct Counts {
        var rows: Double = 0
        var positives: Double = 0
    }

    /// Rising; a score belongs to the number of edges at or below it.
    let edges: [Double]

    /// Deciles of the scores, equal ones merged.
    init(deciles scores: [Double]) {
        let sorted = scores.sorted()
        var edges: [Double] = []
        for tenth in 1..<10 where !sorted.isEmpty {
            let edge = Quantile.linear(sorted, Double(tenth) / 10)
            if edges.last.map({ $0 < edge }) ?? true, edge > sorted[0] { edges.append(edge) }
        }
        self.edges = edges
    }

    func counts(_ rows: [(score: Double, isPositive: Bool)]) -> [Counts] {
        var counts = [Counts](repeating: Counts(), count: edges.count + 1)
        for row in rows {
            let bin = edges.partitioned { $0 <= row.score }
            counts[bin].rows += 1
            if row.isPositive { counts[bin].positives += 1 }
        }
        return counts
    }
}

extension [Double] {
    /// How many of the first hold, where those that hold come first.
    fileprivate func partitioned(_ holds: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
