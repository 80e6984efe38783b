import Columnar

extension WireForm {
    /// The field that holds a column type's values.
    init(_ type: ColumnType) {
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
}
