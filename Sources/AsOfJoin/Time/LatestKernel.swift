import Columnar

/// The visible row with the greatest (event, available, ties) at each point: a running maximum over rows as they come into sight.
struct LatestKernel {
    /// nil: all rows count.
    let mask: RowMask?
    /// How old the row may be at the cut; nil: there is no limit.
    let ttl: Int64?

    /// Appends the row chosen for each point of a key, -1 where there is none.
    func append(_ group: KeyGroup, to chosen: inout RowChoice) {
        var best = -1
        var position = 0
        for point in 0..<group.pointCount {
            while position < group.count, group.enters[position] <= Int32(truncatingIfNeeded: point) {
                if mask?[group.rows[position]] ?? true, best < 0 || group.isLater(position, than: best) { best = position }
                position += 1
            }
            let isSeen = best >= 0 && ttl.map { group.events[best] >= group.start(cut: group.cuts[point], length: $0) } ?? true
            chosen.append(isSeen ? group.rows[best] : -1)
        }
    }
}
