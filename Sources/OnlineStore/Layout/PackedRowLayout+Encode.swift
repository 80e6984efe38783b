package import FeatureDefs

extension PackedRowLayout {
    /// Appends a row. On an error the buffer is as it was.
    package func encode(
        _ cells: some Collection<FeatureValue>, version: RowVersion, into buffer: inout [UInt8]
    ) throws(PackedRowError) {
        guard cells.count == cellTypes.count else {
            throw .wrongCellCount(expected: cellTypes.count, found: cells.count)
        }
        let start = buffer.count
        RowHeader.append(word: word, version: version, to: &buffer)
        buffer.append(contentsOf: repeatElement(0, count: variableOffset - RowHeader.size))
        do {
            for (cell, value) in cells.enumerated() {
                try encode(value, cell: cell, row: start, event: version.event, into: &buffer)
            }
        } catch {
            buffer.removeLast(buffer.count - start)
            throw error
        }
    }

    private func encode(
        _ value: FeatureValue, cell: Int, row: Int, event: Timestamp, into buffer: inout [UInt8]
    ) throws(PackedRowError) {
        if value.isNull {
            buffer[row + RowHeader.size + cell / 8] |= 1 << (cell % 8)
        } else if value.type != cellTypes[cell] {
            throw .wrongType(cell: cell, expected: cellTypes[cell], found: value.type)
        }
        switch slots[cell] {
        case .fixed(let offset):
            buffer.withUnsafeMutableBytes { value.storeFixed(in: $0, at: row + offset) }
        case .header:
            guard value.isNull || value == .timestamp(event) else { throw .notTheEvent(cell: cell) }
        case .variable(let index):
            switch value {
            case .string(let text): buffer.append(contentsOf: text.utf8)
            case .bytes(let bytes): buffer.append(contentsOf: bytes)
            case .list(let list): try ListCell.encode(list, into: &buffer)
            case .null, .int64, .float64, .float32, .bool, .timestamp, .uuid, .vector: break
            }
            guard let end = UInt32(exactly: buffer.count - row - variableOffset) else { throw .tooLarge }
            let place = row + endsOffset + 4 * index
            buffer.withUnsafeMutableBytes { $0.storeBytes(of: end.littleEndian, toByteOffset: place, as: UInt32.self) }
        }
    }
}

extension FeatureValue {
    /// Writes a value of fixed width; NULL leaves the zeros.
    func storeFixed(in row: UnsafeMutableRawBufferPointer, at offset: Int) {
        switch self {
        case .int64(let value): row.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Int64.self)
        case .float64(let value):
            row.storeBytes(of: value.bitPattern.littleEndian, toByteOffset: offset, as: UInt64.self)
        case .float32(let value):
            row.storeBytes(of: value.bitPattern.littleEndian, toByteOffset: offset, as: UInt32.self)
        case .timestamp(let value):
            row.storeBytes(of: value.microseconds.littleEndian, toByteOffset: offset, as: Int64.self)
        case .bool(let value): row[offset] = value ? 1 : 0
        case .uuid(let value):
            row.storeBytes(of: value.high.bigEndian, toByteOffset: offset, as: UInt64.self)
            row.storeBytes(of: value.low.bigEndian, toByteOffset: offset + 8, as: UInt64.self)
        case .vector(let elements):
            for (index, element) in elements.enumerated() {
                row.storeBytes(of: element.bitPattern.littleEndian, toByteOffset: offset + 4 * index, as: UInt32.self)
            }
        case .null, .string, .bytes, .list: break
        }
    }
}
