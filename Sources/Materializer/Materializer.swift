package import FeatureDefs
package import OfflineStore
import OnlineStore
package import PostgresClient
package import RedisClient

/// Fills the online store from the offline one as of the cut that is due: the entities that may have changed since the last
/// run, or every entity.
///
/// A run first writes, then marks Redis, having been recorded in Postgres. Whatever ends it in between, the next run starts
/// from the last one that was recorded *and* marked, and what was written meanwhile is written again.
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
        let log = MaterializationLog(connection: offline, project: project)
        return try await log.withRun(of: view.name, whenBusy: { observer?(view.name, .waiting) }) { number in
            let cut = view.cut(at: instant, knowledge: .asServed)
            let layout = OnlineViewLayout(project: project, view: view, ids: target.ids)
            let mark = OnlineRunMark(project: project, on: online)
            let base = try await log.base(of: view.name)
            let scope: MaterializationScope =
                isFull
                ? .everyEntity(.asked) : Self.scope(from: base, mark: try await mark.run(of: layout), layout: layout, cut: cut)
            let outcome = try await write(layout, number: number, cut: cut, scope: scope)
            let run = MaterializationRun(
                number: number,
                view: view.name,
                fingerprint: view.fingerprint,
                layout: target.ids.layout,
                cut: cut,
                scope: outcome.read.scope,
                state: outcome.read.state,
                startedAt: startedAt,
                rowsWritten: outcome.counts.written,
                rowsKept: outcome.counts.kept,
                rowsRemoved: outcome.removed
            )
            try await log.record(run)
            if base.map({ $0.cut <= cut }) ?? true { try await mark.set(run: number, of: layout) }
            return run
        }
    }

    /// What a run at `cut` may leave out, as far as base and mark tell.
    private static func scope(
        from base: MaterializationBase?, mark: UInt32?, layout: OnlineViewLayout, cut: Timestamp
    ) -> MaterializationScope {
        guard let base else { return .everyEntity(.firstRun) }
        guard base.layout == layout.rowLayout.id else { return .everyEntity(.definitionChanged) }
        guard base.cut <= cut else { return .everyEntity(.earlierThanLastRun) }
        guard base.run == mark else { return .everyEntity(.onlineStoreLostRun) }
        return .changed(since: base)
    }

    private struct Outcome {
        let read: EntityRowsRead
        let counts: OnlineWriteCounts
        let removed: Int
    }

    private func write(
        _ layout: OnlineViewLayout, number: UInt32, cut: Timestamp, scope: MaterializationScope
    ) async throws -> Outcome {
        let view = layout.view
        var writer = try await OnlineWriter(to: online, layout: layout)
        var remover = try await OnlineRemover(of: layout, olderThan: cut, run: number, on: online)
        var rows = 0
        let read: EntityRowsRead
        do {
            read = try await EntityRowReader(connection: offline).forEachBatch(of: view, cut: cut, scope: scope) { batch in
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
        if read.scope.isFull {
            removed += try await OnlineSweep(on: online).removeRows(of: layout, olderThan: cut, run: number)
        }
        return Outcome(read: read, counts: counts, removed: removed)
    }
}
