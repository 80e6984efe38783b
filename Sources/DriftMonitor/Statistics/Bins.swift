import Foundation

/// A partition of the line by rising edges: bin i holds edges[i-1] <= x < edges[i], as Postgres' `width_bucket` has it. The first
/// and the last bin are open-ended; there is one bin more than there are edges.
package struct Bins: Hashable, Sendable {
    /// Rising, no two equal, none NaN.
    package let edges: [Double]

    package init(edges: [Double]) {
        precondition(zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 }, "the edges of bins rise")
        self.edges = edges
    }

    package var count: Int { edges.count + 1 }

    /// The inner quantiles at 1/count, 2/count, ... of values (numpy's linear rule), equal ones merged. Vector: ks.binned_bounds.
    package static func quantiles(of values: [Double], count: Int) -> Bins {
        quantiles(ofSorted: values.sorted(), count: count)
    }

    static func quantiles(ofSorted sorted: [Double], count: Int) -> Bins {
        var edges: [Double] = []
        for index in 1..<max(count, 2) {
            let edge = Quantile.linear(sorted, Double(index) / Double(count))
            if edges.last.map({ $0 < edge }) ?? true { edges.append(edge) }
        }
        return Bins(edges: edges)
    }

    /// The bin of a value that is not NaN.
    package func index(_ value: Double) -> Int {
        var low = 0
        var high = edges.count
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// How many values each bin has. NaN is in none.
    package func counts(_ values: [Double]) -> [Double] {
        var counts = [Double](repeating: 0, count: count)
        for value in values where !value.isNaN { counts[index(value)] += 1 }
        return counts
    }
}

/// Equal-width histograms as numpy has them, to compare with other tools; what we decide by are `Bins` of quantiles.
package struct EqualWidthHistogram: Hashable, Sendable {
    /// The edges, one more than there are bins; the last bin holds its upper edge.
    package let edges: [Double]

    /// By numpy's `histogram_bin_edges`, so many bins between the least and the greatest value.
    package init(over values: [Double], bins: Int) {
        var low = values.min() ?? 0
        var high = values.max() ?? 1
        if low == high { (low, high) = (low - 0.5, high + 0.5) }
        let step = (high - low) / Double(bins)
        edges = (0...bins).map { $0 == bins ? high : low + Double($0) * step }
    }

    /// Sturges' rule: width range / (log2 n + 1). Vector: psi.evidently_sturges_lcg.
    package static func sturges(_ values: [Double]) -> EqualWidthHistogram {
        let range = (values.max() ?? 0) - (values.min() ?? 0)
        return EqualWidthHistogram(over: values, width: range / (log2(Double(values.count)) + 1), range: range)
    }

    /// Doane's rule: Sturges' with skewness, range / (1 + log2 n + log2(1 + |g1| / sd(g1))). Vector: js.nannyml_doane_lcg.
    package static func doane(_ values: [Double]) -> EqualWidthHistogram {
        let n = Double(values.count)
        let range = (values.max() ?? 0) - (values.min() ?? 0)
        guard n > 2 else { return EqualWidthHistogram(over: values, bins: 1) }
        let skewnessDeviation = (6 * (n - 2) / ((n + 1) * (n + 3))).squareRoot()
        let mean = values.reduce(0, +) / n
        let sd = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n).squareRoot()
        guard sd > 0 else { return EqualWidthHistogram(over: values, bins: 1) }
        let skewness = values.reduce(0) { $0 + pow(($1 - mean) / sd, 3) } / n
        return EqualWidthHistogram(
            over: values, width: range / (1 + log2(n) + log2(1 + abs(skewness) / skewnessDeviation)), range: range)
    }

    private init(over values: [Double], width: Double, range: Double) {
        self.init(over: values, bins: width > 0 ? max(1, Int((range / width).rounded(.up))) : 1)
    }

    /// How many values each bin has, and how many lie outside.
    package func counts(_ values: [Double]) -> (inside: [Double], outside: Double) {
        var inside = [Double](repeating: 0, count: edges.count - 1)
        var outside = 0.0
        let inner = Bins(edges: Array(edges.dropFirst().dropLast()))
        for value in values {
            if value >= edges[0], value <= edges[edges.count - 1] { inside[inner.index(value)] += 1 } else { outside += 1 }
        }
        return (inside, outside)
    }
}

/// Quantiles of sorted values.
package enum Quantile {
    /// numpy's default (Hyndman and Fan's type 7): linear between the values around (n - 1) p. The values are sorted, not empty.
    package static func linear(_ sorted: [Double], _ p: Double) -> Double {
        let position = Double(sorted.count - 1) * p
        let below = Int(position.rounded(.down))
        let above = min(below + 1, sorted.count - 1)
        let share = position - Double(below)
        // Infinity minus infinity would be NaN.
        if share == 0 || sorted[below] == sorted[above] { return sorted[below] }
        return sorted[below] + (sorted[above] - sorted[below]) * share
    }

    /// The middle value, or the mean of the two in the middle.
    package static func median(_ values: [Double]) -> Double { linear(values.sorted(), 0.5) }
}
