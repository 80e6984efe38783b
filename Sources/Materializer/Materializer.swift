package import FeatureDefs
package import OfflineStore
package import OnlineStore
package import PostgresClient
package import RedisClient

/// Fills the online store from the offline one as of the cut that is due: the entities that may have changed since the last
/// run, or every entity.
///
/// A run first writes, then marks Redis, having been recorded in Postgres. Whatever ends it in between, the next run knows that it
/// began and did not end, and computes every entity: rows that the dead run saw and wrote may be gone meanwhile without a trace. A run
/// during which Redis lost what it had fails, and is neither recorded nor marked.
package struct Materializer: Sendable {
    /// What a run tells of itself while it goes on.
    package enum Progress: Hashable, Sendable {
        /// Another run of the view is going on.
        case waiting
        /// So many rows have been handed to the online store.
        case rows(Int)
        /// Redis does not let us end what an earlier run, which did not end by itself, may still have under way.
        case cannotCutOff(reason: String)
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

    private var log: MaterializationLog { MaterializationLog(connection: offline, project: project) }

    /// What a run is to do, once no other of its view goes on.
    private struct Assignment {
        let layout: OnlineViewLayout
        let beginning: RunBeginning
        let cut: Timestamp
        let startedAt: Timestamp
        let gate: SourceExpectations?
    }

    /// Computes the view as of the cut served at `instant`, and writes what is newer than Redis has. Afterwards Redis has
    /// the rows that a full run would have written. Running it again, after a crash too, is harmless.
    package func materialize(
        _ target: MaterializationTarget, at instant: RunInstant, startedAt: Timestamp, isFull: Bool = false
    ) async throws -> MaterializationRun {
        let view = target.view
        guard view.isServable else {
            throw MaterializationError.notServable(view)
        }
        try await CatalogueReader(connection: offline).requireFit(of: [view])
        let layout = OnlineViewLayout(project: project, view: view, ids: target.ids)
        return try await log.withRun(
            of: view.name, layout: layout.rowLayout.id, whenBusy: { observer?(view.name, .waiting) }
        ) { beginning in
            let cut: Timestamp =
                switch instant {
                case .at(let instant): view.cut(at: instant, knowledge: .asServed)
                case .present(let earliest):
                    max(
                        view.cut(at: max(beginning.present, earliest), knowledge: .asServed),
                        beginning.base?.cut ?? .negativeInfinity)
                }
            let assignment = Assignment(
                layout: layout, beginning: beginning, cut: cut, startedAt: startedAt, gate: target.gate)
            return try await run(assignment, isFull: isFull)
        }
    }

    /// As of an instant.
    package func materialize(
        _ target: MaterializationTarget, at instant: Timestamp, startedAt: Timestamp, isFull: Bool = false
    ) async throws -> MaterializationRun {
        try await materialize(target, at: .at(instant), startedAt: startedAt, isFull: isFull)
    }

    /// Runs the view at a cut not before its last run's: what has come since, and no more.
    func catchUp(
        _ layout: OnlineViewLayout, from beginning: RunBeginning, cut: Timestamp, startedAt: Timestamp, gate: SourceExpectations?
    ) async throws -> MaterializationRun {
        let assignment = Assignment(layout: layout, beginning: beginning, cut: cut, startedAt: startedAt, gate: gate)
        return try await run(assignment, isFull: false)
    }

    /// The cut of the view's last run whose rows Redis has not lost; nil when there is none, and so one is due.
    package func lastCut(of target: MaterializationTarget) async throws -> Timestamp? {
        let layout = OnlineViewLayout(project: project, view: target.view, ids: target.ids)
        guard let last = try await log.lastRun(of: target.view.name, layout: layout.rowLayout.id) else { return nil }
        guard let base = last.base else { return last.cut }
        return try await OnlineRunMark(project: project, on: online).run(of: layout) == base ? last.cut : nil
    }

    /// Notes that the run begins; when it fails before it has written anything, that it never did.
    private func run(_ assignment: Assignment, isFull: Bool) async throws -> MaterializationRun {
        let (layout, number) = (assignment.layout, assignment.beginning.number)
        let mark = OnlineRunMark(project: project, on: online)
        let last = try await mark.begin(run: number, of: layout)
        let connection = RunConnection(of: layout, in: project, run: number, beside: online)
        let result: Result<MaterializationRun, any Error>
        do {
            let scope = try await scope(of: assignment, after: last, connection, isFull: isFull)
            result = .success(try await run(assignment, scope: scope, connection))
        } catch {
            result = .failure(error)
        }
        connection.close()
        if case .failure = result, !connection.wasOpened {
            try? await mark.abandon(run: number, restoring: last, of: layout)
        }
        return try result.get()
    }

    /// Writes, records and marks.
    private func run(
        _ assignment: Assignment, scope: MaterializationScope, _ connection: RunConnection
    ) async throws -> MaterializationRun {
        let (layout, number, cut) = (assignment.layout, assignment.beginning.number, assignment.cut)
        let mark = OnlineRunMark(project: project, on: online)
        let outcome = try await write(
            layout, number: number, cut: cut, scope: scope, gate: assignment.gate, to: { try await connection.open() })
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
            startedAt: assignment.startedAt,
            rowsWritten: outcome.written.written,
            rowsKept: outcome.written.kept,
            rowsRemoved: outcome.removed.removed,
            isBase: outcome.written.outranked + outcome.removed.outranked == 0
        )
        let entities = UnsettledEntities(of: layout.view, in: project)
        try await log.record(run, settling: (entities, asOf: min(cut, assignment.beginning.present)))
        if run.isBase {
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
        let outcome = try await write(
            layout, number: 1, cut: cut, scope: .everyEntity(.asked), isRecorded: false, to: { online })
        return outcome.written
    }

    /// What a run may leave out, as far as the record of runs and Redis tell: nothing, unless the last run to begin was the base, and ended.
    private func scope(
        of assignment: Assignment, after last: UInt32?, _ connection: RunConnection, isFull: Bool
    ) async throws -> MaterializationScope {
        let layout = assignment.layout
        let marked = try await OnlineRunMark(project: project, on: online).run(of: layout)
        if last == nil || last != marked {
            do throws(RedisError) {
                try await connection.cutOffEarlierRuns()
            } catch {
                guard error.code == .serverError else { throw error }
                observer?(layout.view.name, .cannotCutOff(reason: error.message))
            }
        }
        if isFull { return .everyEntity(.asked) }
        guard let base = assignment.beginning.base else {
            return .everyEntity(try await log.reasonWithoutBase(of: layout.view.name, layout: layout.rowLayout.id))
        }
        guard base.cut <= assignment.cut else { return .everyEntity(.earlierThanLastRun) }
        guard base.run == marked else { return .everyEntity(.onlineStoreLostRun) }
        guard base.run == last else { return .everyEntity(.lastRunDoesNotCount) }
        return .changed(since: try await log.start(from: base))
    }

    /// Computes given entities as of an instant, and writes what is newer than Redis has: no run, and so recorded nowhere. The
    /// next run finds for itself what has come into the source.
    ///
    /// - Parameter deadline: when it is too late to begin to write; the entities have been noted (`UnsettledEntities`) for so long.
    func compute(
        _ keys: [[FeatureValue]], of layout: OnlineViewLayout, at instant: Timestamp, until deadline: ContinuousClock.Instant
    ) async throws -> OnlineWriteCounts {
        let cut = layout.view.cut(at: instant, knowledge: .asServed)
        let outcome = try await write(
            layout, number: 0, cut: cut, scope: .entities(keys), isRecorded: false,
            to: {
                guard ContinuousClock.now < deadline else { throw MaterializationError.tookTooLong(view: layout.view.name) }
                return online
            })
        return outcome.written
    }

    private struct Outcome {
        let read: EntityRowsRead
        let written: OnlineWriteCounts
        let removed: RemovalCounts
    }

    /// - Parameter destination: called before anything is written, if anything is.
    private func write(
        _ layout: OnlineViewLayout, number: UInt32, cut: Timestamp, scope: MaterializationScope,
        gate: SourceExpectations? = nil, isRecorded: Bool = true, to destination: () async throws -> RedisConnection
    ) async throws -> Outcome {
        let view = layout.view
        var target: RunRows?
        var rows = 0
        let read: EntityRowsRead
        do {
            read = try await EntityRowReader(connection: offline).forEachBatch(
                of: view, cut: cut, scope: scope, gate: gate, countsRows: isRecorded,
                collecting: PackedRows(of: layout, cut: cut, run: number)
            ) { batch in
                if target == nil {
                    target = RunRows(
                        of: layout, cut: cut, run: number, to: try await destination(), remembersKeys: isRecorded)
                }
                try await target?.write(batch)
                rows += batch.count
                observer?(view.name, .rows(rows))
            }
        } catch let error as PostgresError where error.isDataException {
            throw MaterializationError.computationFailed(view: view.name, reason: error.message)
        }
        var (written, removed) = try await target?.finish() ?? (OnlineWriteCounts(), RemovalCounts())
        if read.scope.isFull, isRecorded {
            removed += try await sweep(layout, cut: cut, run: number, except: target?.writtenKeys, on: try await destination())
        }
        if read.hasLosses {
            removed.removed += try await removeRowsWithoutEntity(of: layout, cut: cut, run: number, on: try await destination())
        }
        return Outcome(read: read, written: written, removed: removed)
    }

    /// Removes rows that the run did not write.
    private func sweep(
        _ layout: OnlineViewLayout, cut: Timestamp, run: UInt32, except written: KeyHashes?, on online: RedisConnection
    ) async throws -> RemovalCounts {
        let sweep = OnlineSweep(on: online)
        // What the run wrote, pushes alone may have removed, and those have noted their entities before.
        if try await !sweep.canFindOthers(than: written),
            try await UnsettledEntities(of: layout.view, in: project).count(on: offline) == 0
        {
            return RemovalCounts()
        }
        return try await sweep.removeRows(of: layout, olderThan: cut, run: run, except: written)
    }

    /// An entity of which all rows are gone is no row's entity any more: only the online store knows its key.
    private func removeRowsWithoutEntity(
        of layout: OnlineViewLayout, cut: Timestamp, run: UInt32, on online: RedisConnection
    ) async throws -> Int {
        var extra = OnlineExtraRows(of: layout, in: online)
        var removed = 0
        repeat {
            extra = try await EntityRowReader(connection: offline).reduceKeys(of: layout.view, cut: cut, into: extra) {
                extra, key in
                try extra.expect(key: key)
            }
            removed += try await extra.find(notAfter: cut, removingOlderThan: run).removed
        } while extra.startNextPart()
        return removed
    }
}
