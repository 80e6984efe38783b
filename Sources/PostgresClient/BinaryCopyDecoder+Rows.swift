extension BinaryCopyDecoder {
    /// The bytes of some messages after the header, for readers that decode many rows by themselves: field count, then for each field
    /// its length and bytes, all big-endian. A field count of -1 is the trailer, of which they tell by `endRows`.
    package mutating func rows(in messages: UnsafeRawBufferPointer) throws(PostgresError) -> UnsafeRawBufferPointer {
        var reader = BigEndianReader(messages)
        if stage == .header {
            try readHeader(&reader)
            stage = .rows
        }
        let rest = try reader.readBytes(reader.bytesLeft)
        guard stage == .rows || rest.isEmpty else { throw .malformedCopy("bytes follow the trailer") }
        return rest
    }

    /// Takes a field count that is not that of a row: the trailer's, or an error.
    package mutating func endRows(at fieldCount: Int, isAtEnd: Bool) throws(PostgresError) {
        guard fieldCount == Int(BinaryCopyFormat.trailer) else { throw .malformedCopy("a row has another number of fields") }
        guard isAtEnd else { throw .malformedCopy("bytes follow the trailer") }
        stage = .finished
    }
}
