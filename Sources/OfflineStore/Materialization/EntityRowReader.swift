package import FeatureDefs
package import PostgresClient

/// What a run computed, and what it saw of the source.
package struct EntityRowsRead: Hashable, Sendable {
    package let scope: MaterializationScope
    package let state: SourceState
    /// nil for a source whose rows have no versions.
    package let rows: SourceRowCounts?
    /// Whether rows were gone, and so perhaps whole entities, which then are not among those handed on.
    package let hasLosses: Bool
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
    ///
    /// - Parameters:
    ///   - gate: what the rows that are taken in are held to; where they break it, `BatchHeldBack` is thrown before any batch.
    ///   - countsRows: whether the source's rows are counted, by one more scan: for a run that starts from another or that
    ///   another may start from.
    package func forEachBatch(
        of view: FeatureViewPlan,
        cut: Timestamp,
        scope: MaterializationScope,
        sample: EntitySample? = nil,
        gate: SourceExpectations? = nil,
        countsRows: Bool = true,
        _ body: ([EntityRow]) async throws -> Void
    ) async throws -> EntityRowsRead {
        let channel = BatchChannel<EntityRow>(capacity: Self.waitingBatches)
        return try await withThrowingTaskGroup(of: EntityRowsRead.self) { group in
            group.addTask {
                defer { channel.finish() }
                return try await connection.transaction(isolation: .repeatableRead, readOnly: true) {
                    let state = try await SourceState.read(view.source.relation, on: connection)
                    let asked = scope.checked(against: state)
                    if case .entities(let keys) = asked { try await GivenEntities(of: view).stage(keys, on: connection) }
                    let (scope, rows, losses) = countsRows ? try await counted(asked, of: view, state) : (asked, nil, [])
                    if let gate {
                        try await SourceChecker(connection: connection).hold(gate, from: view, cut: cut, scope: scope)
                    }
                    let access = scope.isFull ? try await EntityAccess.choose(for: view, on: connection) : .searched
                    let sql = MaterializationSQL(
                        view: view, cut: cut, scope: scope, losses: losses, sample: sample, access: access)
                    try await produce(try sql.query().text, of: view, into: channel)
                    return EntityRowsRead(scope: scope, state: state, rows: rows, hasLosses: !losses.isEmpty)
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

    /// The scope once the source's rows are counted, and the buckets of entities that have lost some. Within a transaction.
    private func counted(
        _ scope: MaterializationScope, of view: FeatureViewPlan, _ state: SourceState
    ) async throws -> (MaterializationScope, SourceRowCounts?, losses: [Int]) {
        let base: MaterializationBase?
        switch scope {
        case .everyEntity: base = nil
        case .changed(let since): base = since
        case .entities: return (scope, nil, [])
        }
        guard state.storage != nil else { return (scope, nil, []) }
        let rows = try await SourceRowCounts.read(view, state, base: base?.state, on: connection)
        guard let base else { return (scope, rows, []) }
        guard let before = base.rows else { return (.everyEntity(.baseIsNotComparable), rows, []) }
        let losses = rows.losses(since: before)
        guard losses.count <= SourceRowCounts.bucketCount / 2 else { return (.everyEntity(.rowsWereRewritten), rows, []) }
        return (scope, rows, losses)
    }

    /// Calls `body` with the keys of every entity that has a visible row at the cut, in batches.
    package func forEachKey(
        of view: FeatureViewPlan, cut: Timestamp, _ body: ([FeatureValue]) throws -> Void
    ) async throws {
        let query = try MaterializationSQL(view: view, cut: cut, scope: .everyEntity(.asked), access: .sorted).keysQuery().text
        let types = view.joinKeys.map(\.type)
        let keys = try await connection.copyOut(
            "COPY (\n\(query)\n) TO STDOUT (FORMAT binary)", into: (decoder: BinaryCopyDecoder(), keys: [[FeatureValue]]())
        ) { state, message in
            try state.decoder.decode(message) { row in
                var key: [FeatureValue] = []
                for type in types { key.append(try row.nextValue(as: type)) }
                state.keys.append(key)
            }
        }
        try keys.decoder.finish()
        for key in keys.keys { try body(key) }
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
