import Foundation

/// What a numeric feature's profiles are measured in: fixed by its baseline, stored beside them, and never moved by what comes later.
/// Only profiles of one frame merge and compare.
package struct NumericFrame: Hashable, Sendable {
    /// The baseline's median, in the feature's unit.
    package let centre: Double
    /// One scale, in the feature's unit: z = (x - centre) / scale.
    package let scale: Double
    /// What quantiles are sketched around: the centre, or 0 for positive values with a heavy tail.
    package let sketchCentre: Double
    /// The bins' edges: the least value, the inner quantiles, and the least number above the greatest value. Bin 0 is below them,
    /// the last above; bin i holds edges[i-1] <= x < edges[i].
    package let edges: [Double]
    /// For each bin the decile of the baseline that it lies in, from 0.
    package let deciles: [Int]

    /// Bins between the ends, before equal quantiles are merged: 8 for each decile.
    package static let quantileBins = 80

    /// From the baseline's values, of which NaN and infinities are left out. Nil when none is left. With at most 80 different values
    /// each is a bin.
    package init?(baseline: [Double]) {
        let sorted = RisingOrder.finite(baseline)
        guard let least = sorted.first, let greatest = sorted.last else { return nil }
        let centre = Quantile.linear(sorted, 0.5)
        let spread = Quantile.linear(sorted, 0.75) - Quantile.linear(sorted, 0.25)
        var distinct: [Double] = []
        for value in sorted where distinct.last != value {
            distinct.append(value)
            if distinct.count > Self.quantileBins { break }
        }
        let count = Double(Self.quantileBins)
        let inner =
            distinct.count <= Self.quantileBins
            ? Array(distinct.dropFirst())
            : (1..<Self.quantileBins).map { Quantile.linear(sorted, Double($0) / count) }
        var edges = [least]
        for edge in inner + [greatest.nextUp] where edge > edges[edges.count - 1] { edges.append(edge) }
        let cuts = Bins.quantiles(ofSorted: sorted, count: 10)
        let deviation = Self.standardDeviation(sorted, around: centre)
        self.init(
            centre: centre,
            scale: Self.scale(interquartileRange: spread, standardDeviation: deviation, centre: centre),
            sketchCentre: least > 0 && Quantile.linear(sorted, 0.99) > 10 * centre ? 0 : centre,
            edges: edges, deciles: [0] + edges.dropLast().map(cuts.index) + [cuts.count - 1])
    }

    init(centre: Double, scale: Double, sketchCentre: Double, edges: [Double], deciles: [Int]) {
        self.centre = centre
        self.scale = scale
        self.sketchCentre = sketchCentre
        self.edges = edges
        self.deciles = deciles
    }

    /// IQR / 1.349, the standard deviation of a normal. Where most values are alike that is (nearly) 0, and the standard deviation
    /// takes its place: a thousandth of it, as monitoring.md §2.4 has it, would make every effect a thousand times too large. Of a
    /// constant: its magnitude, or 1.
    package static func scale(interquartileRange: Double, standardDeviation: Double, centre: Double) -> Double {
        let robust = interquartileRange / 1.349
        if robust.isFinite, robust > standardDeviation * 1e-3, robust > 0 { return robust }
        if standardDeviation > 0, standardDeviation.isFinite { return standardDeviation }
        return centre == 0 ? 1 : abs(centre)
    }

    /// Around the centre, so that a constant deviates by exactly nothing. In the values' own order, which is one.
    private static func standardDeviation(_ sorted: [Double], around centre: Double) -> Double {
        guard sorted.count > 1 else { return 0 }
        var (sum, squares) = (0.0, 0.0)
        for value in sorted { sum += value - centre }
        let mean = sum / Double(sorted.count)
        for value in sorted { squares += (value - centre - mean) * (value - centre - mean) }
        return (squares / Double(sorted.count - 1)).squareRoot()
    }

    /// Bins with the two at the ends.
    package var binCount: Int { edges.count + 1 }

    /// z = (x - centre) / scale, without unit.
    package func standardised(_ value: Double) -> Double { (value - centre) / scale }

    /// What identifies the frame: equal frames, equal numbers.
    package var identifier: UInt64 { StableHash.md5(encoded()) }
}
