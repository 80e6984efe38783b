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
    /// Whether the next run may start from it: no row of another run has outranked one of its own.
    package let isBase: Bool

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
        rowsRemoved: Int,
        isBase: Bool = true
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
        self.isBase = isBase
    }
}

/// What a run knows at its beginning.
package struct RunBeginning: Hashable, Sendable {
    /// Greater than all before.
    package let number: UInt32
    /// The newest run that it may start from; nil when there is none.
    package let base: RecordedBase?
    /// By Postgres' clock; before the run's snapshot.
    package let present: Timestamp
}

/// The record of materializations, `asof.materializations`.
package struct MaterializationLog: Sendable {
    let connection: PostgresConnection
    let project: String

    package init(connection: PostgresConnection, project: String) {
        self.connection = connection
        self.project = project
    }

    /// - Parameter settled: entities that the run, if it is one to start from, has seen to as of an instant.
    package func record(_ run: MaterializationRun, settling settled: (UnsettledEntities, asOf: Timestamp)? = nil) async throws {
        var statements = [inserting(run)]
        if run.isBase {
            if let rows = run.sourceRows { statements.append(keeping(rows, of: run)) }
            if let (entities, instant) = settled { statements.append(try entities.settling(asOf: instant, seenBy: run.state)) }
        }
        try await connection.executeTogether(statements)
    }

    private func inserting(_ run: MaterializationRun) -> PostgresStatement {
        PostgresStatement(
            """
            INSERT INTO asof.materializations
                (run_id, project, view, fingerprint, cut, started_at, rows_written, rows_kept, rows_removed,
                 layout_id, scope, oldest_open_transaction, next_transaction, storage, is_base)
            OVERRIDING SYSTEM VALUE
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            """,
            [
                .int64(Int64(run.number)), .text(project), .text(run.view), .text(run.fingerprint),
                .timestamptz(microseconds: run.cut.microseconds), .timestamptz(microseconds: run.startedAt.microseconds),
                .int64(Int64(run.rowsWritten)), .int64(Int64(run.rowsKept)), .int64(Int64(run.rowsRemoved)),
                .int64(Int64(run.layout)), .text(run.scope.isFull ? "full" : "incremental"),
                .int64(run.state.oldestOpenTransaction), .int64(run.state.nextTransaction),
                run.state.storage.map { .text($0) } ?? .null, .bool(run.isBase),
            ]
        )
    }

    /// Only the run that the next one starts from needs its counts.
    private func keeping(_ rows: SourceRowCounts, of run: MaterializationRun) -> PostgresStatement {
        PostgresStatement(
            """
            INSERT INTO asof.source_rows AS kept (project, view, cut, run_id, settled, recent, transactions)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (project, view) DO UPDATE SET cut = excluded.cut, run_id = excluded.run_id, settled = excluded.settled,
                recent = excluded.recent, transactions = excluded.transactions
            WHERE excluded.run_id > kept.run_id
            """,
            [
                .text(project), .text(run.view), .timestamptz(microseconds: run.cut.microseconds), .int64(Int64(run.number)),
                .int64Array(rows.settled), .int64Array(rows.recent), .int64Array(rows.transactions),
            ])
    }

    /// Runs `body` while no other run of the view goes on in this database, waiting for one that does.
    ///
    /// - Parameter layout: of the rows that the run is to write.
    package func withRun<Output>(
        of view: String, layout: UInt32, whenBusy: () -> Void, _ body: (RunBeginning) async throws -> Output
    ) async throws -> Output {
        let lock = AdvisoryLock("asof.materialize \(project) \(view)")
        if !(try await lock.holdIfFree(on: connection)) {
            whenBusy()
            try await lock.hold(on: connection)
        }
        let result: Result<Output, any Error>
        do {
            result = .success(try await body(try await beginning(of: view, layout: layout)))
        } catch {
            result = .failure(error)
        }
        // A connection that is lost has let go of it already.
        try? await lock.release(on: connection)
        return try result.get()
    }

    private func beginning(of view: String, layout: UInt32) async throws -> RunBeginning {
        let answers = try await connection.executeTogether([
            Self.takingNumber, findingBase(of: view, layout: layout), PostgresConnection.tellingTime,
        ])
        return RunBeginning(
            number: try Self.number(answers[0]), base: Self.base(answers[1], of: view), present: try .told(by: answers[2]))
    }

    private static let takingNumber = PostgresStatement(
        "SELECT nextval(pg_get_serial_sequence('asof.materializations', 'run_id'))")

    /// A number greater than all before. Within `withRun`.
    package func nextNumber() async throws -> UInt32 {
        try Self.number(try await connection.execute(Self.takingNumber))
    }

    private static func number(_ answer: PostgresRows) throws(PostgresError) -> UInt32 {
        guard let number = answer.firstCell.flatMap({ UInt32($0) }) else {
            throw PostgresError(.protocolMismatch, "the registry's run numbers are used up or missing")
        }
        return number
    }

    /// The newest run that wrote rows of a layout and from which the next one may start.
    private func findingBase(of view: String, layout: UInt32) -> PostgresStatement {
        PostgresStatement(
            """
            SELECT run_id, (extract(epoch FROM cut) * 1000000)::int8, oldest_open_transaction, next_transaction, storage
            FROM asof.materializations
            WHERE project = $1 AND view = $2 AND layout_id = $3 AND is_base
            ORDER BY run_id DESC LIMIT 1
            """,
            [.text(project), .text(view), .int64(Int64(layout))])
    }

    private static func base(_ answer: PostgresRows, of view: String) -> RecordedBase? {
        guard let row = answer.rows.first, let run = row[0].flatMap({ UInt32($0) }), let cut = row[1].flatMap({ Int64($0) }),
            let oldest = row[2].flatMap({ Int64($0) }), let next = row[3].flatMap({ Int64($0) })
        else { return nil }
        return RecordedBase(
            view: view, run: run, cut: Timestamp(microseconds: cut),
            state: SourceState(oldestOpenTransaction: oldest, nextTransaction: next, storage: row[4]))
    }

    /// The base with what it takes to start from it.
    package func start(from base: RecordedBase) async throws -> MaterializationBase {
        let kept = try await connection.execute(
            """
            SELECT array_to_string(settled, ','), array_to_string(recent, ','), array_to_string(transactions, ',')
            FROM asof.source_rows
            WHERE project = $1 AND view = $2 AND run_id = $3
            """,
            [.text(project), .text(base.view), .int64(Int64(base.run))]
        ).rows.first
        return MaterializationBase(
            project: project, run: base.run, cut: base.cut, state: base.state,
            rows: kept.flatMap { Self.counts(settled: $0[0], recent: $0[1], transactions: $0[2]) })
    }

    /// Why the next run has none to start from, where `base` finds none.
    package func reasonWithoutBase(of view: String, layout: UInt32) async throws -> FullRunReason {
        let newest = try await connection.execute(
            "SELECT layout_id FROM asof.materializations WHERE project = $1 AND view = $2 ORDER BY run_id DESC LIMIT 1",
            [.text(project), .text(view)]
        ).rows.first
        guard let newest else { return .firstRun }
        return newest[0] == "\(layout)" ? .lastRunDoesNotCount : .definitionChanged
    }

    /// The newest run that wrote rows of a layout, and the one that the next may start from, if it is another.
    package func lastRun(of view: String, layout: UInt32) async throws -> (cut: Timestamp, base: UInt32?)? {
        let row = try await connection.execute(
            """
            SELECT (extract(epoch FROM cut) * 1000000)::int8, max(run_id) FILTER (WHERE is_base) OVER ()
            FROM asof.materializations
            WHERE project = $1 AND view = $2 AND layout_id = $3
            ORDER BY run_id DESC LIMIT 1
            """,
            [.text(project), .text(view), .int64(Int64(layout))]
        ).rows.first
        guard let row, let cut = row[0].flatMap({ Int64($0) }) else { return nil }
        return (Timestamp(microseconds: cut), row[1].flatMap { UInt32($0) })
    }

    private static func counts(settled: String?, recent: String?, transactions: String?) -> SourceRowCounts? {
        let (settled, recent) = (numbers(settled), numbers(recent))
        guard let buckets = EntityBuckets(count: settled.count), recent.count == settled.count else { return nil }
        return SourceRowCounts(of: buckets, settled: settled, recent: recent, transactions: numbers(transactions))
    }

    private static func numbers(_ text: String?) -> [Int64] { text?.split(separator: ",").compactMap { Int64($0) } ?? [] }
}
