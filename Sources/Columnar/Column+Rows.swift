/// Rows taken out of a column, and put together.
extension Column {
    /// The rows chosen, in that order; NULL for each -1.
    package func gathered(_ rows: RowChoice) -> Column {
        switch self {
        case .bool(let column): .bool(column.gathered(rows, placeholder: false))
        case .int16(let column): .int16(column.gathered(rows, placeholder: 0))
        case .int32(let column): .int32(column.gathered(rows, placeholder: 0))
        case .int64(let column): .int64(column.gathered(rows, placeholder: 0))
        case .float32(let column): .float32(column.gathered(rows, placeholder: 0))
        case .float64(let column): .float64(column.gathered(rows, placeholder: 0))
        case .timestamp(let column): .timestamp(column.gathered(rows, placeholder: 0))
        case .date(let column): .date(column.gathered(rows, placeholder: 0))
        case .string(let column): .string(column.gathered(rows))
        case .bytes(let column): .bytes(column.gathered(rows))
        case .uuid(let column): .uuid(column.gathered(rows, placeholder: 0))
        case .list(let column): .list(column.gathered(rows))
        case .vector(let column): .vector(column.gathered(rows))
        }
    }

    /// The rows of a range.
    package subscript(range: Range<Int>) -> Column {
        switch self {
        case .bool(let column): .bool(column[range])
        case .int16(let column): .int16(column[range])
        case .int32(let column): .int32(column[range])
        case .int64(let column): .int64(column[range])
        case .float32(let column): .float32(column[range])
        case .float64(let column): .float64(column[range])
        case .timestamp(let column): .timestamp(column[range])
        case .date(let column): .date(column[range])
        case .string(let column): .string(column[range])
        case .bytes(let column): .bytes(column[range])
        case .uuid(let column): .uuid(column[range])
        case .list(let column): .list(column[range])
        case .vector(let column): .vector(column[range])
        }
    }

    /// A column without rows.
    package static func empty(_ type: ColumnType) -> Column {
        switch type {
        case .bool: .bool(PrimitiveColumn())
        case .int16: .int16(PrimitiveColumn())
        case .int32: .int32(PrimitiveColumn())
        case .int64: .int64(PrimitiveColumn())
        case .float32: .float32(PrimitiveColumn())
        case .float64: .float64(PrimitiveColumn())
        case .timestamp: .timestamp(PrimitiveColumn())
        case .date: .date(PrimitiveColumn())
        case .string: .string(BytesColumn())
        case .bytes: .bytes(BytesColumn())
        case .uuid: .uuid(PrimitiveColumn())
        case .list(let element): .list(ListColumn(offsets: [0], elements: .empty(element), validity: Validity()))
        case .vector(let dimension): .vector(VectorColumn(dimension: dimension, values: [], validity: Validity()))
        }
    }

    /// Columns of one type, one after the other.
    package static func joined(_ columns: [Column], type: ColumnType) -> Column {
        if columns.count == 1 { return columns[0] }
        func parts<Part>(_ part: (Column) -> Part?) -> [Part] {
            let parts = columns.compactMap(part)
            precondition(parts.count == columns.count, "columns that are joined are of one type")
            return parts
        }
        switch type {
        case .bool: return .bool(.joined(parts { if case .bool(let column) = $0 { column } else { nil } }))
        case .int16: return .int16(.joined(parts { if case .int16(let column) = $0 { column } else { nil } }))
        case .int32: return .int32(.joined(parts { if case .int32(let column) = $0 { column } else { nil } }))
        case .int64: return .int64(.joined(parts { if case .int64(let column) = $0 { column } else { nil } }))
        case .float32: return .float32(.joined(parts { if case .float32(let column) = $0 { column } else { nil } }))
        case .float64: return .float64(.joined(parts { if case .float64(let column) = $0 { column } else { nil } }))
        case .timestamp: return .timestamp(.joined(parts { if case .timestamp(let column) = $0 { column } else { nil } }))
        case .date: return .date(.joined(parts { if case .date(let column) = $0 { column } else { nil } }))
        case .string: return .string(.joined(parts { if case .string(let column) = $0 { column } else { nil } }))
        case .bytes: return .bytes(.joined(parts { if case .bytes(let column) = $0 { column } else { nil } }))
        case .uuid: return .uuid(.joined(parts { if case .uuid(let column) = $0 { column } else { nil } }))
        case .list(let element):
            return .list(.joined(parts { if case .list(let column) = $0 { column } else { nil } }, element: element))
        case .vector(let dimension):
            return .vector(.joined(parts { if case .vector(let column) = $0 { column } else { nil } }, dimension: dimension))
        }
    }
}
