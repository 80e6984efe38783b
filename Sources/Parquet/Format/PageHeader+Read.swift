extension PageHeader {
    init(_ reader: inout ThriftReader) throws(ThriftFailure) {
        self.init(kind: .other, uncompressedByteCount: 0, compressedByteCount: 0)
        var type: Int32 = -1
        var cursor = ThriftReader.StructureCursor()
        while let field = try reader.next(&cursor) {
            switch field.id {
            case 1: type = try reader.int32(field)
            case 2: uncompressedByteCount = try reader.count(field)
            case 3: compressedByteCount = try reader.count(field)
            case 5:
                try reader.expectStructure(field)
                kind = .data(try DataV1(&reader))
            case 7:
                try reader.expectStructure(field)
                kind = try Self.dictionary(&reader)
            case 8:
                try reader.expectStructure(field)
                kind = .dataV2(try DataV2(&reader))
            default: try reader.skip(field)
            }
        }
        switch (type, kind) {
        case (0, .data), (2, .dictionary), (3, .dataV2): break
        case (0, _), (2, _), (3, _): throw .malformed("a page without its header")
        default: kind = .other
        }
    }

    private static func dictionary(_ reader: inout ThriftReader) throws(ThriftFailure) -> Kind {
        var valueCount = 0
        var encoding: Int32 = 0
        var cursor = ThriftReader.StructureCursor()
        while let field = try reader.next(&cursor) {
            switch field.id {
            case 1: valueCount = try reader.count(field)
            case 2: encoding = try reader.int32(field)
            default: try reader.skip(field)
            }
        }
        return .dictionary(valueCount: valueCount, encoding: encoding)
    }
}

extension PageHeader.DataV1 {
    fileprivate init(_ reader: inout ThriftReader) throws(ThriftFailure) {
        self.init()
        var cursor = ThriftReader.StructureCursor()
        while let field = try reader.next(&cursor) {
            switch field.id {
            case 1: valueCount = try reader.count(field)
            case 2: encoding = try reader.int32(field)
            case 3: definitionEncoding = try reader.int32(field)
            case 4: repetitionEncoding = try reader.int32(field)
            default: try reader.skip(field)
            }
        }
    }
}

extension PageHeader.DataV2 {
    fileprivate init(_ reader: inout ThriftReader) throws(ThriftFailure) {
        self.init()
        var cursor = ThriftReader.StructureCursor()
        while let field = try reader.next(&cursor) {
            switch field.id {
            case 1: valueCount = try reader.count(field)
            case 4: encoding = try reader.int32(field)
            case 5: definitionByteCount = try reader.count(field)
            case 6: repetitionByteCount = try reader.count(field)
            case 7: isCompressed = try reader.boolean(field)
            default: try reader.skip(field)
            }
        }
    }
}
