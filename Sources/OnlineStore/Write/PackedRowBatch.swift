package import FeatureDefs

/// Rows of one view on their way to Redis: their entities' keys and the packed rows, each end to end.
package struct PackedRowBatch: Sendable {
    let layout: OnlineViewLayout
    private(set) var keys = PackedList()
    private(set) var rows = PackedList()
    /// Rows that were left out: a join key is NULL, which matches nothing.
    private(set) var nullKeys = 0

    package init(of layout: OnlineViewLayout) {
        self.layout = layout
    }

    /// An empty one, with room for rows that are sent once there are so many bytes of them, and for as many as another had.
    package init(like other: PackedRowBatch, sentAt byteCount: Int) {
        layout = other.layout
        keys = PackedList(roomFor: other.keys)
        // Somewhat more of them come than are waited for: bytes that have no room are copied to where they have twice as much.
        rows = PackedList(roomFor: other.rows, byteCount: byteCount + byteCount / 4)
    }

    package var count: Int { keys.count }
    package var byteCount: Int { keys.byteCount + rows.byteCount }

    /// Adds one row. `key` has the values of the view's `joinKeys`, `cells` those of its `storedCells`, in order.
    package mutating func append(key: [FeatureValue], version: RowVersion, cells: [FeatureValue]) throws {
        guard try append(key) else { return }
        do {
            try layout.rowLayout.encode(cells, version: version, into: &rows.bytes)
        } catch {
            keys.removeLast()
            throw error
        }
        rows.endString()
    }

    /// Adds one row whose cells `fill` puts in, and tells the version of; without a version there is no row.
    package mutating func append(
        key: [FeatureValue], filling fill: (inout PackedRowBuilder) throws -> RowVersion?
    ) throws {
        guard try append(key) else { return }
        var row = PackedRowBuilder(layout.rowLayout, taking: &rows.bytes)
        var version: RowVersion?
        defer {
            row.end(version: version, givingBackTo: &rows.bytes)
            if version == nil { keys.removeLast() } else { rows.endString() }
        }
        version = try fill(&row)
    }

    /// Returns false, having counted it, for a key with a NULL.
    private mutating func append(_ key: [FeatureValue]) throws(EntityKeyError) -> Bool {
        guard try layout.encode(key: key, into: &keys.bytes) else {
            nullKeys += 1
            return false
        }
        keys.endString()
        return true
    }

    package mutating func removeAll() {
        keys.removeAll()
        rows.removeAll()
        nullKeys = 0
    }
}
