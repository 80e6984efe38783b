import FeatureDefs
import PostgresClient

/// A spine that the database holds, a table or a query, described and checked against what a selection needs. Its rows have the
/// alias `q`.
struct SpineQuery: Sendable {
    /// A column of the spine in the type that the definitions give it.
    struct TypedColumn: Sendable {
        /// Its place among the spine's columns.
        let index: Int
        let reference: ColumnReference
        let type: FeatureType
    }

    let query: SQLFragment
    let table: SpineTable
    let timestamp: TypedColumn
    let keys: [TypedColumn]
    let requestInputs: [TypedColumn]

    static func describe(
        _ query: SQLFragment,
        from source: SpineSource,
        timestampColumn: String,
        selection: FeatureSelection,
        on connection: PostgresConnection
    ) async throws -> SpineQuery {
        let described = try await columns(of: query, from: source, on: connection)
        let places = try SpineColumns(names: described.map(\.name), timestamp: timestampColumn, selection: selection)
        var keys: [TypedColumn] = []
        for (index, key) in zip(places.joinKeys, selection.joinKeys) {
            keys.append(try typed(described[index], at: index, as: key.type))
        }
        var requestInputs: [TypedColumn] = []
        for (index, input) in zip(places.requestInputs, selection.requestInputs) {
            requestInputs.append(try typed(described[index], at: index, as: input.type))
        }
        return SpineQuery(
            query: query,
            table: SpineTable(
                joinKeys: selection.joinKeys,
                requestInputs: selection.requestInputs,
                columns: described.map { SpineTable.Column(name: $0.name, databaseType: $0.databaseType, storage: $0.storage) }
            ),
            timestamp: try timestamp(described[places.timestamp], at: places.timestamp),
            keys: keys,
            requestInputs: requestInputs
        )
    }

    /// What the spine's table or query returns, or why it cannot be read.
    static func columns(
        of query: SQLFragment,
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

    private static func timestamp(_ column: DescribedColumn, at index: Int) throws(SpineError) -> TypedColumn {
        guard let storage = column.storage, storage.isInstant else {
            throw .timestampColumnNotInstant(column: column.name, databaseType: column.databaseType)
        }
        return TypedColumn(index: index, reference: ColumnReference(name: column.name, storage: storage), type: .timestamp)
    }

    private static func typed(
        _ column: DescribedColumn, at index: Int, as type: FeatureType
    ) throws(SpineError) -> TypedColumn {
        // A decimal would be rounded to a float64 silently.
        guard let storage = column.storage, storage != .numeric, storage.featureType.isReadable(as: type) else {
            throw .wrongColumnType(column: column.name, databaseType: column.databaseType, expected: type)
        }
        return TypedColumn(index: index, reference: ColumnReference(name: column.name, storage: storage), type: type)
    }
}

extension SpineQuery.TypedColumn {
    /// The column of `q` in its type.
    func value() throws(PostgresError) -> SQLFragment {
        let expression = try reference.expression(of: try SQLIdentifier("q"))
        if reference.storage.featureType == type {
            // The default collation gives way to that of the column it is compared with; another one would be in conflict.
            return type.isCollated
                ? "\(expression.operand(atLeast: .collate)) COLLATE \"default\"" : "\(expression)"
        }
        if case .vector(let length) = type { return "\(expression.vector(ofLength: length))" }
        return "q.\(try SQLIdentifier(reference.name))::float8"
    }
}

extension FeatureType {
    /// Whether a spine's column of this type can stand for another: any number for a float64, a list of reals for a vector.
    func isReadable(as type: FeatureType) -> Bool {
        switch type {
        case .float64: isNumeric
        case .vector: self == type || self == .list(.float32)
        case .int64, .float32, .string, .bool, .timestamp, .bytes, .uuid, .list: self == type
        }
    }
}
