extension NumericProfile {
    /// The value at a quantile, in the feature's unit: right to 1% of its distance from the frame's sketch centre.
    package func quantile(_ q: Double) -> Double { frame.sketchCentre + frame.scale * quantiles.quantile(q) }

    /// The mean, in the feature's unit.
    package var mean: Double { frame.centre + frame.scale * moments.mean }

    /// The standard deviation, in the feature's unit.
    package var standardDeviation: Double { frame.scale * moments.standardDeviation }

    /// The counts by decile of the baseline; what lies outside its range is in the first and the last.
    package var decileCounts: [Double] {
        var deciles = [Double](repeating: 0, count: (frame.deciles.last ?? 0) + 1)
        for (bin, decile) in frame.deciles.enumerated() { deciles[decile] += Double(histogram.counts[bin]) }
        return deciles
    }

    /// The share of finite values outside the baseline's range.
    package var outOfRangeShare: Double {
        let total = counts.present
        guard total > 0, let first = histogram.counts.first, let last = histogram.counts.last else { return 0 }
        return Double(first + last) / Double(total)
    }
}
