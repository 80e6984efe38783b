/// Reads integers and runs of bytes from the front of a buffer that it does not own.
struct BigEndianReader {
    private let buffer: UnsafeRawBufferPointer
    private var offset = 0

    init(_ buffer: UnsafeRawBufferPointer) {
        self.buffer = buffer
    }

    var isAtEnd: Bool { offset == buffer.count }

    var bytesLeft: Int { buffer.count - offset }

    mutating func readInteger<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type
    ) throws(PostgresError) -> Value {
        let size = MemoryLayout<Value>.size
        guard buffer.count - offset >= size else { throw .malformedCopy("it ends inside a row") }
        defer { offset += size }
        return Value(bigEndian: buffer.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    mutating func readBytes(_ count: Int) throws(PostgresError) -> UnsafeRawBufferPointer {
        guard buffer.count - offset >= count else { throw .malformedCopy("it ends inside a row") }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: buffer[offset..<offset + count])
    }
}
