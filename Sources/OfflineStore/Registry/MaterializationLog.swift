package import FeatureDefs
package import PostgresClient

/// One finished run of one view, for the record.
package struct MaterializationRun: Hashable, Sendable {
    /// Its number: of two runs of a view, the later one has the greater.
    package let number: UInt32
    package let view: String
    package let fingerprint: String
    /// The layout of the rows it wrote.
    package let layout: UInt32
    package let cut: Timestamp
    package let scope: MaterializationScope
    /// What it saw of the source.
    package let state: SourceState
    package let sourceRows: SourceRowCounts?
    package let startedAt: Timestamp
    package let rowsWritten: Int
    /// Rows that were not written, since the online store already held a newer one.
    package let rowsKept: Int
    /// Rows of entities that no longer have any, which were removed.
    package let rowsRemoved: Int

    package init(
        number: UInt32,
        view: String,
        fingerprint: String,
        layout: UInt32,
        cut: Timestamp,
        scope: MaterializationScope,
        state: SourceState,
        sourceRows: SourceRowCounts?,
        startedAt: Timestamp,
        rowsWritten: Int,
        rowsKept: Int,
        rowsRemoved: Int
    ) {
        self.number = number
        self.view = view
        self.fingerprint = fingerprint
        self.layout = layout
        self.cut = cut
        self.scope = scope
        self.state = state
        self.sourceRows = sourceRows
        self.startedAt = startedAt
        self.rowsWritten = rowsWritten
        self.rowsKept = rowsKept
        self.rowsRemoved = rowsRemoved
    }
}

/// The record of materializations, `asof.materializations`.
package struct MaterializationLog: Sendable {
    let connection: PostgresConnection
    let project: String

    package init(connection: PostgresConnection, project: String) {
        self.connection = connection
        self.project = project
    }

    package func record(_ run: MaterializationRun) async throws {
        try await connection.transaction {
            try await insert(run)
            if let rows = run.sourceRows { try await keep(rows, of: run) }
        }
    }

    private func insert(_ run: MaterializationRun) async throws {
        try await connection.execute(
            """
            INSERT INTO asof.materializations
                (run_id, project, view, fingerprint, cut, started_at, rows_written, rows_kept, rows_removed,
                 layout_id, scope, oldest_open_transaction, next_transaction, storage)
            OVERRIDING SYSTEM VALUE
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """,
            [
                .int64(Int64(run.number)), .text(project), .text(run.view), .text(run.fingerprint),
                .timestamptz(microseconds: run.cut.microseconds), .timestamptz(microseconds: run.startedAt.microseconds),
                .int64(Int64(run.rowsWritten)), .int64(Int64(run.rowsKept)), .int64(Int64(run.rowsRemoved)),
                .int64(Int64(run.layout)), .text(run.scope.isFull ? "full" : "incremental"),
                .int64(run.state.oldestOpenTransaction), .int64(run.state.nextTransaction),
                run.state.storage.map { .text($0) } ?? .null,
            ]
        )
    }

    /// Only the run that the next one starts from needs its counts.
    private func keep(_ rows: SourceRowCounts, of run: MaterializationRun) async throws {
        let arrays = [rows.settled, rows.recent].map { counts in
            PostgresParameter.text("{" + counts.map { "\($0)" }.joined(separator: ",") + "}")
        }
        try await connection.execute(
            """
            INSERT INTO asof.source_rows AS kept (project, view, cut, run_id, settled, recent)
            VALUES ($1, $2, $3, $4, $5::text::bigint[], $6::text::bigint[])
            ON CONFLICT (project, view) DO UPDATE SET cut = excluded.cut, run_id = excluded.run_id, settled = excluded.settled,
                recent = excluded.recent
            WHERE (excluded.cut, excluded.run_id) > (kept.cut, kept.run_id)
            """,
            [
                .text(project), .text(run.view), .timestamptz(microseconds: run.cut.microseconds), .int64(Int64(run.number)),
            ] + arrays)
    }

    /// Runs `body` while no other run of the view goes on in this database, waiting for one that does; `body` gets the run's number.
    package func withRun<Output>(
        of view: String, whenBusy: () -> Void, _ body: (UInt32) async throws -> Output
    ) async throws -> Output {
        let lock = AdvisoryLock("asof.materialize \(project) \(view)")
        if !(try await lock.holdIfFree(on: connection)) {
            whenBusy()
            try await lock.hold(on: connection)
        }
        let result: Result<Output, any Error>
        do {
            result = .success(try await body(try await nextNumber()))
        } catch {
            result = .failure(error)
        }
        // A connection that is lost has let go of it already.
        try? await lock.release(on: connection)
        return try result.get()
    }

    /// A number greater than all before. Within `withRun`.
    package func nextNumber() async throws -> UInt32 {
        let number = try await connection.execute(
            "SELECT nextval(pg_get_serial_sequence('asof.materializations', 'run_id'))"
        ).firstCell
        guard let number = number.flatMap({ UInt32($0) }) else {
            throw PostgresError(.protocolMismatch, "the registry's run numbers are used up or missing")
        }
        return number
    }

    /// The run with the greatest cut, which the next one may start from; nil when there is none or an older asof made it.
    package func base(of view: String) async throws -> MaterializationBase? {
        let row = try await connection.execute(
            """
            SELECT run_id, (extract(epoch FROM run.cut) * 1000000)::int8, layout_id, oldest_open_transaction, next_transaction,
                storage, array_to_string(settled, ','), array_to_string(recent, ',')
            FROM asof.materializations AS run LEFT JOIN asof.source_rows AS kept USING (project, view, run_id)
            WHERE project = $1 AND view = $2
            ORDER BY run.cut DESC, run_id DESC LIMIT 1
            """,
            [.text(project), .text(view)]
        ).rows.first
        guard let row, let run = row[0].flatMap({ UInt32($0) }), let cut = row[1].flatMap({ Int64($0) }),
            let layout = row[2].flatMap({ UInt32($0) }), let oldest = row[3].flatMap({ Int64($0) }),
            let next = row[4].flatMap({ Int64($0) })
        else { return nil }
        return MaterializationBase(
            run: run,
            cut: Timestamp(microseconds: cut),
            layout: layout,
            state: SourceState(oldestOpenTransaction: oldest, nextTransaction: next, storage: row[5]),
            rows: Self.counts(settled: row[6], recent: row[7])
        )
    }

    private static func counts(settled: String?, recent: String?) -> SourceRowCounts? {
        let (settled, recent) = (numbers(settled), numbers(recent))
        guard settled.count == SourceRowCounts.bucketCount, recent.count == SourceRowCounts.bucketCount else { return nil }
        return SourceRowCounts(settled: settled, recent: recent)
    }

    private static func numbers(_ text: String?) -> [Int64] { text?.split(separator: ",").compactMap { Int64($0) } ?? [] }
}
