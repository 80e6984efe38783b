/// Which rows to take from a column, in which order: row numbers, where -1 stands for none, which gives NULL.
package typealias RowChoice = ContiguousArray<Int32>

extension RowChoice {
    package init(reserving capacity: Int) {
        self.init()
        reserveLarge(capacity)
    }

    /// Choices one after the other.
    package static func joined(_ parts: [RowChoice]) -> RowChoice {
        if parts.count == 1 { return parts[0] }
        var joined = RowChoice(reserving: parts.reduce(0) { $0 + $1.count })
        for part in parts { joined.append(contentsOf: part) }
        return joined
    }
}
