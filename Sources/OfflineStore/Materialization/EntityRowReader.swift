package import FeatureDefs
package import PostgresClient

/// What a run computed, and what it saw of the source.
package struct EntityRowsRead: Hashable, Sendable {
    package let scope: MaterializationScope
    package let state: SourceState
}

/// Computes a view's values at a cut, for every entity or for the changed ones, and hands them on in batches, in bounded memory.
package struct EntityRowReader: Sendable {
    private static let batchSize = 2000
    private static let waitingBatches = 4

    private let connection: PostgresConnection

    package init(connection: PostgresConnection) {
        self.connection = connection
    }

    /// Calls `body` with each batch while Postgres goes on with the next ones. All is read from one snapshot. The scope returned is
    /// wider than the one asked for when the source's state says that less would not do.
    package func forEachBatch(
        of view: FeatureViewPlan,
        cut: Timestamp,
        scope: MaterializationScope,
        sample: EntitySample? = nil,
        _ body: ([EntityRow]) async throws -> Void
    ) async throws -> EntityRowsRead {
        let channel = BatchChannel<EntityRow>(capacity: Self.waitingBatches)
        return try await withThrowingTaskGroup(of: EntityRowsRead.self) { group in
            group.addTask {
                defer { channel.finish() }
                return try await connection.transaction(isolation: .repeatableRead, readOnly: true) {
                    let state = try await SourceState.read(view.source.relation, on: connection)
                    let scope = scope.checked(against: state)
                    if case .entities(let keys) = scope { try await GivenEntities(of: view).stage(keys, on: connection) }
                    let sql = MaterializationSQL(view: view, cut: cut, scope: scope, sample: sample)
                    try await produce(try sql.query().text, of: view, into: channel)
                    return EntityRowsRead(scope: scope, state: state)
                }
            }
            do {
                for await batch in channel.batches {
                    try await body(batch)
                    channel.batchWasConsumed()
                }
            } catch {
                channel.abandon()
                throw error
            }
            guard let read = try await group.next() else { throw CancellationError() }
            return read
        }
    }

    /// Within a transaction.
    private func produce(_ query: String, of view: FeatureViewPlan, into channel: BatchChannel<EntityRow>) async throws {
        try await PlannerSettings.apply(on: connection)
        let start = (decoder: BinaryCopyDecoder(), batch: [EntityRow]())
        let rowReader = EntityRowDecoder(view: view)
        let rest = try await connection.copyOut("COPY (\n\(query)\n) TO STDOUT (FORMAT binary)", into: start) {
            state, message in
            try state.decoder.decode(message) { row in state.batch.append(try rowReader.decode(&row)) }
            guard state.batch.count >= Self.batchSize else { return }
            try channel.send(state.batch)
            state.batch.removeAll(keepingCapacity: true)
        }
        try rest.decoder.finish()
        if !rest.batch.isEmpty { try channel.send(rest.batch) }
    }
}

/// Reads one row of `MaterializationSQL`.
private struct EntityRowDecoder: Sendable {
    let keyTypes: [FeatureType]
    let cells: [StoredCell]
    let groupCount: Int

    init(view: FeatureViewPlan) {
        keyTypes = view.joinKeys.map(\.type)
        cells = view.storedCells
        groupCount = view.latestGroups.count
    }

    func decode(_ row: inout BinaryCopyRow) throws(PostgresError) -> EntityRow {
        var keys: [FeatureValue] = []
        for type in keyTypes { keys.append(try row.nextValue(as: type)) }
        var values: [FeatureValue] = []
        var events: [Timestamp?] = []
        for cell in cells {
            let value = try row.nextValue(as: cell.type)
            values.append(value)
            if case .latestEventTimestamp = cell { events.append(value.timestamp) }
        }
        var newest = (event: Timestamp.negativeInfinity, available: Timestamp.negativeInfinity)
        for event in events {
            let available = try row.nextTimestamp()
            guard let event, let available, (event, available) > newest else { continue }
            newest = (event, available)
        }
        let hasRows = try row.nextBool() ?? false
        return EntityRow(keys: keys, cells: values, event: newest.event, available: newest.available, hasRows: hasRows)
    }
}

extension FeatureValue {
    fileprivate var timestamp: Timestamp? {
        if case .timestamp(let timestamp) = self { timestamp } else { nil }
    }
}
