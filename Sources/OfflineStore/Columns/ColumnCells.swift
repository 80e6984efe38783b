import Columnar
import PostgresClient

/// Cells of columns in the binary COPY format, in the type that `ColumnType.postgresName` names.
enum ColumnCells {
    typealias Cell = (_ row: Int, _ encoder: inout BinaryCopyEncoder) -> Void

    /// Appends a row's value, NULL too. Chosen once for a column, so that no cell asks for its type.
    static func cell(of column: Column) -> Cell {
        let write = value(of: column)
        let validity = column.validity
        return { row, encoder in
            if validity.isValid(row) { write(row, &encoder) } else { encoder.appendNull() }
        }
    }

    private static func value(of column: Column) -> Cell {
        switch column {
        case .bool(let column): { $1.append(column.values[$0]) }
        case .int16(let column): { $1.append(column.values[$0]) }
        case .int32(let column): { $1.append(column.values[$0]) }
        case .int64(let column): { $1.append(column.values[$0]) }
        case .float32(let column): { $1.append(column.values[$0]) }
        case .float64(let column): { $1.append(column.values[$0]) }
        case .timestamp(let column): { $1.append(timestampMicroseconds: column.values[$0]) }
        case .date(let column): { $1.append(daysSince2000(column.values[$0])) }
        case .string(let column), .bytes(let column):
            { row, encoder in
                let range = column.range(row)
                column.bytes.withUnsafeBytes { encoder.append(UnsafeRawBufferPointer(rebasing: $0[range])) }
            }
        case .uuid(let column): { row, encoder in withUnsafeBytes(of: column.values[row].bigEndian) { encoder.append($0) } }
        case .list(let column): list(column)
        case .vector(let column):
            { row, encoder in
                encoder.appendArray(of: .float4, count: column.dimension, hasNull: false) { encoder in
                    for value in column.values[row * column.dimension..<(row + 1) * column.dimension] { encoder.append(value) }
                }
            }
        }
    }

    private static func list(_ column: ListColumn) -> Cell {
        let element = cell(of: column.elements)
        let validity = column.elements.validity
        let type = column.elements.type.elementTypeID
        return { row, encoder in
            let range = column.offsets[row]..<column.offsets[row + 1]
            encoder.appendArray(of: type, count: range.count, hasNull: !range.allSatisfy(validity.isValid)) { encoder in
                for index in range { element(index, &encoder) }
            }
        }
    }

    /// As Postgres counts dates; the two ends are its infinities. What it has no date for stays something that it refuses.
    private static func daysSince2000(_ days: Int32) -> Int32 {
        guard days != .min, days != .max else { return days }
        let (shifted, overflow) = days.subtractingReportingOverflow(10_957)
        return overflow ? .min + 1 : shifted
    }
}

extension ColumnType {
    /// Of an element of a list, which is no list itself.
    fileprivate var elementTypeID: PostgresTypeID {
        switch self {
        case .bool: .bool
        case .int16: .int2
        case .int32: .int4
        case .int64: .int8
        case .float32: .float4
        case .float64: .float8
        case .timestamp: .timestamptz
        case .date: .date
        case .string: .text
        case .bytes: .bytea
        case .uuid: .uuid
        case .list, .vector: preconditionFailure("a list is of single values")
        }
    }
}
