import Foundation

/// DDSketch: counts in buckets whose edges grow by gamma = (1 + alpha) / (1 - alpha), so that any quantile is right to alpha of itself
/// (Masson et al. 2019). Deterministic, and independent of the order of values and merges, which t-digest and KLL are not.
/// Bucket i holds gamma^(i-1) < |x| <= gamma^i. Vector: sketch.ddsketch.
package struct QuantileSketch: Hashable, Sendable {
    package let alpha: Double
    /// Magnitudes below this count as zero: the floating-point dust around a centre would otherwise need a thousand buckets.
    package let leastMagnitude: Double
    package private(set) var zeros: UInt64 = 0
    package private(set) var positive = BucketCounts()
    package private(set) var negative = BucketCounts()
    private let inverseLogGamma: Double

    package init(alpha: Double = 0.01, leastMagnitude: Double = 0x1p-44) {
        precondition(alpha > 0 && alpha < 1, "a sketch's relative error is between 0 and 1")
        self.alpha = alpha
        self.leastMagnitude = leastMagnitude
        inverseLogGamma = 1 / log((1 + alpha) / (1 - alpha))
    }

    init(alpha: Double, leastMagnitude: Double, zeros: UInt64, positive: BucketCounts, negative: BucketCounts) {
        self.init(alpha: alpha, leastMagnitude: leastMagnitude)
        self.zeros = zeros
        self.positive = positive
        self.negative = negative
    }

    /// The bucket of a magnitude: ceil(ln |x| / ln gamma).
    package func index(_ magnitude: Double) -> Int { Int((log(magnitude) * inverseLogGamma).rounded(.up)) }

    /// What stands for a bucket: 2 gamma^i / (gamma + 1), within alpha of all in it.
    package func representative(_ index: Int) -> Double {
        let gamma = (1 + alpha) / (1 - alpha)
        return 2 * pow(gamma, Double(index)) / (gamma + 1)
    }

    /// `index`, mostly without a logarithm: one to 1e-9 decides wherever it is not within 1e-6 of a whole number.
    @inline(__always)
    private static func bucket(of magnitude: Double, _ inverseLogGamma: Double) -> Int32 {
        // x = 2^e m with m from sqrt(1/2) to sqrt(2), and ln m = 2 atanh((m - 1) / (m + 1)), of which five terms are enough.
        let bits = magnitude.bitPattern &- 0x3FE6_A09E_667F_3BCD
        let exponent = Double(Int64(bitPattern: bits) >> 52)
        let m = Double(bitPattern: (bits & 0xF_FFFF_FFFF_FFFF) &+ 0x3FE6_A09E_667F_3BCD)
        let s = (m - 1) / (m + 1)
        let square = s * s
        let series = 1 + square * (1.0 / 3 + square * (1.0 / 5 + square * (1.0 / 7 + square / 9)))
        let position = (exponent * 0.6931471805599453 + 2 * s * series) * inverseLogGamma
        let truncated = Int32(position)
        let below = position < Double(truncated) ? truncated &- 1 : truncated
        let share = position - Double(below)
        if magnitude >= .leastNormalMagnitude, share > 1e-6, share < 1 - 1e-6 { return below &+ 1 }
        return Int32((log(magnitude) * inverseLogGamma).rounded(.up))
    }

    /// Adds finite values.
    package mutating func add(_ values: UnsafeBufferPointer<Double>) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * values.count) { scratch in
            let above = UnsafeMutableBufferPointer(rebasing: scratch[..<values.count])
            let below = UnsafeMutableBufferPointer(rebasing: scratch[values.count...])
            var (aboveCount, belowCount, zeroCount) = (0, 0, 0)
            let (least, scale) = (leastMagnitude, inverseLogGamma)
            for value in values {
                let magnitude = abs(value)
                if magnitude < least || magnitude == 0 {
                    zeroCount &+= 1
                    continue
                }
                let bucket = Self.bucket(of: magnitude, scale)
                if value > 0 {
                    above[aboveCount] = bucket
                    aboveCount &+= 1
                } else {
                    below[belowCount] = bucket
                    belowCount &+= 1
                }
            }
            zeros += UInt64(zeroCount)
            positive.add(indices: UnsafeBufferPointer(rebasing: above[..<aboveCount]))
            negative.add(indices: UnsafeBufferPointer(rebasing: below[..<belowCount]))
        }
    }

    package mutating func add(_ values: [Double]) {
        values.withUnsafeBufferPointer { add($0) }
    }

    /// Adds another sketch of the same error.
    package mutating func merge(_ other: QuantileSketch) {
        precondition(alpha == other.alpha && leastMagnitude == other.leastMagnitude, "sketches of one error merge")
        zeros += other.zeros
        positive.merge(other.positive)
        negative.merge(other.negative)
    }

    package var count: UInt64 { zeros + positive.total + negative.total }

    /// How many buckets are not empty, zero's among them.
    package var bucketCount: Int {
        positive.counts.count { $0 > 0 } + negative.counts.count { $0 > 0 } + (zeros > 0 ? 1 : 0)
    }

    /// The first bucket whose cumulative count passes q (n - 1), as its representative; NaN of nothing.
    package func quantile(_ q: Double) -> Double {
        let total = count
        guard total > 0 else { return .nan }
        let rank = q * Double(total - 1)
        var seen: UInt64 = 0
        for offset in negative.counts.indices.reversed() {
            seen += negative.counts[offset]
            if Double(seen) > rank { return -representative(negative.first + offset) }
        }
        seen += zeros
        if Double(seen) > rank { return 0 }
        for offset in positive.counts.indices {
            seen += positive.counts[offset]
            if Double(seen) > rank { return representative(positive.first + offset) }
        }
        return .nan
    }
}
