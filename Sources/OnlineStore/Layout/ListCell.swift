import FeatureDefs

/// A list within a stored row: its own small row of elements of one type. See `PackedRowLayout`.
///
/// ```
/// count              u32
/// null bitmap        (count + 7) / 8 bytes
/// elements           of fixed width: in order, zeros when NULL
///                    else: u32 for each, where it ends, from the end of these; then the elements, empty when NULL
/// ```
enum ListCell {
    static func encode(_ list: FeatureList, into buffer: inout [UInt8]) throws(PackedRowError) {
        guard let count = UInt32(exactly: list.values.count) else { throw .tooLarge }
        withUnsafeBytes(of: count.littleEndian) { buffer.append(contentsOf: $0) }
        let bitmap = buffer.count
        let elements = bitmap + (list.values.count + 7) / 8
        let width = PackedRowLayout.width(of: FeatureType(list.element))
        let variable = elements + list.values.count * (width ?? 4)
        buffer.append(contentsOf: repeatElement(0, count: variable - bitmap))
        for (index, value) in list.values.enumerated() {
            if value.isNull { buffer[bitmap + index / 8] |= 1 << (index % 8) }
            if let width {
                buffer.withUnsafeMutableBytes { value.storeFixed(in: $0, at: elements + width * index) }
                continue
            }
            switch value {
            case .string(let text): buffer.append(contentsOf: text.utf8)
            case .bytes(let bytes): buffer.append(contentsOf: bytes)
            case .null, .int64, .float64, .float32, .bool, .timestamp, .uuid, .list, .vector: break
            }
            guard let end = UInt32(exactly: buffer.count - variable) else { throw .tooLarge }
            buffer.withUnsafeMutableBytes {
                $0.storeBytes(of: end.littleEndian, toByteOffset: elements + 4 * index, as: UInt32.self)
            }
        }
    }

    /// nil for bytes that `encode` does not make.
    static func decode(_ content: UnsafeRawBufferPointer, of element: FeatureType.Scalar) -> FeatureList? {
        guard let count = word(in: content, at: 0) else { return nil }
        let bitmap = 4
        let elements = bitmap + (count + 7) / 8
        let type = FeatureType(element)
        let width = PackedRowLayout.width(of: type)
        let variable = elements + count * (width ?? 4)
        guard content.count >= variable else { return nil }
        if count % 8 != 0, content[elements - 1] >> (count % 8) != 0 { return nil }
        var values: [FeatureValue] = []
        values.reserveCapacity(count)
        var end = 0
        for index in 0..<count {
            let isNull = content[bitmap + index / 8] & (1 << (index % 8)) != 0
            if let width {
                let start = elements + width * index
                if isNull {
                    guard content[start..<start + width].allSatisfy({ $0 == 0 }) else { return nil }
                    values.append(.null)
                } else {
                    guard let value = FeatureValue(fixed: type, in: content, at: start) else { return nil }
                    values.append(value)
                }
                continue
            }
            guard let next = word(in: content, at: elements + 4 * index), next >= end, content.count >= variable + next else {
                return nil
            }
            let bytes = UnsafeRawBufferPointer(rebasing: content[variable + end..<variable + next])
            end = next
            if isNull {
                guard bytes.isEmpty else { return nil }
                values.append(.null)
            } else {
                guard let value = FeatureValue(variable: type, bytes) else { return nil }
                values.append(value)
            }
        }
        return content.count == variable + end ? FeatureList(values, of: element) : nil
    }

    private static func word(in content: UnsafeRawBufferPointer, at offset: Int) -> Int? {
        guard content.count >= offset + 4 else { return nil }
        return Int(UInt32(littleEndian: content.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
}
