import Columnar

/// For one key and one window length: at which points each row is in the window, and who comes and goes at each point.
///
/// A row is in the window from the first point that sees it until the first for which it is too old. A row that is too old
/// before it is seen is never in it.
struct WindowSpans {
    /// By position: the first point without the row again; not after `enters` for a row that is never in the window.
    private(set) var leaves = ContiguousArray<Int32>()

    mutating func load(_ group: KeyGroup, length: Int64) {
        group.leaves(length: length, into: &leaves)
    }

    /// Walks over the points. At each, `enter` is called for positions that come, then `leave` for those that go, then `emit`.
    @inline(__always)
    func walk<Failure: Error>(
        _ group: KeyGroup,
        enter: (Int) throws(Failure) -> Void,
        leave: (Int) throws(Failure) -> Void,
        emit: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        var coming = 0
        var going = 0
        for point in 0..<group.pointCount {
            let now = Int32(truncatingIfNeeded: point)
            while coming < group.count, group.enters[coming] <= now {
                if leaves[coming] > group.enters[coming] { try enter(coming) }
                coming += 1
            }
            while going < group.count {
                let position = group.positionByTime(going)
                guard leaves[position] <= now else { break }
                if leaves[position] > group.enters[position] { try leave(position) }
                going += 1
            }
            try emit(point)
        }
    }
}
