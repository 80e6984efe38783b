package import Columnar
package import FeatureDefs

/// Why a spine cannot be used; each says what would mend it. Nothing has been written.
package enum SpineError: Error, Hashable, Sendable {
    case missingTimestampColumn(String, available: [String])
    case missingKeyColumn(JoinKey, available: [String])
    case missingRequestColumn(RequestInput, available: [String])
    /// A CSV cell that its column's type does not take.
    case invalidCell(path: String, line: Int, column: String, text: String, type: FeatureType)
    case infiniteTimestamp(place: String)
    /// A database column of another type than the definitions'.
    case wrongColumnType(column: String, databaseType: String, expected: FeatureType)
    case timestampColumnNotInstant(column: String, databaseType: String)
    case duplicateColumn(String)
    case reservedColumn(String)
    /// A name that Postgres has no place for: empty, too long.
    case unusableColumnName(String, reason: String)
    case nameClash(feature: SelectedFeature, name: String, isWithSpine: Bool)
    case unusableQuery(message: String)
    /// A file, or what a column of it has, cannot be read.
    case unreadableFile(path: String, reason: String)
    /// A file's column of another type than the definitions'.
    case wrongFileColumn(path: String, column: String, type: ColumnType, expected: FeatureType)
    /// A file's value that Postgres, or the column's type in the definitions, does not take.
    case unusableValue(place: String, column: String, reason: String)
    case noSuchTable(String)
}

extension SpineError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missingTimestampColumn(let name, let available):
            "the spine has no column `\(name)`; name its timestamp with --timestamp (\(Self.list(available)))"
        case .missingKeyColumn(let key, let available):
            "the spine has no column `\(key.name)`, a join key of the service's features (\(Self.list(available)))"
        case .missingRequestColumn(let input, let available):
            "the spine has no column `\(input.name)`, a request input (\(input.type)) of an on-demand feature "
                + "(\(Self.list(available)))"
        case .invalidCell(let path, let line, let column, let text, let type):
            "\(path):\(line): `\(text)` in column `\(column)` is not \(Self.article(type)); mend the row or leave the field empty for NULL"
        case .infiniteTimestamp(let place):
            "\(place): the spine's timestamp is infinite; features exist only at finite instants"
        case .wrongColumnType(let column, let databaseType, let expected):
            "the spine's column `\(column)` is of type \(databaseType), the definitions say \(expected); cast it in `sql:SELECT ...`"
        case .timestampColumnNotInstant(let column, let databaseType):
            "the spine's column `\(column)` is of type \(databaseType), not a timestamp; cast it in `sql:SELECT ...`"
        case .duplicateColumn(let name):
            "the spine has two columns named `\(name)`; rename one"
        case .reservedColumn(let name):
            "the spine's column `\(name)` starts with `asof_`, which asof keeps for itself; rename it"
        case .unusableColumnName(let name, let reason):
            "the spine's column `\(name)` cannot be one in Postgres: \(reason); rename it"
        case .nameClash(let feature, let name, let isWithSpine):
            "feature `\(feature)` would be named `\(name)`, as \(isWithSpine ? "a spine column" : "another feature") already is; "
                + (name.contains("__") ? "rename one" : "use --full-feature-names, or rename one")
        case .unusableQuery(let message):
            "the spine's query cannot run: \(message)"
        case .unreadableFile(let path, let reason):
            "\(path): \(reason)"
        case .wrongFileColumn(let path, let column, let type, let expected):
            "\(path): column `\(column)` is of type \(type.shown), the definitions say \(expected); write it with that type"
        case .unusableValue(let place, let column, let reason):
            "\(place): column `\(column)` has \(reason)"
        case .noSuchTable(let name):
            "the spine's table `\(name)` does not exist in the offline store"
        }
    }

    private static func list(_ names: [String]) -> String { "it has: " + names.joined(separator: ", ") }

    private static func article(_ type: FeatureType) -> String {
        switch type {
        case .int64: "an int64"
        case .float64, .float32, .string, .bool, .timestamp, .uuid: "a \(type)"
        case .list: "a \(type), written as a Postgres array ({1,2,NULL})"
        case .vector(let length): "a \(type): \(length) numbers, none NULL, written as a Postgres array ({0.5,1})"
        case .bytes: "bytes in hexadecimal (\\x0a1b)"
        }
    }
}

extension ColumnType {
    /// As a person would say it.
    fileprivate var shown: String {
        switch self {
        case .bool: "bool"
        case .int16: "int16"
        case .int32: "int32"
        case .int64: "int64"
        case .float32: "float32"
        case .float64: "float64"
        case .timestamp: "timestamp"
        case .date: "date"
        case .string: "string"
        case .bytes: "bytes"
        case .uuid: "uuid"
        case .list(let element): "list<\(element.shown)>"
        case .vector(let dimension): "vector<\(dimension)>"
        }
    }
}
