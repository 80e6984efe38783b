import Foundation

/// MMD: how far two joint distributions are apart, as the distance of their means under a Gaussian kernel
/// k(a, b) = exp(-|a - b|² / (2 sigma²)) (Gretton et al. 2012). Sees what every marginal test misses. Without unit; standardise the
/// columns by the baseline first. Vector: mmd.small_2d.
package struct MaximumMeanDiscrepancy: Sendable {
    /// sigma² that the kernel has.
    package let squaredBandwidth: Double
    package let referenceCount: Int
    package let currentCount: Int
    /// (sum over i ≠ j of k(x_i, x_j)) / (n (n - 1)) + the same of y - 2 mean k(x, y): 0 on average when nothing differs.
    package let unbiased: Double
    /// With the diagonals: |mean phi(x) - mean phi(y)|², never negative.
    package let biased: Double

    let points: [[Double]]

    /// Of two samples of rows without NaN. By default sigma² is half the median of the squared distances of the pooled rows.
    package init(_ x: [[Double]], _ y: [[Double]], squaredBandwidth: Double? = nil) {
        let points = x + y
        let bandwidth = squaredBandwidth ?? Self.medianSquaredDistance(points) / 2
        self.points = points
        self.squaredBandwidth = bandwidth
        (referenceCount, currentCount) = (x.count, y.count)
        var (within, across, other) = (0.0, 0.0, 0.0)
        for i in points.indices {
            for j in 0..<i {
                let k = Self.kernel(points[i], points[j], bandwidth)
                if i < x.count { within += k } else if j >= x.count { other += k } else { across += k }
            }
        }
        let (n, m) = (Double(x.count), Double(y.count))
        unbiased = Self.unbiased(within, across, other, n, m)
        biased = (2 * within + n) / (n * n) + (2 * other + m) / (m * m) - 2 * across / (n * m)
    }

    /// From the sums of the kernel over pairs i < j within x, across, and within y.
    static func unbiased(_ within: Double, _ across: Double, _ other: Double, _ n: Double, _ m: Double) -> Double {
        2 * within / (n * (n - 1)) + 2 * other / (m * (m - 1)) - 2 * across / (n * m)
    }

    static func kernel(_ a: [Double], _ b: [Double], _ squaredBandwidth: Double) -> Double {
        exp(-squaredDistance(a, b) / (2 * squaredBandwidth))
    }

    private static func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += (a[index] - b[index]) * (a[index] - b[index]) }
        return sum
    }

    /// The median of the squared distances of all pairs. Of many rows take a sample (1,000 have half a million pairs).
    package static func medianSquaredDistance(_ points: [[Double]]) -> Double {
        var distances: [Double] = []
        for i in points.indices { for j in 0..<i { distances.append(squaredDistance(points[i], points[j])) } }
        return distances.isEmpty ? 1 : Quantile.median(distances)
    }

    /// alibi-detect's bandwidth: sqrt(median / 2) of the reference's own pairs, the lower of two middle ones. Only to compare with it.
    package static func alibiBandwidth(_ reference: [[Double]]) -> Double {
        var distances: [Double] = []
        for i in reference.indices { for j in 0..<i { distances.append(squaredDistance(reference[i], reference[j])) } }
        guard !distances.isEmpty else { return 1 }
        return (distances.sorted()[(distances.count - 1) / 2] / 2).squareRoot()
    }
}
