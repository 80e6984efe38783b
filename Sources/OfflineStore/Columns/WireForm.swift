package import Columnar

/// How a field of a binary COPY becomes a cell of a column.
package indirect enum WireForm: Hashable, Sendable {
    case bool
    case int16, int32, int64
    case float32, float64
    /// timestamptz, or a timestamp that is read as UTC
    case timestamp
    case date
    case string
    case bytes
    case uuid
    /// A one-dimensional array.
    case list(WireForm)
    /// A `real[]` of so many elements, none of them NULL.
    case vector(Int)
    /// So many fields as one cell of bytes, lengths and all, equal exactly when the fields are: a key of several columns. NULL
    /// when one of them is.
    case composite(Int)

    /// The form of a column's own type.
    package init(_ type: ColumnType) {
        switch type {
        case .bool: self = .bool
        case .int16: self = .int16
        case .int32: self = .int32
        case .int64: self = .int64
        case .float32: self = .float32
        case .float64: self = .float64
        case .timestamp: self = .timestamp
        case .date: self = .date
        case .string: self = .string
        case .bytes: self = .bytes
        case .uuid: self = .uuid
        case .list(let element): self = .list(WireForm(element))
        case .vector(let dimension): self = .vector(dimension)
        }
    }

    package var columnType: ColumnType {
        switch self {
        case .bool: .bool
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .float32: .float32
        case .float64: .float64
        case .timestamp: .timestamp
        case .date: .date
        case .string: .string
        case .bytes, .composite: .bytes
        case .uuid: .uuid
        case .list(let element): .list(element.columnType)
        case .vector(let dimension): .vector(dimension)
        }
    }

    /// The bytes of a field that is not NULL; nil where they vary.
    var fieldWidth: Int? {
        switch self {
        case .bool: 1
        case .int16: 2
        case .int32, .float32, .date: 4
        case .int64, .float64, .timestamp: 8
        case .uuid: 16
        case .string, .bytes, .list, .vector, .composite: nil
        }
    }
}
