extension FileMetadata {
    /// Reads a footer.
    init(_ reader: inout ThriftReader) throws(ThriftFailure) {
        self.init(schema: [], rowCount: 0, rowGroups: [], keyValues: [])
        var cursor = ThriftReader.StructureCursor()
        while let field = try reader.next(&cursor) {
            switch field.id {
            case 2: for _ in 0..<(try reader.list(field, of: .structure)) { schema.append(try SchemaElement(&reader)) }
            case 3: rowCount = Int64(try reader.count(field))
            case 4: for _ in 0..<(try reader.list(field, of: .structure)) { rowGroups.append(try RowGroup(&reader)) }
            case 5: for _ in 0..<(try reader.list(field, of: .structure)) { keyValues.append(try KeyValue(&reader)) }
            case 6: createdBy = try reader.text(field)
            case 8:
                isEncrypted = true
                try reader.skip(field)
            default: try reader.skip(field)
            }
        }
    }
}

extension SchemaElement {
    fileprivate init(_ reader: inout ThriftReader) throws(ThriftFailure) {
        self.init(name: "")
        var convertedType: Int32?
        var cursor = ThriftReader.StructureCursor()
        while let field = try reader.next(&cursor) {
            switch field.id {
            case 1:
                guard let type = PhysicalType(rawValue: try reader.int32(field)) else { throw .malformed("a column's type") }
                physicalType = type
            case 2: typeLength = try reader.int32(field)
            case 3:
                guard let value = Repetition(rawValue: try reader.int32(field)) else { throw .malformed("a column's repetition") }
                repetition = value
            case 4: name = try reader.text(field)
            case 5: childCount = try reader.int32(field)
            case 6: convertedType = try reader.int32(field)
            case 7: scale = try reader.int32(field)
            case 10:
                try reader.expectStructure(field)
                logicalType = try LogicalType(&reader)
            default: try reader.skip(field)
            }
        }
        if logicalType == nil, let convertedType { logicalType = LogicalType(convertedType: convertedType) }
    }
}

extension LogicalType {
    /// Reads the format's union of one member.
    fileprivate init(_ reader: inout ThriftReader) throws(ThriftFailure) {
        var type = LogicalType.other("a logical type")
        var cursor = ThriftReader.StructureCursor()
        while let field = try reader.next(&cursor) {
            switch field.id {
            case 8:
                try reader.expectStructure(field)
                type = try Self.timestamp(&reader)
            case 10:
                try reader.expectStructure(field)
                type = try Self.integer(&reader)
            default:
                try reader.skip(field)
                type = Self.withoutParameters[field.id] ?? .other("logical type \(field.id)")
            }
        }
        self = type
    }

    private static let withoutParameters: [Int16: LogicalType] = [
        1: .string, 2: .other("MAP"), 3: .list, 4: .string, 5: .decimal, 6: .date, 7: .other("TIME"), 11: .null, 12: .string,
        13: .other("BSON"), 14: .uuid, 15: .other("FLOAT16"), 16: .other("VARIANT"), 17: .other("GEOMETRY"),
        18: .other("GEOGRAPHY"),
    ]

    private static func timestamp(_ reader: inout ThriftReader) throws(ThriftFailure) -> LogicalType {
        var isAdjustedToUTC = false
        var unit: TimeUnit?
        var cursor = ThriftReader.StructureCursor()
        while let field = try reader.next(&cursor) {
            switch field.id {
            case 1: isAdjustedToUTC = try reader.boolean(field)
            case 2:
                try reader.expectStructure(field)
                var members = ThriftReader.StructureCursor()
                while let member = try reader.next(&members) {
                    unit = TimeUnit(rawValue: member.id)
                    try reader.skip(member)
                }
            default: try reader.skip(field)
            }
        }
        guard let unit else { throw .malformed("a timestamp's unit") }
        return .timestamp(unit, isAdjustedToUTC: isAdjustedToUTC)
    }

    private static func integer(_ reader: inout ThriftReader) throws(ThriftFailure) -> LogicalType {
        var bitWidth: Int64 = 0
        var isSigned = false
        var cursor = ThriftReader.StructureCursor()
        while let field = try reader.next(&cursor) {
            switch field.id {
            case 1: bitWidth = try reader.integer(field)
            case 2: isSigned = try reader.boolean(field)
            default: try reader.skip(field)
            }
        }
        guard let bitWidth = Int8(exactly: bitWidth) else { throw .malformed("an integer's width") }
        return .integer(bitWidth: bitWidth, isSigned: isSigned)
    }
}

extension RowGroup {
    fileprivate init(_ reader: inout ThriftReader) throws(ThriftFailure) {
        self.init(chunks: [], byteCount: 0, rowCount: 0)
        var cursor = ThriftReader.StructureCursor()
        while let field = try reader.next(&cursor) {
            switch field.id {
            case 1: for _ in 0..<(try reader.list(field, of: .structure)) { chunks.append(try ColumnChunk(outer: &reader)) }
            case 2: byteCount = try reader.integer(field)
            case 3: rowCount = Int64(try reader.count(field))
            default: try reader.skip(field)
            }
        }
    }
}

extension ColumnChunk {
    /// Reads the structure around the one that counts.
    fileprivate init(outer reader: inout ThriftReader) throws(ThriftFailure) {
        var chunk: ColumnChunk?
        var filePath: String?
        var cursor = ThriftReader.StructureCursor()
        while let field = try reader.next(&cursor) {
            switch field.id {
            case 1: filePath = try reader.text(field)
            case 3:
                try reader.expectStructure(field)
                chunk = try ColumnChunk(&reader)
            default: try reader.skip(field)
            }
        }
        guard let chunk else { throw .malformed("a column chunk without metadata") }
        self = chunk
        self.filePath = filePath
    }

    private init(_ reader: inout ThriftReader) throws(ThriftFailure) {
        self.init(
            physicalType: .boolean, encodings: [], path: [], codec: 0, valueCount: 0, uncompressedByteCount: 0,
            compressedByteCount: 0, dataPageOffset: 0)
        var cursor = ThriftReader.StructureCursor()
        while let field = try reader.next(&cursor) {
            switch field.id {
            case 1:
                guard let type = PhysicalType(rawValue: try reader.int32(field)) else { throw .malformed("a chunk's type") }
                physicalType = type
            case 3: for _ in 0..<(try reader.list(field, of: .binary)) { path.append(try reader.textElement()) }
            case 4: codec = try reader.int32(field)
            case 5: valueCount = Int64(try reader.count(field))
            case 6: uncompressedByteCount = try reader.integer(field)
            case 7: compressedByteCount = try reader.integer(field)
            case 9: dataPageOffset = try reader.integer(field)
            case 11: dictionaryPageOffset = try reader.integer(field)
            // Statistics: nothing here prunes by them.
            default: try reader.skip(field)
            }
        }
    }
}

extension KeyValue {
    fileprivate init(_ reader: inout ThriftReader) throws(ThriftFailure) {
        self.init(key: "")
        var cursor = ThriftReader.StructureCursor()
        while let field = try reader.next(&cursor) {
            switch field.id {
            case 1: key = try reader.text(field)
            case 2: value = try reader.text(field)
            default: try reader.skip(field)
            }
        }
    }
}
