extension FileMetadata {
    /// The footer's bytes.
    func encoded() -> ContiguousArray<UInt8> {
        var writer = ThriftWriter()
        writer.element { file in
            file.int32(1, 2)
            file.list(2, of: .structure, schema) { list, element in list.element { element.write(to: &$0) } }
            file.int64(3, rowCount)
            file.list(4, of: .structure, Array(rowGroups.enumerated())) { list, group in
                list.element { group.element.write(to: &$0, ordinal: group.offset) }
            }
            if !keyValues.isEmpty {
                file.list(5, of: .structure, keyValues) { list, pair in
                    list.element {
                        $0.binary(1, pair.key.utf8)
                        if let value = pair.value { $0.binary(2, value.utf8) }
                    }
                }
            }
            if let createdBy { file.binary(6, createdBy.utf8) }
            // Without the order named, readers must not use the bounds. TypeDefinedOrder, for each leaf.
            file.list(7, of: .structure, schema.filter { $0.physicalType != nil }) { list, _ in
                list.element { $0.structure(1) { _ in } }
            }
        }
        return writer.bytes
    }
}

extension SchemaElement {
    func write(to writer: inout ThriftWriter) {
        if let physicalType { writer.int32(1, physicalType.rawValue) }
        if let typeLength { writer.int32(2, typeLength) }
        if let repetition { writer.int32(3, repetition.rawValue) }
        writer.binary(4, name.utf8)
        if let childCount { writer.int32(5, childCount) }
        if let convertedType = logicalType?.convertedType { writer.int32(6, convertedType) }
        if let logicalType { writer.structure(10) { logicalType.write(to: &$0) } }
    }
}

extension LogicalType {
    /// As the one member of the format's union.
    fileprivate func write(to writer: inout ThriftWriter) {
        switch self {
        case .string: writer.structure(1) { _ in }
        case .list: writer.structure(3) { _ in }
        case .date: writer.structure(6) { _ in }
        case .timestamp(let unit, let isAdjustedToUTC):
            writer.structure(8) {
                $0.boolean(1, isAdjustedToUTC)
                $0.structure(2) { $0.structure(unit.rawValue) { _ in } }
            }
        case .integer(let bitWidth, let isSigned):
            writer.structure(10) {
                $0.byte(1, bitWidth)
                $0.boolean(2, isSigned)
            }
        case .uuid: writer.structure(14) { _ in }
        case .decimal, .null, .other: preconditionFailure("\(self) is only ever read")
        }
    }
}

extension RowGroup {
    fileprivate func write(to writer: inout ThriftWriter, ordinal: Int) {
        writer.list(1, of: .structure, chunks) { list, chunk in
            list.element {
                $0.int64(2, 0)
                $0.structure(3) { chunk.write(to: &$0) }
            }
        }
        writer.int64(2, byteCount)
        writer.int64(3, rowCount)
        if let first = chunks.first { writer.int64(5, first.dictionaryPageOffset ?? first.dataPageOffset) }
        writer.int64(6, chunks.reduce(0) { $0 + $1.compressedByteCount })
        // The format has 16 bits for it; it is optional.
        if let ordinal = Int16(exactly: ordinal) { writer.int16(7, ordinal) }
    }
}

extension ColumnChunk {
    fileprivate func write(to writer: inout ThriftWriter) {
        writer.int32(1, physicalType.rawValue)
        writer.list(2, of: .int32, encodings) { $0.element($1.rawValue) }
        writer.list(3, of: .binary, path) { $0.element($1.utf8) }
        writer.int32(4, codec)
        writer.int64(5, valueCount)
        writer.int64(6, uncompressedByteCount)
        writer.int64(7, compressedByteCount)
        writer.int64(9, dataPageOffset)
        if let dictionaryPageOffset { writer.int64(11, dictionaryPageOffset) }
        if let statistics { writer.structure(12) { statistics.write(to: &$0) } }
    }
}

extension Statistics {
    fileprivate func write(to writer: inout ThriftWriter) {
        writer.int64(3, nullCount)
        guard let bounds else { return }
        writer.binary(5, bounds.maximum)
        writer.binary(6, bounds.minimum)
        writer.boolean(7, bounds.isMaximumExact)
        writer.boolean(8, bounds.isMinimumExact)
    }
}
