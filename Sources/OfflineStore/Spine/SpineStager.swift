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
        case .table(let parts):
            return try await stageQuery("SELECT * FROM \(try tableName(parts))", from: .table(parts), on: connection)
        case .query(let sql):
            return try await stageQuery(SQLFragment(sourceQuery: sql), from: .query(sql), on: connection)
        }
    }

    /// Its statistics, without which Postgres plans for a table of unknown size.
    static let analyze = "ANALYZE pg_temp.\(SpineTable.name)"

    private func columns(named names: [String]) throws(SpineError) -> SpineColumns {
        try SpineColumns(
            names: names,
            timestamp: timestampColumn,
            joinKeys: selection.joinKeys,
            requestInputs: selection.requestInputs
        )
    }

    // MARK: CSV

    private func stageCSV(at path: String, on connection: PostgresConnection) async throws -> (SpineTable, Int) {
        let reader = try CSVReader(path: path)
        let columns = try columns(named: reader.header)
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

    // MARK: Tables and queries

    private func tableName(_ parts: [String]) throws -> SQLFragment {
        try SourcePlan.Relation.table(parts).sql()
    }

    private func stageQuery(
        _ query: SQLFragment,
        from source: SpineSource,
        on connection: PostgresConnection
    ) async throws -> (SpineTable, Int) {
        let described = try await describe(query, from: source, on: connection)
        let columns = try columns(named: described.map(\.name))
        let table = SpineTable(
            joinKeys: selection.joinKeys,
            requestInputs: selection.requestInputs,
            columns: described.map { SpineTable.Column(name: $0.name, databaseType: $0.databaseType, storage: $0.storage) }
        )
        let creation: SQLFragment = """
            CREATE TEMP TABLE \(try SQLIdentifier(SpineTable.name)) ON COMMIT DROP AS
            SELECT row_number() OVER () AS \(try SQLIdentifier(SpineTable.ordinal)),
                   \(try typedColumns(of: described, at: columns).joined()),
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
        return (table, rows)
    }

    private func describe(
        _ query: SQLFragment,
        from source: SpineSource,
        on connection: PostgresConnection
    ) async throws -> [DescribedColumn] {
        do {
            return try await DescribedColumn.describe(query.text, on: connection)
        } catch let error as PostgresError where error.sqlState != nil {
            if case .table(let parts) = source, error.sqlState == .undefinedTable {
                throw SpineError.noSuchTable(parts.joined(separator: "."))
            }
            throw SpineError.unusableQuery(message: error.description)
        }
    }

    /// The timestamp, keys and request inputs, in the types that the definitions give them.
    private func typedColumns(of described: [DescribedColumn], at columns: SpineColumns) throws -> [SQLFragment] {
        let timestamp = described[columns.timestamp]
        guard let storage = timestamp.storage, storage.isInstant else {
            throw SpineError.timestampColumnNotInstant(column: timestamp.name, databaseType: timestamp.databaseType)
        }
        var typed = [try typedColumn(timestamp, storage, as: SpineTable.timestamp)]
        for (position, (index, key)) in zip(columns.joinKeys, selection.joinKeys).enumerated() {
            typed.append(try typedColumn(described[index], of: key.type, as: SpineTable.keyColumn(position)))
        }
        for (position, (index, input)) in zip(columns.requestInputs, selection.requestInputs).enumerated() {
            typed.append(try typedColumn(described[index], of: input.type, as: SpineTable.requestColumn(position)))
        }
        return typed
    }

    private func typedColumn(_ column: DescribedColumn, of type: FeatureType, as name: String) throws -> SQLFragment {
        // A decimal would be rounded to a float64 silently.
        let mismatch = SpineError.wrongColumnType(column: column.name, databaseType: column.databaseType, expected: type)
        guard let storage = column.storage, storage != .numeric else { throw mismatch }
        if storage.featureType == type { return try typedColumn(column, storage, as: name) }
        if case .vector(let length) = type, storage.featureType == .list(.float32) {
            let list = try ColumnReference(name: column.name, storage: storage).expression(of: try SQLIdentifier("q"))
            return "\(list.vector(ofLength: length)) AS \(try SQLIdentifier(name))"
        }
        guard type == .float64, storage.featureType.isNumeric else { throw mismatch }
        return "q.\(try SQLIdentifier(column.name))::float8 AS \(try SQLIdentifier(name))"
    }

    private func typedColumn(_ column: DescribedColumn, _ storage: ColumnStorage, as name: String) throws -> SQLFragment {
        let reference = ColumnReference(name: column.name, storage: storage)
        let expression = try reference.expression(of: try SQLIdentifier("q"))
        // The default collation gives way to that of the column it is compared with; another one would be in conflict.
        let value: SQLFragment =
            storage.featureType.isCollated
            ? "\(expression.operand(atLeast: .collate)) COLLATE \"default\"" : "\(expression)"
        return "\(value) AS \(try SQLIdentifier(name))"
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
        for column in self.columns { columns.append("\(try SQLIdentifier(column.name)) text") }
        return "CREATE TEMP TABLE \(try SQLIdentifier(Self.name)) (\(columns.joined())) ON COMMIT DROP"
    }
}
