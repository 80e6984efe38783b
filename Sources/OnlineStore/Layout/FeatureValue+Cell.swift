import FeatureDefs

/// Values from the bytes of a cell that is not NULL; nil for bytes that no writer of ours makes.
extension FeatureValue {
    /// A value of fixed width.
    init?(fixed type: FeatureType, in row: UnsafeRawBufferPointer, at offset: Int) {
        switch type {
        case .int64: self = .int64(Int64(littleEndian: row.loadUnaligned(fromByteOffset: offset, as: Int64.self)))
        case .float64:
            self = .float64(
                Double(bitPattern: UInt64(littleEndian: row.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            )
        case .float32: self = .float32(Self.float32(in: row, at: offset))
        case .timestamp:
            self = .timestamp(
                Timestamp(microseconds: Int64(littleEndian: row.loadUnaligned(fromByteOffset: offset, as: Int64.self)))
            )
        case .bool:
            guard row[offset] <= 1 else { return nil }
            self = .bool(row[offset] == 1)
        case .uuid:
            self = .uuid(
                UUIDBytes(
                    high: UInt64(bigEndian: row.loadUnaligned(fromByteOffset: offset, as: UInt64.self)),
                    low: UInt64(bigEndian: row.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
                )
            )
        case .vector(let length): self = .vector((0..<length).map { Self.float32(in: row, at: offset + 4 * $0) })
        case .string, .bytes, .list: return nil
        }
    }

    private static func float32(in row: UnsafeRawBufferPointer, at offset: Int) -> Float {
        Float(bitPattern: UInt32(littleEndian: row.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }

    /// A value of variable width, from all of its bytes.
    init?(variable type: FeatureType, _ content: UnsafeRawBufferPointer) {
        switch type {
        case .string:
            guard let text = String(validating: content, as: UTF8.self) else { return nil }
            self = .string(text)
        case .bytes: self = .bytes([UInt8](content))
        case .list(let element):
            guard let list = ListCell.decode(content, of: element) else { return nil }
            self = .list(list)
        case .int64, .float64, .float32, .bool, .timestamp, .uuid, .vector: return nil
        }
    }
}
