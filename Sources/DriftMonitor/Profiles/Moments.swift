import Foundation

/// Count, mean and central moments of a stream, kept as exact sums of its powers: the state does not depend on the order of the
/// values or of the merges. In the unit of what is added (in a profile: z, baseline scales from the baseline's centre).
/// The powers themselves are rounded, each by at most 2^-53 of itself. Vector: sketch.moments_merge.
package struct Moments: Hashable, Sendable {
    package private(set) var count: UInt64 = 0
    private(set) var first = ExactSum()
    private(set) var second = ExactSum()
    private(set) var third = ExactSum()
    private(set) var fourth = ExactSum()

    package init() {}

    init(count: UInt64, first: ExactSum, second: ExactSum, third: ExactSum, fourth: ExactSum) {
        self.count = count
        (self.first, self.second, self.third, self.fourth) = (first, second, third, fourth)
    }

    package init(_ values: [Double]) {
        values.withUnsafeBufferPointer { add($0) }
    }

    /// Adds finite values.
    package mutating func add(_ values: UnsafeBufferPointer<Double>) {
        count += UInt64(values.count)
        var start = 0
        while start < values.count {
            let end = min(start + ExactSum.additionsPerCarry, values.count)
            addBlock(UnsafeBufferPointer(rebasing: values[start..<end]))
            start = end
        }
    }

    private mutating func addBlock(_ block: UnsafeBufferPointer<Double>) {
        var hasLarge = false
        first.withDigits { first in
            second.withDigits { second in
                third.withDigits { third in
                    fourth.withDigits { fourth in
                        for x in block {
                            ExactSum.accumulate(x, first)
                            let square = x * x
                            // A power of what is finite may overflow: those are added below.
                            guard square < 0x1p500 else {
                                hasLarge = true
                                continue
                            }
                            ExactSum.accumulate(square, second)
                            ExactSum.accumulate(square * x, third)
                            ExactSum.accumulate(square * square, fourth)
                        }
                    }
                }
            }
        }
        guard hasLarge else { return }
        for x in block where x * x >= 0x1p500 {
            second.add(x * x)
            third.add(x * x * x)
            fourth.add(x * x * (x * x))
        }
    }

    package mutating func merge(_ other: Moments) {
        count += other.count
        first.merge(other.first)
        second.merge(other.second)
        third.merge(other.third)
        fourth.merge(other.fourth)
    }

    /// NaN of nothing.
    package var mean: Double { (first.doubleDouble / DoubleDouble(Double(count))).value }

    /// sum (x - mean)^2, and likewise to the third and the fourth power.
    package var central: (second: Double, third: Double, fourth: Double) {
        guard count > 0 else { return (0, 0, 0) }
        let n = DoubleDouble(Double(count))
        let mean = first.doubleDouble / n
        let square = mean * mean
        let (s2, s3, s4) = (second.doubleDouble, third.doubleDouble, fourth.doubleDouble)
        let m2 = s2 - n * square
        let m3 = s3 - DoubleDouble(3) * mean * s2 + DoubleDouble(2) * n * square * mean
        let outer = s4 - DoubleDouble(4) * mean * s3
        let inner = DoubleDouble(6) * square * s2 - DoubleDouble(3) * n * square * square
        return (max(0, m2.value), m3.value, max(0, (outer + inner).value))
    }

    /// sum (x - mean)^2 / (n - 1); 0 of fewer than two.
    package var variance: Double { count > 1 ? central.second / Double(count - 1) : 0 }

    package var standardDeviation: Double { variance.squareRoot() }

    /// g1 = sqrt(n) M3 / M2^(3/2), without unit; 0 where nothing varies.
    package var skewness: Double {
        let (m2, m3, _) = central
        return m2 > 0 ? Double(count).squareRoot() * m3 / pow(m2, 1.5) : 0
    }

    /// n M4 / M2² - 3, without unit; 0 where nothing varies.
    package var excessKurtosis: Double {
        let (m2, _, m4) = central
        return m2 > 0 ? Double(count) * m4 / (m2 * m2) - 3 : 0
    }
}
