/// What became of the rows that were to be removed.
package struct RemovalCounts: Hashable, Sendable {
    package var removed = 0
    /// Stay, since a later run wrote them.
    package var outranked = 0

    package init(removed: Int = 0, outranked: Int = 0) {
        self.removed = removed
        self.outranked = outranked
    }

    package static func += (total: inout Self, more: Self) {
        total.removed += more.removed
        total.outranked += more.outranked
    }
}
