extension BinaryCopyDecoder {
    /// The bytes of a message's rows alone, for readers that decode many rows by themselves: field count, then for each field its
    /// length and bytes, all big-endian. Empty for the trailer.
    package mutating func rows(in message: UnsafeRawBufferPointer) throws(PostgresError) -> UnsafeRawBufferPointer {
        var reader = BigEndianReader(message)
        if stage == .header {
            try readHeader(&reader)
            stage = .rows
        }
        let rest = try reader.readBytes(reader.bytesLeft)
        if rest.count == 2, Int16(bigEndian: rest.loadUnaligned(as: Int16.self)) == BinaryCopyFormat.trailer {
            stage = .finished
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        guard stage == .rows || rest.isEmpty else { throw .malformedCopy("bytes follow the trailer") }
        return rest
    }
}
