/// A column in memory: values of one type side by side, laid out as Arrow does.
package indirect enum Column: Sendable {
    case bool(PrimitiveColumn<Bool>)
    case int16(PrimitiveColumn<Int16>)
    case int32(PrimitiveColumn<Int32>)
    case int64(PrimitiveColumn<Int64>)
    case float32(PrimitiveColumn<Float>)
    case float64(PrimitiveColumn<Double>)
    /// Microseconds since 1970, UTC.
    case timestamp(PrimitiveColumn<Int64>)
    /// Days since 1970.
    case date(PrimitiveColumn<Int32>)
    /// UTF-8.
    case string(BytesColumn)
    case bytes(BytesColumn)
    /// Each the 16 bytes read as one big-endian number.
    case uuid(PrimitiveColumn<UInt128>)
    case list(ListColumn)
    case vector(VectorColumn)
}

extension Column {
    package var type: ColumnType {
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
        case .bytes: .bytes
        case .uuid: .uuid
        case .list(let column): .list(column.elements.type)
        case .vector(let column): .vector(column.dimension)
        }
    }

    package var validity: Validity {
        switch self {
        case .bool(let column): column.validity
        case .int16(let column): column.validity
        case .int32(let column), .date(let column): column.validity
        case .int64(let column), .timestamp(let column): column.validity
        case .float32(let column): column.validity
        case .float64(let column): column.validity
        case .string(let column), .bytes(let column): column.validity
        case .uuid(let column): column.validity
        case .list(let column): column.validity
        case .vector(let column): column.validity
        }
    }

    /// The number of rows.
    package var count: Int { validity.count }
}
