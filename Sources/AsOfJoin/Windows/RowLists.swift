package import Columnar

/// A list of rows for each of a run of points, one after the other.
package struct RowLists: Sendable {
    package internal(set) var rows = RowChoice()
    /// By point: where its rows end.
    package internal(set) var ends = ContiguousArray<Int>()

    /// The lists of the rows' cells at some points; NULL where there are none, and for each -1.
    func column(of argument: Column, at points: RowChoice) -> ListColumn {
        var offsets: ContiguousArray<Int> = [0]
        var chosen = RowChoice()
        var validity = Validity()
        for point in points {
            let count = chosen.count
            if point >= 0 { chosen.append(contentsOf: rows[(point == 0 ? 0 : ends[Int(point) - 1])..<ends[Int(point)]]) }
            if chosen.count > count { validity.appendValid() } else { validity.appendNull() }
            offsets.append(chosen.count)
        }
        return ListColumn(offsets: offsets, elements: argument.gathered(chosen), validity: validity)
    }

    static func joined(_ parts: [RowLists]) -> RowLists {
        var joined = RowLists()
        for part in parts {
            for end in part.ends { joined.ends.append(joined.rows.count + end) }
            joined.rows.append(contentsOf: part.rows)
        }
        return joined
    }
}
