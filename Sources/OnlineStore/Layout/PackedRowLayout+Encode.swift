package import FeatureDefs

extension PackedRowLayout {
    /// Appends a row. On an error the buffer is as it was.
    package func encode(
        _ cells: some Collection<FeatureValue>, version: RowVersion, into buffer: inout [UInt8]
    ) throws(PackedRowError) {
        guard cells.count == cellTypes.count else {
            throw .wrongCellCount(expected: cellTypes.count, found: cells.count)
        }
        let start = beginRow(in: &buffer)
        do throws(PackedRowError) {
            for (cell, value) in cells.enumerated() {
                try encode(value, cell: cell, row: start, into: &buffer)
                guard case .header = slots[cell], !value.isNull, value != .timestamp(version.event) else { continue }
                throw .notTheEvent(cell: cell)
            }
        } catch {
            buffer.removeLast(buffer.count - start)
            throw error
        }
        endRow(start, version: version, in: &buffer)
    }

    /// Appends a row whose cells and header are to come; returns where it begins.
    func beginRow(in buffer: inout [UInt8]) -> Int {
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: variableOffset))
        return start
    }

    func endRow(_ row: Int, version: RowVersion, in buffer: inout [UInt8]) {
        buffer.withUnsafeMutableBytes { RowHeader.store(word: word, version: version, in: $0, at: row) }
    }

    /// Puts a cell into the row that was begun last. Those of variable width must come in order. Of one that is in the header only
    /// whether it is NULL is noted.
    func encode(
        _ value: FeatureValue, cell: Int, row: Int, into buffer: inout [UInt8]
    ) throws(PackedRowError) {
        if value.isNull {
            buffer[row + RowHeader.size + cell / 8] |= 1 << (cell % 8)
        } else if value.type != cellTypes[cell] {
            throw .wrongType(cell: cell, expected: cellTypes[cell], found: value.type)
        }
        switch slots[cell] {
        case .fixed(let offset):
            buffer.withUnsafeMutableBytes { value.storeFixed(in: $0, at: row + offset) }
        case .header: break
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
