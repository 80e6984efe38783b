import Columnar
import FeatureDefs
import PostgresClient

/// Strategy `probe`: the spine goes into a temporary table, Postgres joins, the result comes out by binary COPY.
struct ProbeJoin: Sendable {
    private static let batchRows = 8192
    private static let waitingBatches = 4

    let request: TrainingRequest
    let observer: ProgressReport.Observer?

    /// Joins within the connection's transaction, which sees one snapshot.
    func run(on connection: PostgresConnection, into sink: some TrainingRowSink) async throws -> JoinOutcome {
        try await PlannerSettings.apply(on: connection)
        let stager = SpineStager(
            source: request.spine,
            timestampColumn: request.timestampColumn,
            selection: request.selection,
            observer: observer
        )
        let (spine, rows) = try await stager.stage(on: connection)
        try await connection.execute(SpineStager.analyze)
        let schema = try TrainingSchema(spine: spine, request: request)
        try await sink.begin(schema)
        let sql = try query(spine: spine, schema: schema).text
        try await stream(sql, schema: schema, rows: rows, on: connection, into: sink)
        return JoinOutcome(rows: rows, sql: sql)
    }

    /// The spine's columns as they came, then the features under their names.
    private func query(spine: SpineTable, schema: TrainingSchema) throws(PostgresError) -> SQLFragment {
        let join = SpineJoinSQL(selection: request.selection, spine: spine, knowledge: request.knowledge, asOf: request.asOf)
        return try join.query { (features) throws(PostgresError) in
            var list: [SpineJoinColumn] = []
            for column in spine.columns {
                let value = SQLExpression(try join.spineColumn(column.name), .primary)
                list.append(SpineJoinColumn(sql: column.passedThrough(value), name: column.name))
            }
            for (column, value) in zip(schema.columns.dropFirst(spine.columns.count), features) {
                list.append(SpineJoinColumn(sql: value.fragment, name: column.name))
            }
            return list
        }
    }

    /// Takes the rows in while those before are written.
    private func stream(
        _ sql: String,
        schema: TrainingSchema,
        rows: Int,
        on connection: PostgresConnection,
        into sink: some TrainingRowSink
    ) async throws {
        let channel = BatchChannel<ColumnTable>(capacity: Self.waitingBatches)
        let progress = ProgressReport(stage: "joining", total: rows, observer: observer)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await read(sql, schema: schema, from: connection, into: channel) }
            do {
                var done = 0
                for await batch in channel.batches {
                    try await sink.append(batch)
                    done += batch.rowCount
                    progress.report(done)
                    channel.batchWasConsumed()
                }
            } catch {
                channel.abandon()
                throw error
            }
            try await group.waitForAll()
        }
    }

    private func read(
        _ sql: String,
        schema: TrainingSchema,
        from connection: PostgresConnection,
        into channel: BatchChannel<ColumnTable>
    ) async throws {
        defer { channel.finish() }
        let names = schema.columns.map(\.name)
        let start = BinaryCopyColumns(schema.columns.map { WireForm($0.type) })
        func batch(_ rows: BinaryCopyColumns) throws -> ColumnTable? {
            let (columns, count) = try rows.take()
            return count > 0 ? ColumnTable(names: names, columns: columns, rowCount: count) : nil
        }
        let statement = "COPY (\n\(sql)\n) TO STDOUT (FORMAT binary)"
        let rest = try await connection.copyOutInRuns(statement, into: start) { rows, run in
            try rows.append(run)
            if rows.rowCount >= Self.batchRows, let batch = try batch(rows) { try channel.send(batch) }
        }
        try rest.finish()
        if let batch = try batch(rest) { channel.sendLast(batch) }
    }
}
