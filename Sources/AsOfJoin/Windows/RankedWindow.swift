import Columnar
import FeatureDefs

/// Aggregates that need to know which rows are in the window, by the rank of their value or their time: `min`, `max`, `first`,
/// `last_n`, `distinct_count`. Each row enters and leaves once, at a cost that grows with the logarithm of the key's rows to base 64.
struct RankedWindow {
    private var members = RankSet()
    private var multiplicity = ContiguousArray<Int32>()
    /// By position: its place among the key's rows in the order of (event, available, ties).
    private var places = ContiguousArray<Int32>()

    /// Appends the row with the least or the greatest value at each point; among equal values, the one that ranks there.
    mutating func appendExtremum(
        isGreatest: Bool, _ group: KeyGroup, _ spans: WindowSpans, _ ranks: ValueRanks, to chosen: inout RowChoice
    ) {
        members.reset(capacity: max(1, ranks.positions.count))
        spans.walk(
            group,
            enter: { (position) throws(Never) in
                if ranks.rank[position] >= 0 { members.insert(Int(ranks.rank[position])) }
            },
            leave: { (position) throws(Never) in
                if ranks.rank[position] >= 0 { members.remove(Int(ranks.rank[position])) }
            },
            emit: { (_) throws(Never) in
                let rank = isGreatest ? members.last : members.first
                chosen.append(rank.map { group.rows[Int(ranks.positions[$0])] } ?? -1)
            }
        )
    }

    /// Appends the number of different values at each point.
    mutating func appendDistinctCount(
        _ group: KeyGroup, _ spans: WindowSpans, _ ranks: ValueRanks, to counts: inout ContiguousArray<Int64>
    ) {
        multiplicity.reset(to: 0, count: ranks.positions.count)
        var distinct: Int64 = 0
        spans.walk(
            group,
            enter: { (position) throws(Never) in
                guard ranks.rank[position] >= 0 else { return }
                let value = Int(ranks.firstOfEqual[Int(ranks.rank[position])])
                if multiplicity[value] == 0 { distinct += 1 }
                multiplicity[value] += 1
            },
            leave: { (position) throws(Never) in
                guard ranks.rank[position] >= 0 else { return }
                let value = Int(ranks.firstOfEqual[Int(ranks.rank[position])])
                multiplicity[value] -= 1
                if multiplicity[value] == 0 { distinct -= 1 }
            },
            emit: { (_) throws(Never) in counts.append(distinct) }
        )
    }

    /// Appends the earliest row at each point. Its value may be NULL.
    mutating func appendFirst(
        _ group: KeyGroup, _ spans: WindowSpans, _ feature: WindowFeature, to chosen: inout RowChoice
    ) {
        loadPlaces(group, feature)
        spans.walk(
            group,
            enter: { (position) throws(Never) in enter(position) },
            leave: { (position) throws(Never) in leave(position) },
            emit: { (_) throws(Never) in
                chosen.append(members.first.map { group.rows[group.positionByTime($0)] } ?? -1)
            }
        )
    }

    /// Appends the latest so many rows at each point, newest first. Their values may be NULL.
    mutating func appendLast(
        _ count: Int, _ group: KeyGroup, _ spans: WindowSpans, _ feature: WindowFeature, to lists: inout RowLists
    ) {
        loadPlaces(group, feature)
        spans.walk(
            group,
            enter: { (position) throws(Never) in enter(position) },
            leave: { (position) throws(Never) in leave(position) },
            emit: { (_) throws(Never) in
                var place = members.last
                var left = count
                while left > 0, let current = place {
                    lists.rows.append(group.rows[group.positionByTime(current)])
                    place = members.last(before: current)
                    left -= 1
                }
                lists.ends.append(lists.rows.count)
            }
        )
    }

    private mutating func loadPlaces(_ group: KeyGroup, _ feature: WindowFeature) {
        places.reset(to: -1, count: group.count)
        for place in 0..<group.count {
            let position = group.positionByTime(place)
            if feature.counts(group.rows[position], withNulls: true) { places[position] = Int32(truncatingIfNeeded: place) }
        }
        members.reset(capacity: max(1, group.count))
    }

    private mutating func enter(_ position: Int) {
        if places[position] >= 0 { members.insert(Int(places[position])) }
    }

    private mutating func leave(_ position: Int) {
        if places[position] >= 0 { members.remove(Int(places[position])) }
    }
}
