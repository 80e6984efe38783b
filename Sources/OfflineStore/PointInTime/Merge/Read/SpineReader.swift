import Columnar
import FeatureDefs
import PostgresClient
import Synchronization

/// Brings a spine into memory, whole or batch by batch: from a table or query by COPY, from a file that never enters Postgres.
struct SpineReader: Sendable {
    private enum Origin: Sendable {
        case csv(CSVSpineReader)
        case parquet(ParquetSpine)
        case database(SpineFields, SourcePlan.Relation, TableSlices)
    }

    let layout: SpineLayout
    /// Parts are read at once; in their order they are the spine.
    let partCount: Int
    /// The statement that the rows come from; nil for a file.
    let sql: String?
    private let source: SpineSource
    private let origin: Origin

    /// - Parameters:
    ///   - partCount: how many parts may be read at once.
    ///   - connection: describes the spine.
    static func open(
        _ request: TrainingRequest, partCount: Int, describedBy connection: PostgresConnection,
        observer: ProgressReport.Observer?
    ) async throws -> SpineReader {
        let relation: SourcePlan.Relation
        let query: SQLFragment
        switch request.spine {
        case .csv(let path):
            let reader = try CSVSpineReader(path, request, observer: observer)
            return SpineReader(
                layout: reader.layout, partCount: 1, sql: nil, source: request.spine, origin: .csv(reader))
        case .parquet(let path):
            let spine = try ParquetSpine(
                path, timestampColumn: request.timestampColumn, selection: request.selection, observer: observer)
            return SpineReader(
                layout: spine.layout, partCount: 1, sql: nil, source: request.spine, origin: .parquet(spine))
        case .table(let parts):
            relation = .table(parts)
            query = "SELECT * FROM \(try relation.sql())"
        case .query(let sql):
            relation = .query(sql)
            query = SQLFragment(sourceQuery: sql)
        }
        let spine = try await SpineQuery.describe(
            query, from: request.spine, timestampColumn: request.timestampColumn, selection: request.selection, on: connection)
        let fields = try SpineFields(spine)
        let slices = try await TableSlices.of(relation, alias: try SQLIdentifier("q"), count: partCount, on: connection)
        return SpineReader(
            layout: fields.layout(spine.table),
            partCount: slices.conditions.count,
            sql: try fields.copy(from: relation, where: nil).text,
            source: request.spine,
            origin: .database(fields, relation, slices)
        )
    }

    /// A reader of the same spine that does not cut it into parts.
    var undivided: SpineReader {
        let origin: Origin =
            switch origin {
            case .csv, .parquet: origin
            case .database(let fields, let relation, let slices): .database(fields, relation, slices.undivided)
            }
        return SpineReader(layout: layout, partCount: 1, sql: sql, source: source, origin: origin)
    }

    /// The whole spine.
    func readAll(by readers: SnapshotReaders, within budget: MemoryBudget) async throws -> SpineRows {
        let parts = Mutex<[Int: (columns: [Column], rowCount: Int)]>([:])
        try await stream(by: readers, batchRows: nil, within: budget) { part, columns, rowCount in
            parts.withLock { $0[part] = (columns, rowCount) }
        }
        let read = parts.withLock { parts in (0..<partCount).compactMap { parts[$0] } }
        let columns = layout.types.enumerated().map { index, type in
            read.isEmpty ? Column.empty(type) : Column.joined(read.map { $0.columns[index] }, type: type)
        }
        let rows = layout.rows(columns, rowCount: read.reduce(0) { $0 + $1.rowCount })
        try rows.times.refuseInfiniteTimes(of: source, firstRow: 1)
        return rows
    }

    /// Hands over batches: those of a part in its order, those of different parts at once.
    ///
    /// - Parameters:
    ///   - batchRows: about how many rows; nil: a part at once.
    ///   - consume: runs on a connection's thread, and may block.
    func stream(
        by readers: SnapshotReaders, batchRows: Int?, within budget: MemoryBudget?,
        _ consume: @escaping @Sendable (_ part: Int, _ columns: [Column], _ rowCount: Int) throws -> Void
    ) async throws {
        switch origin {
        case .csv(let reader):
            try reader.stream(batchRows: batchRows, within: budget) { try consume(0, $0, $1) }
        case .parquet(let spine):
            try spine.stream(batchRows: batchRows, within: budget) { try consume(0, $0, $1) }
        case .database(let fields, let relation, let slices):
            let forms = layout.forms
            _ = try await readers.map(Array(slices.conditions.enumerated())) { connection, slice in
                let sql = try fields.copy(from: relation, where: slice.element)
                let decoder = BinaryCopyColumns(
                    forms, budget: budget, expectedRows: batchRows == nil ? slices.expectedRows : 0)
                let rest = try await readers.copyOut(sql.text, on: connection, into: decoder) { decoder in
                    if let batchRows, decoder.rowCount >= batchRows {
                        let (columns, rowCount) = try decoder.take()
                        try consume(slice.offset, columns, rowCount)
                    }
                }
                let (columns, rowCount) = try rest.take()
                try consume(slice.offset, columns, rowCount)
            }
        }
    }

    func refuseInfiniteTimes(_ times: PrimitiveColumn<Int64>, part: Int, firstRow: Int) throws(SpineError) {
        try times.refuseInfiniteTimes(of: source, firstRow: part == 0 ? firstRow + 1 : nil)
    }
}

/// What is read of a spine that the database has: its own columns, then what must be converted to the definitions' types. A
/// column that has its type already is read once.
struct SpineFields: Sendable {
    private var list: [SQLFragment] = []
    private var forms: [WireForm] = []
    /// Places among the fields.
    private var timestamp = 0
    private var keys: [Int] = []
    private var requestInputs: [Int] = []

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

    func layout(_ shape: SpineTable) -> SpineLayout {
        SpineLayout(
            shape: shape, forms: forms, own: 0..<shape.columns.count, timestamp: timestamp, keys: keys,
            requestInputs: requestInputs)
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
