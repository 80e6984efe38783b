package import FeatureDefs
package import OfflineStore
import OnlineStore
package import PostgresClient
package import RedisClient

/// What a comparison of the online store with the recomputation found.
package struct Reconciliation: Hashable, Sendable {
    package let view: String
    package let cut: Timestamp
    /// Entities recomputed and compared.
    package var compared = 0
    /// Entities that Redis lacks.
    package var missing = 0
    /// Rows with other values.
    package var different = 0
    /// Rows that cannot be read: garbage, or of another definition.
    package var unreadable = 0
    /// Rows of entities that have none offline; looked for when every entity is compared.
    package var extra = 0
    /// Rows written or removed to mend all that.
    package var repaired = 0

    package var faults: Int { missing + different + unreadable + extra }
    package var isClean: Bool { faults == 0 }
}

/// Compares what Redis has with what it should have, and mends it: for what no run can notice, such as evicted keys, rows
/// deleted unseen, or somebody else's writes.
package struct Reconciler: Sendable {
    private let project: String
    private let offline: PostgresConnection
    private let online: RedisConnection
    private let observer: Materializer.Observer?

    package init(project: String, offline: PostgresConnection, online: RedisConnection, observer: Materializer.Observer? = nil) {
        self.project = project
        self.offline = offline
        self.online = online
        self.observer = observer
    }

    /// Compares the view's rows as of its last run's cut, or without a schedule as of `startedAt`, all of them or a sample. An incremental run
    /// at that cut goes first, so that rows which have come since do not count as faults; only one that comes in the moment between may.
    /// nil when the view has not been materialized under its present definition.
    ///
    /// When something was mended, the next run computes every entity: there is likely to be more, and what was mended was read later than what
    /// the last run saw.
    package func reconcile(
        _ target: MaterializationTarget, sample: EntitySample?, repairs: Bool, startedAt: Timestamp
    ) async throws -> Reconciliation? {
        let log = MaterializationLog(connection: offline, project: project)
        let layout = OnlineViewLayout(project: project, view: target.view, ids: target.ids)
        let materializer = Materializer(project: project, offline: offline, online: online, observer: observer)
        return try await log.withRun(
            of: target.view.name, layout: target.ids.layout, whenBusy: { observer?(target.view.name, .waiting) }
        ) { beginning in
            guard let base = beginning.base else { return nil }
            let cut = target.view.schedule == nil ? max(base.cut, startedAt) : base.cut
            _ = try await materializer.catchUp(layout, from: beginning, cut: cut, startedAt: startedAt, gate: target.gate)
            let run = try await log.nextNumber()
            guard repairs else {
                let comparison = try await RowComparison(layout: layout, online: online, cut: cut, run: run, now: startedAt)
                return try await compare(layout, comparison, sample, repairs: false)
            }
            return try await repair(layout, sample, cut: cut, run: run, now: startedAt)
        }
    }

    /// Writes as a run does, by a connection that the next one can cut off.
    private func repair(
        _ layout: OnlineViewLayout, _ sample: EntitySample?, cut: Timestamp, run: UInt32, now: Timestamp
    ) async throws -> Reconciliation {
        let mark = OnlineRunMark(project: project, on: online)
        let last = try await mark.begin(run: run, of: layout)
        let connection = RunConnection(of: layout, in: project, run: run, beside: online)
        let result: Result<Reconciliation, any Error>
        do {
            let comparison = try await RowComparison(
                layout: layout, online: try await connection.open(), cut: cut, run: run, now: now)
            result = .success(try await compare(layout, comparison, sample, repairs: true))
        } catch {
            result = .failure(error)
        }
        connection.close()
        let reconciliation = try result.get()
        if reconciliation.repaired == 0 { try await mark.abandon(run: run, restoring: last, of: layout) }
        return reconciliation
    }

    private func compare(
        _ layout: OnlineViewLayout, _ start: RowComparison, _ sample: EntitySample?, repairs: Bool
    ) async throws -> Reconciliation {
        var comparison = start
        let reader = EntityRowReader(connection: offline)
        _ = try await reader.forEachBatch(
            of: layout.view, cut: comparison.cut, scope: .everyEntity(.asked), sample: sample, countsRows: false,
            collecting: EntityValues(of: layout.view)
        ) { batch in
            try await comparison.compare(batch, repairs: repairs)
            observer?(layout.view.name, .rows(comparison.result.compared))
        }
        if sample == nil { try await comparison.findExtraRows(repairs: repairs, reading: reader) }
        return try await comparison.finish()
    }
}
