package import Columnar
package import FeatureDefs
import PostgresClient

/// The temporary table that holds a spine: asof's own columns, typed, then the spine's as they came.
///
/// `asof_ordinal int8` (the row's identity, from 1), `asof_timestamp timestamptz`, `asof_key_N` for each join key,
/// `asof_request_N` for each request input.
package struct SpineTable: Hashable, Sendable {
    package static let name = "asof_spine"
    package static let ordinal = "asof_ordinal"
    package static let timestamp = "asof_timestamp"
    package static let reservedPrefix = "asof_"

    /// The join keys, in order: `asof_key_1` holds the first.
    package let joinKeys: [JoinKey]
    package let requestInputs: [RequestInput]
    /// The spine's own columns, which pass through.
    package let columns: [Column]

    /// A column of the spine, as it came.
    package struct Column: Hashable, Sendable {
        package let name: String
        /// As Postgres spells it, such as `text` or `numeric(10,2)`.
        package let databaseType: String
        /// nil for a type that asof does not know.
        package let storage: ColumnStorage?
        /// How the column passes through memory.
        package let type: ColumnType

        /// A column that Postgres has, or that is staged there as text.
        package init(name: String, databaseType: String, storage: ColumnStorage?) {
            self.name = name
            self.databaseType = databaseType
            self.storage = storage
            type = ColumnType(passingThrough: storage)
        }

        /// A column of a file that has types: it passes through with its own.
        package init(name: String, type: ColumnType) {
            self.name = name
            self.type = type
            databaseType = type.postgresName
            storage = type == .string ? .text : nil
        }
    }

    package static func keyColumn(_ index: Int) -> String { "asof_key_\(index + 1)" }
    /// `"asof_key_1", "asof_key_2"`: the names that the values of the view's join keys go by.
    static func keyNames(of view: FeatureViewPlan) throws(PostgresError) -> [SQLFragment] {
        var names: [SQLFragment] = []
        for index in view.joinKeys.indices { names.append("\(try SQLIdentifier(keyColumn(index)))") }
        return names
    }

    package static func requestColumn(_ index: Int) -> String { "asof_request_\(index + 1)" }

    package func keyColumn(for key: JoinKey) -> String? {
        joinKeys.firstIndex(of: key).map(Self.keyColumn)
    }
}

extension SpineTable.Column {
    /// The column as it is read from the staged spine: with its type, or as Postgres prints it where we keep no binary form.
    func passedThrough(_ column: SQLExpression) -> SQLFragment {
        // What Postgres brought without a storage is text; what a file brought has its type.
        storage == nil && type != .string ? column.fragment : storage.passedThrough(column)
    }
}

extension ColumnType {
    /// The type of a Postgres column that holds such values.
    package var postgresName: String {
        switch self {
        case .bool: "boolean"
        case .int16: "smallint"
        case .int32: "integer"
        case .int64: "bigint"
        case .float32: "real"
        case .float64: "double precision"
        case .timestamp: "timestamp with time zone"
        case .date: "date"
        case .string: "text"
        case .bytes: "bytea"
        case .uuid: "uuid"
        case .list(let element): element.postgresName + "[]"
        case .vector: "real[]"
        }
    }

    /// The feature type of the values; nil for what is none, such as a list of dates.
    var featureType: FeatureType? {
        switch self {
        case .bool: .bool
        case .int16, .int32, .int64: .int64
        case .float32: .float32
        case .float64: .float64
        case .timestamp, .date: .timestamp
        case .string: .string
        case .bytes: .bytes
        case .uuid: .uuid
        case .list(let element): element.scalarType.map(FeatureType.list)
        case .vector(let dimension): .vector(dimension)
        }
    }

    private var scalarType: FeatureType.Scalar? {
        switch self {
        case .bool: .bool
        case .int16, .int32, .int64: .int64
        case .float32: .float32
        case .float64: .float64
        case .timestamp: .timestamp
        case .string: .string
        case .bytes: .bytes
        case .uuid: .uuid
        case .date, .list, .vector: nil
        }
    }
}
