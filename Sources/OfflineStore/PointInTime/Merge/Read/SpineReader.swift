import Columnar
import FeatureDefs
import PostgresClient

/// Brings a spine into memory.
struct SpineReader: Sendable {
    let request: TrainingRequest
    let readers: SnapshotReaders
    let observer: ProgressReport.Observer?

    /// - Parameter connection: describes the spine.
    func read(describedBy connection: PostgresConnection) async throws -> SpineRows {
        switch request.spine {
        case .csv(let path): return try CSVSpineReader(request: request, observer: observer).read(path)
        case .table(let parts):
            let relation = SourcePlan.Relation.table(parts)
            return try await read("SELECT * FROM \(try relation.sql())", of: relation, describedBy: connection)
        case .query(let sql):
            return try await read(SQLFragment(sourceQuery: sql), of: .query(sql), describedBy: connection)
        }
    }

    private func read(
        _ query: SQLFragment, of relation: SourcePlan.Relation, describedBy connection: PostgresConnection
    ) async throws -> SpineRows {
        let spine = try await SpineQuery.describe(
            query, from: request.spine, timestampColumn: request.timestampColumn, selection: request.selection, on: connection)
        let fields = try SpineFields(spine)
        let slices = try await TableSlices.of(relation, alias: try SQLIdentifier("q"), count: readers.count, on: connection)
        let parts = try await readers.map(slices.conditions) { connection, condition in
            let sql = try fields.copy(from: relation, where: condition)
            let columns = try await connection.copyOut(
                sql.text, into: BinaryCopyColumns(fields.forms, expectedRows: slices.expectedRows)
            ) { columns, message in try columns.append(message) }
            try columns.finish()
            return columns.take()
        }
        let rowCount = parts.reduce(0) { $0 + $1.rowCount }
        let columns = fields.forms.indices.map { index in
            Column.joined(parts.map { $0.columns[index] }, type: fields.forms[index].columnType)
        }
        guard case .timestamp(let times) = columns[fields.timestamp] else {
            preconditionFailure("the spine's timestamp is read as one")
        }
        let rows = SpineRows(
            shape: spine.table,
            columns: Array(columns.prefix(spine.table.columns.count)),
            times: times,
            keys: fields.keys.map { columns[$0] },
            requestInputs: fields.requestInputs.map { columns[$0] },
            rowCount: rowCount,
            sql: try fields.copy(from: relation, where: nil).text
        )
        try rows.refuseInfiniteTimes(of: request.spine)
        return rows
    }
}

/// What is read of a spine: its own columns, then what must be converted to the definitions' types. A column that has its type
/// already is read once.
struct SpineFields: Sendable {
    private var list: [SQLFragment] = []
    private(set) var forms: [WireForm] = []
    /// Places among the fields.
    private(set) var timestamp = 0
    private(set) var keys: [Int] = []
    private(set) var requestInputs: [Int] = []

    init(_ spine: SpineQuery) throws(PostgresError) {
        for column in spine.table.columns {
            let name: SQLFragment = "q.\(try SQLIdentifier(column.name))"
            list.append(column.storage.passedThrough(SQLExpression(name, .primary)))
            forms.append(WireForm(column.type))
        }
        timestamp = try add(spine.timestamp)
        for key in spine.keys { keys.append(try add(key)) }
        for input in spine.requestInputs { requestInputs.append(try add(input)) }
    }

    private mutating func add(_ column: SpineQuery.TypedColumn) throws(PostgresError) -> Int {
        let form = WireForm(ColumnType(column.type))
        if column.reference.storage.isSentAsItIs, forms[column.index] == form { return column.index }
        list.append(try column.value())
        forms.append(form)
        return list.count - 1
    }

    /// `COPY (SELECT ... FROM ... AS q) TO STDOUT (FORMAT binary)`
    func copy(from relation: SourcePlan.Relation, where condition: SQLFragment?) throws(PostgresError) -> SQLFragment {
        let filter: SQLFragment = if let condition { "\nWHERE \(condition)" } else { "" }
        return """
            COPY (
            SELECT \(list.joined())
            FROM \(try relation.sql()) AS q\(filter)
            ) TO STDOUT (FORMAT binary)
            """
    }
}

extension ColumnStorage {
    /// Whether a stored value has the binary form of the feature type that it stands for.
    var isSentAsItIs: Bool {
        switch self {
        case .int8, .float4, .float8, .text, .varchar, .bool, .timestamptz, .timestamp, .bytea, .uuid: true
        // An array may have more dimensions than a list, and bounds of its own.
        case .int2, .int4, .bpchar, .date, .numeric, .array: false
        }
    }
}
