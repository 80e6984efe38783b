/// The pages of one column in one row group, and what the footer says of them, all but where they are in the file.
struct EncodedChunk: Sendable {
    /// Headers and bodies, in the order of the file.
    private(set) var pieces: [ContiguousArray<UInt8>] = []
    private(set) var metadata: ColumnChunk

    init(_ physicalType: PhysicalType, path: [String], codec: CompressionCodec, statistics: Statistics, valueCount: Int) {
        metadata = ColumnChunk(
            physicalType: physicalType, encodings: [.rle], path: path, codec: codec.rawValue, valueCount: Int64(valueCount),
            uncompressedByteCount: 0, compressedByteCount: 0, dataPageOffset: 0, statistics: statistics)
    }

    mutating func appendDictionaryPage(valueCount: Int, body: ContiguousArray<UInt8>, uncompressedByteCount: Int) {
        metadata.dictionaryPageOffset = metadata.compressedByteCount
        metadata.encodings.append(.plain)
        append(
            PageHeader.encoded(
                dictionaryPageOf: valueCount, uncompressedByteCount: uncompressedByteCount, compressedByteCount: body.count),
            body, uncompressedByteCount)
        metadata.dataPageOffset = metadata.compressedByteCount
    }

    mutating func appendDataPage(entryCount: Int, encoding: Encoding, body: ContiguousArray<UInt8>, uncompressedByteCount: Int) {
        if !metadata.encodings.contains(encoding) { metadata.encodings.append(encoding) }
        append(
            PageHeader.encoded(
                dataPageOf: entryCount, encoding: encoding, uncompressedByteCount: uncompressedByteCount,
                compressedByteCount: body.count),
            body, uncompressedByteCount)
    }

    /// The footer's entry, for pages that stand at this place in the file.
    func metadata(at offset: Int64) -> ColumnChunk {
        var placed = metadata
        placed.dataPageOffset += offset
        if let dictionaryPageOffset = placed.dictionaryPageOffset { placed.dictionaryPageOffset = dictionaryPageOffset + offset }
        return placed
    }

    private mutating func append(_ header: ContiguousArray<UInt8>, _ body: ContiguousArray<UInt8>, _ uncompressedByteCount: Int) {
        pieces.append(header)
        pieces.append(body)
        metadata.uncompressedByteCount += Int64(header.count + uncompressedByteCount)
        metadata.compressedByteCount += Int64(header.count + body.count)
    }
}
