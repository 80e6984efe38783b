import Columnar
import FeatureDefs

/// `latest` where rows are known as they happen and all of them count: the points and the rows of a key are walked side by side.
///
/// For keys whose rows came in the order in which they happened, no two at once: of most tables of events, all keys. The others are
/// `KeyGroup`'s and `LatestKernel`'s, which need no order.
struct OrderedLatest {
    private let timed: TimedRows
    private let spine: SpinePoints
    private let earliest = Timestamp.finiteRange.lowerBound.microseconds
    private var rows = ContiguousArray<Int32>()
    private var events = ContiguousArray<Int64>()
    /// By point: how many of the rows have happened.
    private var seen = ContiguousArray<Int32>()

    /// nil where the join asks for more.
    init?(_ join: AsOfJoin) {
        guard join.windows.isEmpty, join.rows.order.available == nil, join.latest.allSatisfy({ $0.mask == nil }) else {
            return nil
        }
        timed = join.rows
        spine = join.points
    }

    /// Appends the row chosen for each point of a key, as `LatestKernel` does; false, and nothing done, where the key's rows are in no
    /// strict order.
    mutating func append(_ key: Int, _ kernels: [LatestKernel], to latest: inout [RowChoice]) -> Bool {
        guard load(key) else { return false }
        spine.cuts.withUnsafeBufferPointer { cuts in
            let cuts = UnsafeBufferPointer(rebasing: cuts[spine.range(key)])
            countSeen(cuts)
            for index in kernels.indices { append(cuts, ttl: kernels[index].ttl, to: &latest[index]) }
        }
        return true
    }

    /// The rows and their times; false where they are in no strict order.
    private mutating func load(_ key: Int) -> Bool {
        rows.removeAll(keepingCapacity: true)
        for part in timed.parts { rows.append(contentsOf: part.rows[part.range(key)]) }
        let count = rows.count
        events.removeAll(keepingCapacity: true)
        events.append(contentsOf: repeatElement(0, count: count))
        return timed.event.withUnsafeBufferPointer { times in
            rows.withUnsafeBufferPointer { rows in
                events.withUnsafeMutableBufferPointer { events in
                    for index in 0..<count { events[index] = times[Int(rows[index])] }
                    var isOrdered = true
                    for index in stride(from: 1, to: count, by: 1) { isOrdered = isOrdered && events[index - 1] < events[index] }
                    return isOrdered
                }
            }
        }
    }

    private mutating func countSeen(_ cuts: UnsafeBufferPointer<Int64>) {
        seen.removeAll(keepingCapacity: true)
        seen.append(contentsOf: repeatElement(0, count: cuts.count))
        events.withUnsafeBufferPointer { events in
            seen.withUnsafeMutableBufferPointer { seen in
                var next = 0
                for point in cuts.indices {
                    while next < events.count, events[next] <= cuts[point] { next += 1 }
                    seen[point] = Int32(truncatingIfNeeded: next)
                }
            }
        }
    }

    private func append(_ cuts: UnsafeBufferPointer<Int64>, ttl: Int64?, to chosen: inout RowChoice) {
        let start = chosen.count
        chosen.append(contentsOf: repeatElement(-1, count: cuts.count))
        chosen.withUnsafeMutableBufferPointer { chosen in
            rows.withUnsafeBufferPointer { rows in
                events.withUnsafeBufferPointer { events in
                    for point in cuts.indices where seen[point] > 0 {
                        let last = Int(seen[point]) - 1
                        if let ttl, events[last] < KeyGroup.start(cut: cuts[point], length: ttl, notBefore: earliest) { continue }
                        chosen[start + point] = rows[last]
                    }
                }
            }
        }
    }
}
