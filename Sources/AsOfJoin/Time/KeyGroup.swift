import Columnar
import FeatureDefs

/// A row with the times that decide what sees it.
struct TimedRow: BitwiseCopyable {
    /// The first cut that sees it: the later of when it happened and when it was known.
    let visibleFrom: Int64
    let event: Int64
    let row: Int32
}

/// The rows and the points of one key, and when each row comes into sight: what all features of a view share.
///
/// Its memory is used again for the next key.
struct KeyGroup {
    private let timed: TimedRows
    private let spine: SpinePoints
    private let order: TimeOrder
    private let earliest = Timestamp.finiteRange.lowerBound.microseconds
    private var sighted = ContiguousArray<TimedRow>()

    /// The rows, in order of when they are first visible; a row's place here is its position.
    private(set) var rows = ContiguousArray<Int32>()
    /// By position: when it happened.
    private(set) var events = ContiguousArray<Int64>()
    /// By position, ascending: the first point that sees it, from 0.
    private(set) var enters = ContiguousArray<Int32>()
    /// The points' cuts, ascending.
    private(set) var cuts = ContiguousArray<Int64>()
    /// Positions in the order of (event, available, ties); empty where that is the order of positions.
    private(set) var byTime = ContiguousArray<Int32>()

    init(_ timed: TimedRows, _ spine: SpinePoints) {
        self.timed = timed
        self.spine = spine
        order = timed.order
    }

    var count: Int { rows.count }
    var pointCount: Int { cuts.count }

    /// The position that comes `index`-th in the order of (event, available, ties).
    @inline(__always)
    func positionByTime(_ index: Int) -> Int { byTime.isEmpty ? index : Int(byTime[index]) }

    mutating func load(_ key: Int) {
        cuts.removeAll(keepingCapacity: true)
        cuts.append(contentsOf: spine.cuts[spine.range(key)])
        loadSighted(key)
        rows.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        enters.removeAll(keepingCapacity: true)
        byTime.removeAll(keepingCapacity: true)
        var point = 0
        for row in sighted {
            while cuts[point] < row.visibleFrom { point += 1 }
            rows.append(row.row)
            events.append(row.event)
            enters.append(Int32(truncatingIfNeeded: point))
        }
        sortByTime()
    }

    /// The rows that some point sees, in order of when the first does.
    private mutating func loadSighted(_ key: Int) {
        sighted.removeAll(keepingCapacity: true)
        guard let last = cuts.last else { return }
        let events = timed.event
        events.withUnsafeBufferPointer { events in
            for part in timed.parts {
                for row in part.rows[part.range(key)] {
                    let event = events[Int(row)]
                    let visibleFrom = order.available.map { max(event, $0[Int(row)]) } ?? event
                    if visibleFrom <= last { sighted.append(TimedRow(visibleFrom: visibleFrom, event: event, row: row)) }
                }
            }
        }
        // Rows in order already, as most tables of events have them, cost one comparison each.
        for index in sighted.indices.dropFirst() where !order.isInOrder(sighted[index - 1], sighted[index]) {
            let order = order
            sighted.sort { !order.isInOrder($1, $0) }
            return
        }
    }

    private mutating func sortByTime() {
        // Rows known as they happen come into sight in the order in which they happened.
        guard order.available != nil else { return }
        for position in rows.indices.dropFirst() where isLater(position - 1, than: position) {
            var positions = ContiguousArray(rows.indices.lazy.map { Int32(truncatingIfNeeded: $0) })
            positions.sort { isLater(Int($1), than: Int($0)) }
            byTime = positions
            return
        }
    }

    /// Whether the row at one position is later than that at another, in the total order.
    @inline(__always)
    func isLater(_ lhs: Int, than rhs: Int) -> Bool {
        events[lhs] == events[rhs] ? order.isLaterAmongTies(rows[lhs], than: rows[rhs]) : events[lhs] > events[rhs]
    }

    /// By position: the first point for which the row is too old for a window, `event <= cut - length`; `pointCount` if for none.
    func leaves(length: Int64, into leaves: inout ContiguousArray<Int32>) {
        leaves.removeAll(keepingCapacity: true)
        leaves.append(contentsOf: repeatElement(0, count: count))
        var point = 0
        for index in 0..<count {
            let position = positionByTime(index)
            while point < cuts.count, start(cut: cuts[point], length: length) < events[position] {
                point += 1
            }
            leaves[position] = Int32(truncatingIfNeeded: point)
        }
    }

    /// So long before a cut. It stops at the first finite instant, as `Timestamp`'s arithmetic does.
    @inline(__always)
    func start(cut: Int64, length: Int64) -> Int64 { Self.start(cut: cut, length: length, notBefore: earliest) }

    @inline(__always)
    static func start(cut: Int64, length: Int64, notBefore earliest: Int64) -> Int64 {
        let (start, overflow) = cut.subtractingReportingOverflow(length)
        return overflow ? earliest : max(earliest, start)
    }
}
