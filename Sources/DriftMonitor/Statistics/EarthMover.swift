/// Distances between two samples as areas between their distribution functions, in the unit of the values (or its root).
/// NaN is left out; infinities give an infinite distance. Vectors: wasserstein.small, wasserstein.lcg.
package struct EarthMover: Hashable, Sendable {
    /// Wasserstein-1, the integral of |F_x - F_y|: how far the mass must be moved on average. In the unit of the values.
    package let wasserstein1: Double
    /// sqrt(2 integral of (F_x - F_y)^2), Szekely's energy distance as scipy has it. In the root of the unit.
    package let energyDistance: Double

    package init(_ x: [Double], _ y: [Double]) {
        self.init(sortedReference: x.filter { !$0.isNaN }.sorted(), sortedCurrent: y.filter { !$0.isNaN }.sorted())
    }

    /// Of sorted samples without NaN; linear. Both distances are NaN when a sample is empty.
    package init(sortedReference x: [Double], sortedCurrent y: [Double]) {
        let (n, m) = (x.count, y.count)
        guard n > 0, m > 0 else {
            (wasserstein1, energyDistance) = (.nan, .nan)
            return
        }
        var (i, j) = (0, 0)
        var (area, square) = (0.0, 0.0)
        var previous = min(x[0], y[0])
        while i < n || j < m {
            let value = j >= m || (i < n && x[i] <= y[j]) ? x[i] : y[j]
            let difference = Double(i) / Double(n) - Double(j) / Double(m)
            if value > previous, difference != 0 {
                area += abs(difference) * (value - previous)
                square += difference * difference * (value - previous)
            }
            while i < n, x[i] <= value { i += 1 }
            while j < m, y[j] <= value { j += 1 }
            previous = value
        }
        wasserstein1 = area
        energyDistance = (2 * square).squareRoot()
    }

    /// Wasserstein-1 over the reference's population standard deviation, at least `floor`: evidently's normalisation, without unit.
    package static func evidentlyNormalised(_ x: [Double], _ y: [Double], floor: Double = 0.001) -> Double {
        let values = x.filter { !$0.isNaN }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return EarthMover(x, y).wasserstein1 / max(variance.squareRoot(), floor)
    }
}
