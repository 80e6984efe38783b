package import FeatureDefs
package import PostgresClient

/// Gathers entities' rows into batches, on the connection's thread, as they come.
package protocol EntityRowCollector: Sendable {
    associatedtype Batch: Sendable

    /// Reads one row, all of its fields: the view's join keys, its `storedCells`, the available time of each latest group's row, and
    /// whether the entity has a visible row at all. Without one there is nothing to store, and what is stored is to go.
    mutating func add(_ row: inout BinaryCopyRow) throws

    /// What was added since the last time, once it is enough for a batch, or at the end whatever it is.
    mutating func takeBatch(isLast: Bool) -> Batch?
}

/// The event timestamps of the rows that a view's latest groups chose for one entity, of which the newest counts.
package struct ChosenEvents: Sendable {
    private var events: [Timestamp?] = []

    package init() {}

    /// Notes the cell of the next group's event timestamp.
    package mutating func add(_ cell: FeatureValue) {
        if case .timestamp(let event) = cell { events.append(event) } else { events.append(nil) }
    }

    /// Reads the groups' available times, which come after the cells, and forgets the entity.
    ///
    /// Returns the newest event and when it became available; `-infinity` when there is none.
    package mutating func takeNewest(
        _ row: inout BinaryCopyRow
    ) throws(PostgresError) -> (event: Timestamp, available: Timestamp) {
        var newest = (event: Timestamp.negativeInfinity, available: Timestamp.negativeInfinity)
        for event in events {
            let available = try row.nextTimestamp()
            guard let event, let available, (event, available) > newest else { continue }
            newest = (event, available)
        }
        events.removeAll(keepingCapacity: true)
        return newest
    }
}
