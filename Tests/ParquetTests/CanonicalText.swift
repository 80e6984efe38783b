import Columnar

/// The text of a table that the peers' scripts make too (Peers/canonical.py): a line for each value, floats by their bits.
enum CanonicalText {
    static func text(_ table: ColumnTable) -> String {
        var lines: [String] = []
        for (field, column) in zip(table.fields, table.columns) {
            lines.append("# \(field.name) \(name(field.type))")
            for row in 0..<table.rowCount { lines.append(cell(column, row)) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func name(_ type: ColumnType) -> String {
        switch type {
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
        case .list(let element): "list<\(name(element))>"
        case .vector: "list<float32>"
        }
    }

    private static func cell(_ column: Column, _ row: Int) -> String {
        guard column.validity.isValid(row) else { return "NULL" }
        switch column {
        case .bool(let column): return column.values[row] ? "1" : "0"
        case .int16(let column): return String(column.values[row])
        case .int32(let column), .date(let column): return String(column.values[row])
        case .int64(let column), .timestamp(let column): return String(column.values[row])
        case .float32(let column): return float(column.values[row])
        case .float64(let column):
            let value = column.values[row]
            return value.isNaN ? "nan" : String(value.bitPattern)
        case .string(let column), .bytes(let column): return hex(column.bytes[column.range(row)])
        case .uuid(let column): return hex(withUnsafeBytes(of: column.values[row].bigEndian) { Array($0) })
        case .list(let list):
            let elements = (list.offsets[row]..<list.offsets[row + 1]).map { cell(list.elements, $0) }
            return "[" + elements.joined(separator: ",") + "]"
        case .vector(let vector):
            let start = row * vector.dimension
            return "[" + vector.values[start..<start + vector.dimension].map(float).joined(separator: ",") + "]"
        }
    }

    private static func float(_ value: Float) -> String { value.isNaN ? "nan" : String(value.bitPattern) }

    private static func hex(_ bytes: some Collection<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = [UInt8(ascii: "x")]
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
