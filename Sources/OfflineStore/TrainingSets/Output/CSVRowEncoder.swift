import Columnar

/// Writes tables of columns as CSV: an unquoted empty field is NULL, a quoted one the empty string, as in Postgres.
struct CSVRowEncoder {
    private let columns: [TrainingColumn]

    init(_ schema: TrainingSchema) {
        columns = schema.columns
    }

    /// The line of column names.
    func header() -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, column) in columns.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            Self.appendQuotedIfNeeded(Array(column.name.utf8)[...], to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    func append(_ batch: ColumnTable, to bytes: inout [UInt8]) {
        // One closure a column, chosen once, so that no cell asks for its type.
        let cells = zip(batch.columns, columns).map { Self.cell(of: $0, as: $1) }
        for row in 0..<batch.rowCount {
            for (index, cell) in cells.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                cell(row, &bytes)
            }
            bytes.append(UInt8(ascii: "\n"))
        }
    }

    typealias Cell = (_ row: Int, _ bytes: inout [UInt8]) -> Void

    private static func cell(of column: Column, as described: TrainingColumn) -> Cell {
        let write = text(of: column, isZoneless: described.databaseType.isClockWithoutZone)
        let validity = column.validity
        guard validity.nullCount > 0 else { return write }
        return { row, bytes in if validity.isValid(row) { write(row, &bytes) } }
    }

    /// Writes a value that is not NULL, quoted where it must be.
    private static func text(of column: Column, isZoneless: Bool) -> Cell {
        switch column {
        case .bool, .int16, .int32, .int64, .float32, .float64, .timestamp, .date, .uuid, .bytes:
            return ColumnText.cell(of: column, isZoneless: isZoneless)
        case .string(let column):
            return { row, bytes in appendQuotedIfNeeded(column.bytes[column.range(row)], to: &bytes) }
        case .list, .vector:
            let write = ColumnText.cell(of: column, isZoneless: isZoneless)
            return { row, bytes in
                var text: [UInt8] = []
                write(row, &text)
                appendQuotedIfNeeded(text[...], to: &bytes)
            }
        }
    }

    private static func appendQuotedIfNeeded<Text: RandomAccessCollection<UInt8>>(_ text: Text, to bytes: inout [UInt8]) {
        guard text.isEmpty || text.contains(where: needsQuotes) else {
            return bytes.append(contentsOf: text)
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
        default: false
        }
    }
}

extension String {
    /// Whether a column of this database type shows its instants without a zone.
    fileprivate var isClockWithoutZone: Bool { hasPrefix("timestamp") && hasSuffix("without time zone") }
}
