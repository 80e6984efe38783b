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
    private static let waitingBatches = 2

    private let connection: PostgresConnection

    package init(connection: PostgresConnection) {
        self.connection = connection
    }

    /// Calls `body` with each batch while Postgres goes on with the next ones. All is read from one snapshot. The scope returned is
    /// wider than the one asked for when the source's state says that less would not do.
    ///
    /// - Parameters:
    ///   - gate: what the rows that are taken in are held to; where they break it, `BatchHeldBack` is thrown before any batch.
    ///   - collector: what makes batches of the rows.
    ///   - countsRows: whether the source's rows are counted, by one more scan: for a run that starts from another or that
    ///   another may start from.
    package func forEachBatch<Collector: EntityRowCollector>(
        of view: FeatureViewPlan,
        cut: Timestamp,
        scope: MaterializationScope,
        sample: EntitySample? = nil,
        gate: SourceExpectations? = nil,
        countsRows: Bool = true,
        collecting collector: Collector,
        _ body: (Collector.Batch) async throws -> Void
    ) async throws -> EntityRowsRead {
        let channel = BatchChannel<Collector.Batch>(capacity: Self.waitingBatches)
        return try await withThrowingTaskGroup(of: EntityRowsRead.self) { group in
            // Statement upon statement, and then batches whose sending blocks.
            group.addTask(executorPreference: connection.executor) {
                defer { channel.finish() }
                return try await connection.transaction(isolation: .repeatableRead, readOnly: true) {
                    let (state, rowEstimate) = try await SourceState.read(view.source.relation, on: connection)
                    let asked = scope.checked(against: state)
                    if case .entities(let keys) = asked { try await GivenEntities(of: view).stage(keys, on: connection) }
                    let work =
                        countsRows ? try await counted(asked, of: view, state, rowEstimate, cut: cut) : Work(scope: asked)
                    if let gate {
                        try await SourceChecker(connection: connection).hold(gate, from: view, cut: cut, scope: work.scope)
                    }
                    let wanted = try await wanted(by: work, of: view)
                    let access = try await EntityAccess.choose(
                        for: view, wanted: wanted, sample: sample, rows: work.rowEstimate, on: connection)
                    let sql = MaterializationSQL(
                        view: view, cut: cut, scope: work.scope, losses: work.losses, sample: sample, access: access)
                    try await produce(try sql.query().text, of: view, access, collector, into: channel)
                    return EntityRowsRead(
                        scope: work.scope, state: state, rows: work.rows, hasLosses: work.losses != nil)
                }
            }
            do {
                // Not on the connection's thread, even where the caller is: there it would wait for what waits for it.
                try await withTaskExecutorPreference(globalConcurrentExecutor) {
                    for await batch in channel.batches {
                        try await body(batch)
                        channel.batchWasConsumed()
                    }
                }
            } catch {
                channel.abandon()
                throw error
            }
            guard let read = try await group.next() else { throw CancellationError() }
            return read
        }
    }

    /// What is to be done, once the source is known.
    private struct Work {
        var scope: MaterializationScope
        var rows: SourceRowCounts?
        var losses: LostBuckets?
        /// How many rows Postgres expects the source to have, once they have been counted, and the table so is locked.
        var rowEstimate: Double?
    }

    /// What is left of the scope once the source's rows are counted. Within a transaction.
    private func counted(
        _ scope: MaterializationScope, of view: FeatureViewPlan, _ state: SourceState, _ rowEstimate: Double?, cut: Timestamp
    ) async throws -> Work {
        var work = Work(scope: scope)
        let base: MaterializationBase?
        switch scope {
        case .everyEntity: base = nil
        case .changed(let since): base = since
        case .entities: return work
        }
        guard state.storage != nil else { return work }
        let estimate =
            if let rowEstimate { rowEstimate } else {
                try await EntityAccess.rowEstimate(of: try view.source.relation.sql(), on: connection)
            }
        let buckets = EntityBuckets(rows: estimate, atLeast: base?.rows?.buckets)
        let rows = try await SourceRowCounts.read(view, state, buckets: buckets, base: base, cut: cut, on: connection)
        (work.rowEstimate, work.rows) = (estimate, rows)
        guard let base else { return work }
        guard let before = base.rows else {
            work.scope = .everyEntity(.baseIsNotComparable)
            return work
        }
        let losses = rows.losses(since: before)
        if losses?.areMany == true { work.scope = .everyEntity(.rowsWereRewritten) } else { work.losses = losses }
        return work
    }

    /// How many entities are wanted, at most; nil for all. Within a transaction.
    private func wanted(by work: Work, of view: FeatureViewPlan) async throws -> Int64? {
        switch work.scope {
        case .everyEntity: return nil
        case .changed(let base):
            guard let rows = work.rows else { return nil }
            let unsettled = try await UnsettledEntities(of: view, in: base.project).count(on: connection)
            return rows.changedEntities(losses: work.losses) + unsettled
        case .entities(let keys): return Int64(keys.count)
        }
    }

    /// Adds the keys of every entity that has a visible row at the cut to a result, one by one: on the connection's thread, as they come.
    package func reduceKeys<Result: Sendable>(
        of view: FeatureViewPlan, cut: Timestamp, into result: Result,
        _ add: @escaping @Sendable (inout Result, [FeatureValue]) throws -> Void
    ) async throws -> Result {
        let sql = MaterializationSQL(view: view, cut: cut, scope: .everyEntity(.asked), access: .scanned(.many))
        let query = try sql.keysQuery().text
        let types = view.joinKeys.map(\.type)
        return try await connection.copyOutRows(of: query, into: result) { result, row in
            var key: [FeatureValue] = []
            for type in types { key.append(try row.nextValue(as: type)) }
            try add(&result, key)
        }
    }

    /// Within a transaction.
    private func produce<Collector: EntityRowCollector>(
        _ query: String, of view: FeatureViewPlan, _ access: EntityAccess, _ collector: Collector,
        into channel: BatchChannel<Collector.Batch>
    ) async throws {
        try await PlannerSettings.apply(access, to: view.source.relation, on: connection)
        let start = (decoder: BinaryCopyDecoder(), collector: collector)
        var rest = try await connection.copyOutInRuns("COPY (\n\(query)\n) TO STDOUT (FORMAT binary)", into: start) {
            state, messages in
            try state.decoder.decode(messages) { row in try state.collector.add(&row) }
            if let batch = state.collector.takeBatch(isLast: false) { try channel.send(batch) }
        }
        try rest.decoder.finish()
        if let batch = rest.collector.takeBatch(isLast: true) { try channel.send(batch) }
    }
}
