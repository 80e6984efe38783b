package import FeatureDefs
package import OfflineStore
import OnlineStore
package import PostgresClient
package import RedisClient

/// Fills the online store from the offline one: every entity, as of the cut that is due.
package struct Materializer: Sendable {
    /// The view's name, and rows handed to the online store so far.
    package typealias Observer = @Sendable (_ view: String, _ rows: Int) -> Void

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

    /// Computes the view for every entity as of the cut served at `instant`, writes what is newer than Redis has, and
    /// removes entities that no longer have rows. Running it again, after a crash too, is harmless.
    package func materialize(_ target: MaterializationTarget, at instant: Timestamp, startedAt: Timestamp) async throws
        -> MaterializationRun
    {
        let view = target.view
        guard view.isServable else {
            throw MaterializationError.notServable(view)
        }
        let cut = view.cut(at: instant, knowledge: .asServed)
        let layout = OnlineViewLayout(project: project, view: view, ids: target.ids)
        var writer = try await OnlineWriter(to: online, layout: layout)
        var rows = 0
        do {
            try await EntityRowReader(connection: offline).forEachBatch(of: view, cut: cut) { batch in
                for row in batch {
                    let version = RowVersion(cut: cut, event: row.event, available: row.available)
                    try await writer.write(key: row.keys, version: version, cells: row.cells)
                }
                rows += batch.count
                observer?(view.name, rows)
            }
        } catch let error as PostgresError where error.isDataException {
            throw MaterializationError.computationFailed(view: view.name, reason: error.message)
        }
        let counts = try await writer.finish()
        let removed = try await OnlineSweep(on: online).removeRows(of: layout, cutBefore: cut)
        let run = MaterializationRun(
            view: view.name,
            fingerprint: view.fingerprint,
            cut: cut,
            startedAt: startedAt,
            rowsWritten: counts.written,
            rowsKept: counts.kept,
            rowsRemoved: removed
        )
        try await MaterializationLog(connection: offline, project: project).record(run)
        return run
    }
}
