/// Columns as plain bytes, for a file that the same process reads back: no version, no type, this machine's byte order.
extension Column {
    /// Appends the column's bytes.
    package func write(to bytes: inout ContiguousArray<UInt8>) {
        switch self {
        case .bool(let column): column.write(to: &bytes)
        case .int16(let column): column.write(to: &bytes)
        case .int32(let column), .date(let column): column.write(to: &bytes)
        case .int64(let column), .timestamp(let column): column.write(to: &bytes)
        case .float32(let column): column.write(to: &bytes)
        case .float64(let column): column.write(to: &bytes)
        case .uuid(let column): column.write(to: &bytes)
        case .string(let column), .bytes(let column):
            column.validity.write(to: &bytes)
            bytes.append(all: column.offsets)
            bytes.append(all: column.bytes)
        case .list(let column):
            column.validity.write(to: &bytes)
            bytes.append(all: column.offsets)
            column.elements.write(to: &bytes)
        case .vector(let column):
            column.validity.write(to: &bytes)
            bytes.append(all: column.values)
        }
    }

    /// Reads back a column of a type.
    package init(reading reader: inout ColumnBytesReader, type: ColumnType) {
        switch type {
        case .bool: self = .bool(PrimitiveColumn(reading: &reader))
        case .int16: self = .int16(PrimitiveColumn(reading: &reader))
        case .int32: self = .int32(PrimitiveColumn(reading: &reader))
        case .date: self = .date(PrimitiveColumn(reading: &reader))
        case .int64: self = .int64(PrimitiveColumn(reading: &reader))
        case .timestamp: self = .timestamp(PrimitiveColumn(reading: &reader))
        case .float32: self = .float32(PrimitiveColumn(reading: &reader))
        case .float64: self = .float64(PrimitiveColumn(reading: &reader))
        case .uuid: self = .uuid(PrimitiveColumn(reading: &reader))
        case .string: self = .string(BytesColumn(reading: &reader))
        case .bytes: self = .bytes(BytesColumn(reading: &reader))
        case .list(let element):
            let validity = Validity(reading: &reader)
            let offsets = reader.array(of: Int.self)
            self = .list(
                ListColumn(offsets: offsets, elements: Column(reading: &reader, type: element), validity: validity))
        case .vector(let dimension):
            let validity = Validity(reading: &reader)
            self = .vector(VectorColumn(dimension: dimension, values: reader.array(of: Float.self), validity: validity))
        }
    }
}

/// Where columns are read back from.
package struct ColumnBytesReader {
    private let bytes: ContiguousArray<UInt8>
    private var position = 0

    package init(_ bytes: ContiguousArray<UInt8>) {
        self.bytes = bytes
    }

    fileprivate mutating func word() -> Int {
        defer { position += 8 }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Int.self) }
    }

    /// A count and so many elements.
    fileprivate mutating func array<Element: BitwiseCopyable>(of type: Element.Type) -> ContiguousArray<Element> {
        let count = word()
        let size = count * MemoryLayout<Element>.stride
        precondition(bytes.count - position >= size, "what was written is read back in its order")
        defer { position += size }
        return ContiguousArray(unsafeUninitializedCapacity: count) { buffer, initialized in
            bytes.withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[position..<position + size]))
            }
            initialized = count
        }
    }
}

extension ContiguousArray<UInt8> {
    fileprivate mutating func append(word: Int) {
        Swift.withUnsafeBytes(of: word) { append(contentsOf: $0) }
    }

    /// A count and the elements.
    fileprivate mutating func append<Value: BitwiseCopyable>(all elements: ContiguousArray<Value>) {
        append(word: elements.count)
        elements.withUnsafeBytes { append(contentsOf: $0) }
    }
}

extension Validity {
    fileprivate func write(to bytes: inout ContiguousArray<UInt8>) {
        bytes.append(word: count)
        bytes.append(word: nullCount)
        bytes.append(all: words)
    }

    fileprivate init(reading reader: inout ColumnBytesReader) {
        let count = reader.word()
        let nullCount = reader.word()
        self.init(count: count, nullCount: nullCount, words: reader.array(of: UInt64.self))
    }
}

extension PrimitiveColumn {
    fileprivate func write(to bytes: inout ContiguousArray<UInt8>) {
        validity.write(to: &bytes)
        bytes.append(all: values)
    }

    fileprivate init(reading reader: inout ColumnBytesReader) {
        let validity = Validity(reading: &reader)
        self.init(reader.array(of: Element.self), validity: validity)
    }
}

extension BytesColumn {
    fileprivate init(reading reader: inout ColumnBytesReader) {
        let validity = Validity(reading: &reader)
        let offsets = reader.array(of: Int.self)
        self.init(offsets: offsets, bytes: reader.array(of: UInt8.self), validity: validity)
    }
}
