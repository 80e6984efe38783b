import FeatureDefs
import PostgresClient

/// Puts a spine into the temporary table that the join starts from, within the caller's transaction.
struct SpineStager {
    let source: SpineSource
    let timestampColumn: String
    let selection: FeatureSelection
    let observer: ProgressReport.Observer?

    /// Creates and fills the table; the caller's transaction drops it. Returns its shape and its number of rows.
    func stage(on connection: PostgresConnection) async throws -> (table: SpineTable, rows: Int) {
        switch source {
        case .csv(let path):
            return try await stageCSV(at: path, on: connection)
        case .parquet(let path):
            return try await stageParquet(at: path, on: connection)
        case .table(let parts):
            return try await stageQuery("SELECT * FROM \(try tableName(parts))", from: .table(parts), on: connection)
        case .query(let sql):
            return try await stageQuery(SQLFragment(sourceQuery: sql), from: .query(sql), on: connection)
        }
    }

    /// Its statistics, without which Postgres plans for a table of unknown size.
    static let analyze = "ANALYZE pg_temp.\(SpineTable.name)"

    // MARK: CSV

    private func stageCSV(at path: String, on connection: PostgresConnection) async throws -> (SpineTable, Int) {
        let reader = try CSVReader(path: path)
        let columns = try SpineColumns(names: reader.header, timestamp: timestampColumn, selection: selection)
        let table = SpineTable(
            joinKeys: selection.joinKeys,
            requestInputs: selection.requestInputs,
            columns: reader.header.map { SpineTable.Column(name: $0, databaseType: "text", storage: .text) }
        )
        try await connection.execute(try table.creation().text)
        let loader = CSVSpineLoader(
            reader: reader,
            columns: columns,
            table: table,
            progress: ProgressReport(stage: "reading the spine", observer: observer)
        )
        return (table, try await loader.load(on: connection))
    }

    // MARK: Parquet

    private func stageParquet(at path: String, on connection: PostgresConnection) async throws -> (SpineTable, Int) {
        let spine = try ParquetSpine(path, timestampColumn: timestampColumn, selection: selection, observer: observer)
        let layout = spine.layout
        try await connection.execute(try layout.shape.creation().text)
        let rows = try await connection.copyInBinary("COPY pg_temp.\(SpineTable.name) FROM STDIN (FORMAT binary)") { writer in
            var ordinal = 0
            let places = [layout.timestamp] + layout.keys + layout.requestInputs + Array(layout.own)
            try spine.stream(batchRows: 1, within: nil) { columns, rowCount in
                let cells = places.map { ColumnCells.cell(of: columns[$0]) }
                for row in 0..<rowCount {
                    ordinal += 1
                    try writer.beginRow(fieldCount: 1 + cells.count)
                    writer.fields.append(Int64(ordinal))
                    for cell in cells { cell(row, &writer.fields) }
                }
            }
        }
        try await refuseInfiniteTimestamps(on: connection)
        return (layout.shape, rows)
    }

    // MARK: Tables and queries

    private func tableName(_ parts: [String]) throws -> SQLFragment {
        try SourcePlan.Relation.table(parts).sql()
    }

    private func stageQuery(
        _ query: SQLFragment,
        from source: SpineSource,
        on connection: PostgresConnection
    ) async throws -> (SpineTable, Int) {
        let spine = try await SpineQuery.describe(
            query, from: source, timestampColumn: timestampColumn, selection: selection, on: connection)
        let creation: SQLFragment = """
            CREATE TEMP TABLE \(try SQLIdentifier(SpineTable.name)) ON COMMIT DROP AS
            SELECT row_number() OVER () AS \(try SQLIdentifier(SpineTable.ordinal)),
                   \(try typedColumns(of: spine).joined()),
                   q.*
            FROM (
            \(query)
            ) AS q
            """
        // Several workers would number the rows in whatever order they find them, each time another.
        try await connection.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        let rows = try await connection.execute(creation.text).affectedCount ?? 0
        try await connection.execute("SET LOCAL max_parallel_workers_per_gather TO DEFAULT")
        try await refuseInfiniteTimestamps(on: connection)
        return (spine.table, rows)
    }

    /// The timestamp, keys and request inputs, in the types that the definitions give them.
    private func typedColumns(of spine: SpineQuery) throws(PostgresError) -> [SQLFragment] {
        var typed: [SQLFragment] = ["\(try spine.timestamp.value()) AS \(try SQLIdentifier(SpineTable.timestamp))"]
        for (index, key) in spine.keys.enumerated() {
            typed.append("\(try key.value()) AS \(try SQLIdentifier(SpineTable.keyColumn(index)))")
        }
        for (index, input) in spine.requestInputs.enumerated() {
            typed.append("\(try input.value()) AS \(try SQLIdentifier(SpineTable.requestColumn(index)))")
        }
        return typed
    }

    private func refuseInfiniteTimestamps(on connection: PostgresConnection) async throws {
        let ordinal = try await connection.execute(
            """
            SELECT asof_ordinal FROM pg_temp.asof_spine WHERE NOT isfinite(asof_timestamp) ORDER BY asof_ordinal LIMIT 1
            """
        ).firstCell
        if let ordinal { throw SpineError.infiniteTimestamp(place: "row \(ordinal) of \(source.description)") }
    }
}

extension SpineTable {
    /// `CREATE TEMP TABLE asof_spine (...) ON COMMIT DROP`, for a spine that is copied in.
    func creation() throws(PostgresError) -> SQLFragment {
        var columns: [SQLFragment] = [
            "\(try SQLIdentifier(Self.ordinal)) int8 NOT NULL", "\(try SQLIdentifier(Self.timestamp)) timestamptz",
        ]
        for (index, key) in joinKeys.enumerated() {
            columns.append("\(try SQLIdentifier(Self.keyColumn(index))) \(key.type.sqlType)")
        }
        for (index, input) in requestInputs.enumerated() {
            columns.append("\(try SQLIdentifier(Self.requestColumn(index))) \(input.type.sqlType)")
        }
        for column in self.columns {
            columns.append("\(try SQLIdentifier(column.name)) \(SQLFragment(stringLiteral: column.databaseType))")
        }
        return "CREATE TEMP TABLE \(try SQLIdentifier(Self.name)) (\(columns.joined())) ON COMMIT DROP"
    }
}
