import Foundation

/// ADWIN: keeps the longest window of recent values within which no cut into older and newer has means further apart than
/// eps = sqrt(2 m var dp) + 2/3 m dp, dp = ln(2 ln W / delta), m = 1/(n0 - M + 1) + 1/(n1 - M + 1) (Bifet and Gavalda, 2007; the
/// bound and the exponential histogram as river 0.23 has them). O(log W) memory and, every `clock` values, O(log W) time.
///
/// After a change the newer part is kept, as published. Values lie between 0 and 1 (`StreamScale.unitInterval`) or are flags.
/// Vectors: adwin.*, adwin.scale_dependence.
package struct AdaptiveWindow: ChangeDetector, Hashable {
    /// A change that was found.
    package struct Change: Hashable, Sendable {
        /// The window's mean before, and of what is kept after.
        package let before: Double
        package let after: Double
        /// Of the part that was dropped.
        package let removed: Double
        /// How many values were dropped, and how many kept: the change was about `kept` values ago.
        package let removedCount: Double
        package let kept: Double
    }

    /// What happens to the window once a change has been found.
    package enum AfterChange: Hashable, Sendable {
        /// The newer part is kept, as published.
        case keepNewer
        /// Everything is forgotten at the next value, as river's `drift.ADWIN` does. Only to compare with it.
        case forget
    }

    /// The chance of a false alarm that the bound is made for. Divide 0.002 by the number of streams watched together.
    package let delta: Double
    package let clock: Int
    package let bucketsPerSize: Int
    package let minimumPart: Double
    package let gracePeriod: Double
    package let afterChange: AfterChange

    /// `sizes[i]` has the buckets of 2^i values, oldest first.
    private var sizes: [[Bucket]] = [[]]
    private var ticks = 0
    private var hasChanged = false
    /// The number of values in the window.
    package private(set) var width = 0.0
    private var total = 0.0
    /// The sum of squared deviations from the mean.
    package private(set) var squares = 0.0
    /// The change found at the last update that found one.
    package private(set) var lastChange: Change?

    private struct Bucket: Hashable {
        var total: Double
        var squares: Double
    }

    package init(
        delta: Double = 0.002, clock: Int = 32, bucketsPerSize: Int = 5, minimumPart: Int = 5, gracePeriod: Int = 10,
        afterChange: AfterChange = .keepNewer
    ) {
        precondition(delta > 0 && clock > 0 && bucketsPerSize > 1 && minimumPart > 0, "parameters of ADWIN are above 0")
        self.delta = delta
        self.clock = clock
        self.bucketsPerSize = bucketsPerSize
        self.minimumPart = Double(minimumPart)
        self.gracePeriod = Double(gracePeriod)
        self.afterChange = afterChange
    }

    package var mean: Double { width > 0 ? total / width : 0 }

    /// How many buckets are held: at most (M + 1) for each size.
    package var bucketCount: Int { sizes.reduce(0) { $0 + $1.count } }

    package mutating func update(_ value: Double) -> DetectorState {
        if hasChanged, afterChange == .forget { restart() }
        hasChanged = false
        insert(value)
        ticks += 1
        guard ticks.isMultiple(of: clock), width > gracePeriod else { return .stable }
        let (widthBefore, totalBefore) = (width, total)
        while let isCut = firstCut(), isCut { dropOldest() }
        guard width < widthBefore else { return .stable }
        hasChanged = true
        lastChange = Change(
            before: totalBefore / widthBefore, after: mean, removed: (totalBefore - total) / (widthBefore - width),
            removedCount: widthBefore - width, kept: width)
        return .drift
    }

    private mutating func restart() {
        sizes = [[]]
        (ticks, width, total, squares) = (0, 0, 0, 0)
    }

    private mutating func insert(_ value: Double) {
        sizes[0].append(Bucket(total: value, squares: 0))
        width += 1
        if width > 1 {
            let deviation = value - total / (width - 1)
            squares += (width - 1) * deviation * deviation / width
        }
        total += value
        // Two buckets of a size that is full become one of the next.
        var size = 0
        while size < sizes.count, sizes[size].count == bucketsPerSize + 1 {
            if size + 1 == sizes.count { sizes.append([]) }
            let count = Double(1 << size)
            let (older, newer) = (sizes[size][0], sizes[size][1])
            let difference = older.total / count - newer.total / count
            let between = count * count * difference * difference / (count + count)
            sizes[size + 1].append(
                Bucket(total: older.total + newer.total, squares: older.squares + newer.squares + between))
            sizes[size].removeFirst(2)
            size += 1
        }
    }

    private mutating func dropOldest() {
        let size = sizes.count - 1
        let bucket = sizes[size].removeFirst()
        let count = Double(1 << size)
        width -= count
        total -= bucket.total
        let difference = bucket.total / count - total / width
        squares -= bucket.squares + count * width * difference * difference / (count + width)
        while sizes.count > 1, sizes[sizes.count - 1].isEmpty { sizes.removeLast() }
    }

    /// Whether some cut shows a change; nil where there is no cut to look at.
    private func firstCut() -> Bool? {
        guard width > 1 else { return nil }
        let confidence = log(2 * log(width) / delta)
        let variance = squares / width
        var (older, newer) = (0.0, width)
        var (olderTotal, newerTotal) = (0.0, total)
        for size in stride(from: sizes.count - 1, through: 0, by: -1) {
            let count = Double(1 << size)
            for (index, bucket) in sizes[size].enumerated() {
                older += count
                newer -= count
                olderTotal += bucket.total
                newerTotal -= bucket.total
                if size == 0, index == sizes[0].count - 1 { return false }
                guard older >= minimumPart, newer >= minimumPart else { continue }
                let m = 1 / (older - minimumPart + 1) + 1 / (newer - minimumPart + 1)
                let bound = (2 * m * variance * confidence).squareRoot() + 2.0 / 3 * confidence * m
                if abs(olderTotal / older - newerTotal / newer) > bound { return true }
            }
        }
        return false
    }
}
