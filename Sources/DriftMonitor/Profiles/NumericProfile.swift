/// All that is kept of a numeric feature's values in a window: a few kilobytes, from which every statistic is computed later. It is a
/// sum: of the same values, whatever their order, their split into parts or the order of the merges, the bytes are the same.
package struct NumericProfile: Hashable, Sendable {
    package let frame: NumericFrame
    package var counts = CellCounts()
    /// Of the finite values; plus and minus infinity of none.
    package private(set) var least = Double.infinity
    package private(set) var greatest = -Double.infinity
    /// Of z.
    package private(set) var moments = Moments()
    package private(set) var histogram: FrozenHistogram
    /// Of (x - sketchCentre) / scale.
    package private(set) var quantiles = QuantileSketch()
    /// Of the values, by `StableHash.number`.
    package private(set) var distinct = DistinctSketch()

    package init(frame: NumericFrame) {
        self.frame = frame
        histogram = FrozenHistogram(bins: frame.binCount)
    }

    init(
        frame: NumericFrame, counts: CellCounts, least: Double, greatest: Double, moments: Moments,
        histogram: FrozenHistogram, quantiles: QuantileSketch, distinct: DistinctSketch
    ) {
        self.frame = frame
        self.counts = counts
        self.least = least
        self.greatest = greatest
        self.moments = moments
        self.histogram = histogram
        self.quantiles = quantiles
        self.distinct = distinct
    }

    package init(frame: NumericFrame, values: [Double]) {
        self.init(frame: frame)
        values.withUnsafeBufferPointer { add($0) }
    }

    /// Adds the profile of other rows.
    package mutating func merge(_ other: NumericProfile) {
        precondition(frame == other.frame, "profiles of one frame merge")
        counts.merge(other.counts)
        moments.merge(other.moments)
        histogram.merge(other.histogram)
        quantiles.merge(other.quantiles)
        distinct.merge(other.distinct)
        least = min(least, other.least)
        greatest = max(greatest, other.greatest)
    }

    /// Adds a column. Bit i % 64 of word i / 64 of `validity` is set where cell i is not NULL; without words, none is NULL.
    package mutating func add(_ values: UnsafeBufferPointer<Double>, validity: UnsafeBufferPointer<UInt64>? = nil) {
        precondition(
            validity.map { $0.isEmpty || $0.count * 64 >= values.count } ?? true, "a column's validity has a bit for each cell")
        let validity = validity.flatMap { $0.isEmpty ? nil : $0 }
        let edges = FrozenHistogram.padded(frame.edges)
        edges.withUnsafeBufferPointer { edges in
            // Stage by stage over a block that stays in the first cache: within a stage the cells do not wait for each other.
            withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * Self.blockSize) { scratch in
                let finite = UnsafeMutableBufferPointer(rebasing: scratch[..<Self.blockSize])
                let mapped = UnsafeMutableBufferPointer(rebasing: scratch[Self.blockSize...])
                var start = 0
                while start < values.count {
                    let end = min(start + Self.blockSize, values.count)
                    let kept = gather(values, validity, start..<end, into: finite)
                    add(finite: UnsafeBufferPointer(rebasing: finite[..<kept]), scratch: mapped, edges: edges)
                    start = end
                }
            }
        }
    }

    package mutating func add(_ values: ContiguousArray<Double>, validity: ContiguousArray<UInt64> = []) {
        values.withUnsafeBufferPointer { values in
            validity.withUnsafeBufferPointer { add(values, validity: $0) }
        }
    }

    private static let blockSize = 1024

    /// Counts what is no finite number and copies the rest; returns how many.
    private mutating func gather(
        _ values: UnsafeBufferPointer<Double>, _ validity: UnsafeBufferPointer<UInt64>?, _ rows: Range<Int>,
        into finite: UnsafeMutableBufferPointer<Double>
    ) -> Int {
        counts.rows += UInt64(rows.count)
        var kept = 0
        for row in rows {
            let value = values[row]
            if let validity, validity[row >> 6] & (1 << UInt64(row & 63)) == 0 {
                counts.null += 1
            } else if value.isFinite {
                // -0 equals 0, also in `least`: -0 + 0 is 0.
                finite[kept] = value + 0
                kept &+= 1
            } else if value.isNaN {
                counts.notANumber += 1
            } else if value > 0 {
                counts.positiveInfinity += 1
            } else {
                counts.negativeInfinity += 1
            }
        }
        return kept
    }

    private mutating func add(
        finite values: UnsafeBufferPointer<Double>, scratch: UnsafeMutableBufferPointer<Double>,
        edges: UnsafeBufferPointer<Double>
    ) {
        let mapped = UnsafeBufferPointer(rebasing: scratch[..<values.count])
        let (centre, scale, sketchCentre) = (frame.centre, frame.scale, frame.sketchCentre)
        var (low, high) = (least, greatest)
        for index in values.indices {
            let value = values[index]
            low = value < low ? value : low
            high = value > high ? value : high
            scratch[index] = Self.bounded((value - centre) / scale)
        }
        (least, greatest) = (low, high)
        histogram.add(values, standardised: mapped, edges: edges)
        moments.add(mapped)
        if sketchCentre != centre {
            for index in values.indices { scratch[index] = Self.bounded((values[index] - sketchCentre) / scale) }
        }
        quantiles.add(mapped)
        for value in values { distinct.add(StableHash.number(value)) }
    }

    /// A quotient that overflows counts as the greatest number.
    @inline(__always)
    private static func bounded(_ z: Double) -> Double {
        let most = Double.greatestFiniteMagnitude
        return z > most ? most : z < -most ? -most : z
    }
}
