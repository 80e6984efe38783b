import Columnar

/// The visible row with the greatest (event, available, ties) at each point: a running maximum over rows as they come into sight.
struct LatestKernel {
    /// nil: all rows count.
    let mask: RowMask?

    /// Appends the row chosen for each point of a key, -1 where there is none.
    func append(_ group: KeyGroup, to chosen: inout RowChoice) {
        var best = -1
        var position = 0
        for point in 0..<group.pointCount {
            while position < group.count, group.enters[position] <= Int32(truncatingIfNeeded: point) {
                if mask?[group.rows[position]] ?? true, best < 0 || group.isLater(position, than: best) { best = position }
                position += 1
            }
            chosen.append(best < 0 ? -1 : group.rows[best])
        }
    }
}
