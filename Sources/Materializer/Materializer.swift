package import FeatureDefs
package import OfflineStore
package import OnlineStore
package import PostgresClient
package import RedisClient

/// Fills the online store from the offline one as of the cut that is due: the entities that may have changed since the last
/// run, or every entity.
///
/// A run first writes, then marks Redis, having been recorded in Postgres. Whatever ends it in between, the next run starts
/// from the last one that was recorded *and* marked, and what was written meanwhile is written again. A run during which Redis lost
/// what it had fails, and is neither.
package struct Materializer: Sendable {
    /// What a run tells of itself while it goes on.
    package enum Progress: Hashable, Sendable {
        /// Another run of the view is going on.
        case waiting
        /// So many rows have been handed to the online store.
        case rows(Int)
    }

    package typealias Observer = @Sendable (_ view: String, Progress) -> Void

    private let project: String
    private let offline: PostgresConnection
    private let online: RedisConnection
    private let observer: Observer?

    package init(project: String, offline: PostgresConnection, online: RedisConnection, observer: Observer? = nil) {
        self.project = project
        self.offline = offline
        self.online = online
        self.observer = observer
    }

    /// Computes the view as of the cut served at `instant`, and writes what is newer than Redis has. Afterwards Redis has
    /// the rows that a full run would have written. Running it again, after a crash too, is harmless.
    package func materialize(
        _ target: MaterializationTarget, at instant: Timestamp, startedAt: Timestamp, isFull: Bool = false
    ) async throws -> MaterializationRun {
        let view = target.view
        guard view.isServable else {
            throw MaterializationError.notServable(view)
        }
        try await CatalogueReader(connection: offline).requireFit(of: [view])
        let log = MaterializationLog(connection: offline, project: project)
        return try await log.withRun(of: view.name, whenBusy: { observer?(view.name, .waiting) }) { number in
            let base = try await log.base(of: view.name)
            let cut = view.cut(at: instant, knowledge: .asServed)
            let layout = OnlineViewLayout(project: project, view: view, ids: target.ids)
            try await OnlineRunMark(project: project, on: online).begin(run: number, of: layout)
            let scope = isFull ? .everyEntity(.asked) : try await scope(from: base, layout: layout, cut: cut)
            return try await run(
                layout, number: number, cut: cut, startedAt: startedAt, base: base, scope: scope, gate: target.gate)
        }
    }

    /// Runs the view once more at its last run's cut, under the caller's number: what has come since, and no more.
    func catchUp(
        _ layout: OnlineViewLayout, number: UInt32, base: MaterializationBase, startedAt: Timestamp,
        gate: SourceExpectations?
    ) async throws -> MaterializationRun {
        try await OnlineRunMark(project: project, on: online).begin(run: number, of: layout)
        let scope = try await scope(from: base, layout: layout, cut: base.cut)
        return try await run(
            layout, number: number, cut: base.cut, startedAt: startedAt, base: base, scope: scope, gate: gate)
    }

    /// Writes, records and marks. The run's beginning has been noted.
    private func run(
        _ layout: OnlineViewLayout, number: UInt32, cut: Timestamp, startedAt: Timestamp, base: MaterializationBase?,
        scope: MaterializationScope, gate: SourceExpectations? = nil
    ) async throws -> MaterializationRun {
        let mark = OnlineRunMark(project: project, on: online)
        let outcome = try await write(layout, number: number, cut: cut, scope: scope, gate: gate)
        guard try await mark.isWhole(run: number, of: layout) else {
            throw MaterializationError.onlineStoreLostRows(view: layout.view.name)
        }
        let run = MaterializationRun(
            number: number,
            view: layout.view.name,
            fingerprint: layout.view.fingerprint,
            layout: layout.rowLayout.id,
            cut: cut,
            scope: outcome.read.scope,
            state: outcome.read.state,
            sourceRows: outcome.read.rows,
            startedAt: startedAt,
            rowsWritten: outcome.counts.written,
            rowsKept: outcome.counts.kept,
            rowsRemoved: outcome.removed
        )
        try await MaterializationLog(connection: offline, project: project).record(run)
        if base.map({ $0.cut <= cut }) ?? true {
            guard try await mark.set(run: number, of: layout) else {
                throw MaterializationError.onlineStoreLostRows(view: layout.view.name)
            }
        }
        return run
    }

    /// The writing of a full run, for a project that nobody else has: nothing is removed, recorded or marked. Runs must come
    /// in the order of their instants.
    package func fill(_ target: MaterializationTarget, at instant: Timestamp) async throws -> OnlineWriteCounts {
        guard target.view.isServable else {
            throw MaterializationError.notServable(target.view)
        }
        let cut = target.view.cut(at: instant, knowledge: .asServed)
        let layout = OnlineViewLayout(project: project, view: target.view, ids: target.ids)
        return try await write(layout, number: 1, cut: cut, scope: .everyEntity(.asked), isRecorded: false).counts
    }

    /// What a run at `cut` may leave out, as far as base and mark tell.
    private func scope(
        from base: MaterializationBase?, layout: OnlineViewLayout, cut: Timestamp
    ) async throws -> MaterializationScope {
        guard let base else { return .everyEntity(.firstRun) }
        guard base.layout == layout.rowLayout.id else { return .everyEntity(.definitionChanged) }
        guard base.cut <= cut else { return .everyEntity(.earlierThanLastRun) }
        let mark = try await OnlineRunMark(project: project, on: online).run(of: layout)
        guard base.run == mark else { return .everyEntity(.onlineStoreLostRun) }
        return .changed(since: base)
    }

    /// Computes given entities as of an instant, and writes what is newer than Redis has: no run, and so recorded nowhere. The
    /// next run finds for itself what has come into the source.
    func compute(_ keys: [[FeatureValue]], of layout: OnlineViewLayout, at instant: Timestamp) async throws -> OnlineWriteCounts {
        let cut = layout.view.cut(at: instant, knowledge: .asServed)
        return try await write(layout, number: 0, cut: cut, scope: .entities(keys), isRecorded: false).counts
    }

    private struct Outcome {
        let read: EntityRowsRead
        let counts: OnlineWriteCounts
        let removed: Int
    }

    private func write(
        _ layout: OnlineViewLayout, number: UInt32, cut: Timestamp, scope: MaterializationScope,
        gate: SourceExpectations? = nil, isRecorded: Bool = true
    ) async throws -> Outcome {
        let view = layout.view
        var writer = try await OnlineWriter(to: online, layout: layout)
        var remover = try await OnlineRemover(of: layout, olderThan: cut, run: number, on: online)
        var rows = 0
        let read: EntityRowsRead
        do {
            read = try await EntityRowReader(connection: offline).forEachBatch(
                of: view, cut: cut, scope: scope, gate: gate, countsRows: isRecorded
            ) { batch in
                for row in batch {
                    guard row.hasRows else {
                        try await remover.remove(key: row.keys)
                        continue
                    }
                    let version = RowVersion(cut: cut, run: number, event: row.event, available: row.available)
                    try await writer.write(key: row.keys, version: version, cells: row.cells)
                }
                rows += batch.count
                observer?(view.name, .rows(rows))
            }
        } catch let error as PostgresError where error.isDataException {
            throw MaterializationError.computationFailed(view: view.name, reason: error.message)
        }
        let counts = try await writer.finish()
        var removed = try await remover.finish()
        if read.scope.isFull, isRecorded {
            removed += try await OnlineSweep(on: online).removeRows(of: layout, olderThan: cut, run: number)
        }
        if read.hasLosses { removed += try await removeRowsWithoutEntity(of: layout, cut: cut, run: number) }
        return Outcome(read: read, counts: counts, removed: removed)
    }

    /// An entity of which all rows are gone is no row's entity any more: only the online store knows its key.
    private func removeRowsWithoutEntity(of layout: OnlineViewLayout, cut: Timestamp, run: UInt32) async throws -> Int {
        var extra = OnlineExtraRows(of: layout, in: online)
        try await EntityRowReader(connection: offline).forEachKey(of: layout.view, cut: cut) { try extra.expect(key: $0) }
        return try await extra.find(notAfter: cut, removingOlderThan: run).removed
    }
}
