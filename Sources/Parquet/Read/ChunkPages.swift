/// The pages of one column chunk, one after the other, read from the file as they are asked for.
final class ChunkPages {
    /// A page of more is not one that a writer makes, and a damaged file must not take the memory for it.
    static let pageByteLimit = 512 << 20
    /// What is read at once, to find a header in.
    private static let windowBytes = 64 << 10
    /// A header has the bounds of its page in it, which may be long.
    private static let headerByteLimit = 16 << 20

    private let file: InputFile
    private let decompressor: Decompressor
    private var position: Int
    private let end: Int
    /// The bytes of the file from `windowStart` on.
    private var window: ContiguousArray<UInt8> = []
    private var windowStart = 0

    init(_ file: InputFile, _ chunk: ColumnChunk) throws(PageFailure) {
        guard chunk.filePath == nil else { throw .unsupported("it is kept in another file") }
        self.file = file
        decompressor = try Decompressor(codec: chunk.codec)
        var start = chunk.dataPageOffset
        // Some writers say 0 where there is none.
        if let dictionary = chunk.dictionaryPageOffset, dictionary >= 4, dictionary < start { start = dictionary }
        let (end, overflow) = start.addingReportingOverflow(chunk.compressedByteCount)
        guard !overflow, start >= 4, chunk.compressedByteCount >= 0, end <= Int64(file.byteCount) else {
            throw .corrupt("its pages would be outside of the file")
        }
        position = Int(start)
        self.end = Int(end)
    }

    /// The next page's header and its bytes as they are in the file; nil at the end.
    func next() throws(PageFailure) -> (header: PageHeader, body: ContiguousArray<UInt8>)? {
        guard position < end else { return nil }
        let header = try nextHeader()
        guard header.compressedByteCount <= end - position else { throw .corrupt("a page that is longer than its column") }
        guard header.uncompressedByteCount <= Self.pageByteLimit else {
            throw .unsupported("a page of \(header.uncompressedByteCount) bytes")
        }
        let body = try bytes(header.compressedByteCount)
        position += header.compressedByteCount
        return (header, body)
    }

    func decompress(_ body: ArraySlice<UInt8>, byteCount: Int) throws(PageFailure) -> PageBytes {
        try decompressor.decompress(body, byteCount: byteCount)
    }

    private func nextHeader() throws(PageFailure) -> PageHeader {
        var wanted = min(Self.windowBytes, end - position)
        while true {
            try fillWindow(wanted)
            var reader = ThriftReader(window, position - windowStart..<window.count)
            do throws(ThriftFailure) {
                let header = try PageHeader(&reader)
                position = windowStart + reader.position
                return header
            } catch {
                switch error {
                case .malformed(let what): throw .corrupt("a page's header: \(what)")
                case .truncated:
                    guard wanted < end - position, wanted < Self.headerByteLimit else {
                        throw .corrupt("a page's header that does not end")
                    }
                    wanted = min(wanted * 4, end - position)
                }
            }
        }
    }

    /// Sees to it that so many bytes from the position on are in the window.
    private func fillWindow(_ count: Int) throws(PageFailure) {
        let isThere =
            position >= windowStart && (position + count <= windowStart + window.count || windowStart + window.count >= end)
        guard !isThere || window.isEmpty else { return }
        window = try read(at: position, count: max(count, min(Self.windowBytes, end - position)))
        windowStart = position
    }

    /// Bytes from the position on: from the window what it has, the rest from the file.
    private func bytes(_ count: Int) throws(PageFailure) -> ContiguousArray<UInt8> {
        let available = max(0, min(count, windowStart + window.count - position))
        if available == count {
            return ContiguousArray(window[position - windowStart..<position - windowStart + count])
        }
        return try read(at: position, count: count)
    }

    private func read(at offset: Int, count: Int) throws(PageFailure) -> ContiguousArray<UInt8> {
        do throws(ParquetError) { return try file.bytes(at: offset, count: count) } catch { throw .input(error) }
    }
}
