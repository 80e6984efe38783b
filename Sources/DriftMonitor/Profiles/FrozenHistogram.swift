/// Counts in a frame's bins, and in each the sum of z. Exactly additive: an hour, a day and a quarter are sums, and any of them can be
/// compared with any other.
package struct FrozenHistogram: Hashable, Sendable {
    package private(set) var counts: ContiguousArray<UInt64>
    /// In units of 2^-32 scales, so that sums are whole and no order matters. A value further than 2^80 scales off counts as that far.
    private(set) var sums: ContiguousArray<Int128>

    package init(bins: Int) {
        counts = ContiguousArray(repeating: 0, count: bins)
        sums = ContiguousArray(repeating: 0, count: bins)
    }

    init(counts: ContiguousArray<UInt64>, sums: ContiguousArray<Int128>) {
        self.counts = counts
        self.sums = sums
    }

    package mutating func merge(_ other: FrozenHistogram) {
        precondition(counts.count == other.counts.count, "histograms of one frame merge")
        for index in counts.indices {
            counts[index] += other.counts[index]
            sums[index] += other.sums[index]
        }
    }

    /// The mean z of a bin; NaN of an empty one.
    package func mean(_ bin: Int) -> Double { Double(sums[bin]) * 0x1p-32 / Double(counts[bin]) }

    /// Adds finite values x, with their z.
    mutating func add(
        _ values: UnsafeBufferPointer<Double>, standardised: UnsafeBufferPointer<Double>, edges: UnsafeBufferPointer<Double>
    ) {
        counts.withUnsafeMutableBufferPointer { counts in
            sums.withUnsafeMutableBufferPointer { sums in
                for index in values.indices {
                    let bin = Self.bin(values[index], edges)
                    counts[bin] &+= 1
                    sums[bin] &+= Self.fixedPoint(standardised[index])
                }
            }
        }
    }

    /// How many edges are at most x: a search without branches over 127 edges, the missing ones infinite.
    @inline(__always)
    private static func bin(_ value: Double, _ edges: UnsafeBufferPointer<Double>) -> Int {
        var bin = 0
        bin &+= edges[bin &+ 63] <= value ? 64 : 0
        bin &+= edges[bin &+ 31] <= value ? 32 : 0
        bin &+= edges[bin &+ 15] <= value ? 16 : 0
        bin &+= edges[bin &+ 7] <= value ? 8 : 0
        bin &+= edges[bin &+ 3] <= value ? 4 : 0
        bin &+= edges[bin &+ 1] <= value ? 2 : 0
        bin &+= edges[bin] <= value ? 1 : 0
        return bin
    }

    /// A frame's edges as `add` wants them.
    static func padded(_ edges: [Double]) -> ContiguousArray<Double> {
        precondition(edges.count < 128, "a frame has fewer than 128 edges")
        return ContiguousArray(edges + [Double](repeating: .infinity, count: 127 - edges.count))
    }

    @inline(__always)
    private static func fixedPoint(_ z: Double) -> Int128 {
        // Below 2^30 the product fits into 64 bits.
        if abs(z) < 0x1p30 { return Int128(Int64(z * 0x1p32)) }
        return Int128(max(-0x1p80, min(0x1p80, z)) * 0x1p32)
    }
}
