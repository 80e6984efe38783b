package import FeatureDefs
package import PostgresClient

/// One entity's values of a feature view as of a cut, as the offline store computed them.
package struct EntityRow: Hashable, Sendable {
    /// The view's join keys, in order; none is NULL.
    package let keys: [FeatureValue]
    /// The view's `storedCells`, in order.
    package let cells: [FeatureValue]
    /// The newest event among the rows that the `latest` features chose; `-infinity` when there is none.
    package let event: Timestamp
    /// When that event became available.
    package let available: Timestamp
    /// Whether the entity has a visible row.
    package let hasRows: Bool
}

/// Gathers rows as values.
package struct EntityValues: EntityRowCollector {
    private static let batchSize = 2000

    private let keyTypes: [FeatureType]
    private let cells: [StoredCell]
    private var events = ChosenEvents()
    private var batch: [EntityRow] = []

    package init(of view: FeatureViewPlan) {
        keyTypes = view.joinKeys.map(\.type)
        cells = view.storedCells
    }

    package mutating func add(_ row: inout BinaryCopyRow) throws {
        var keys: [FeatureValue] = []
        for type in keyTypes { keys.append(try row.nextValue(as: type)) }
        var values: [FeatureValue] = []
        values.reserveCapacity(cells.count)
        for cell in cells {
            let value = try row.nextValue(as: cell.type)
            values.append(value)
            if case .latestEventTimestamp = cell { events.add(value) }
        }
        let newest = try events.takeNewest(&row)
        let hasRows = try row.nextBool() ?? false
        batch.append(
            EntityRow(keys: keys, cells: values, event: newest.event, available: newest.available, hasRows: hasRows))
    }

    package mutating func takeBatch(isLast: Bool) -> [EntityRow]? {
        guard !batch.isEmpty, isLast || batch.count >= Self.batchSize else { return nil }
        defer { batch.removeAll(keepingCapacity: true) }
        return batch
    }
}
