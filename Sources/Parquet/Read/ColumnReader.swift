import Columnar

/// Reads one column of a file, row group by row group, so many rows at a time.
final class ColumnReader {
    /// Entries whose levels are looked at at once.
    private static let stepEntries = 8192
    /// A batch with more elements of lists is not read: a damaged file can claim any number in a few bytes.
    private static let batchElementLimit = 1 << 27

    private let column: ReadableColumn
    private var builder: any LeafBuilder
    private var pages: ChunkPages?
    private var page = PageCursor()
    /// Entries of the chunk in pages that have not been begun.
    private var entriesAhead: Int64 = 0
    private var lists = ListRows()

    /// Levels that have been read, from `levelsPosition` on not yet used.
    private var repetitions = ContiguousArray<UInt8>(repeating: 0, count: stepEntries)
    private var definitions = ContiguousArray<UInt8>(repeating: 0, count: stepEntries)
    private var levelsPosition = 0
    private var levelsCount = 0
    private var present = ContiguousArray<UInt8>(repeating: 1, count: stepEntries)

    init(_ column: ReadableColumn) {
        self.column = column
        builder = column.element.makeBuilder()
    }

    /// Begins with a row group, the one before having been read to its end.
    func start(_ chunk: ColumnChunk, rowCount: Int64, of file: InputFile) throws(PageFailure) {
        guard chunk.physicalType == column.element.physicalType else {
            throw .corrupt("a row group that has another type for it")
        }
        guard column.list != nil || chunk.valueCount == rowCount else {
            throw .corrupt("\(chunk.valueCount) values in \(rowCount) rows")
        }
        pages = try ChunkPages(file, chunk)
        page = PageCursor()
        entriesAhead = chunk.valueCount
        (levelsPosition, levelsCount) = (0, 0)
        lists.startChunk()
    }

    /// Reads the next rows, all of this row group.
    func read(rows: Int) throws(PageFailure) {
        if let levels = column.list { try readLists(rows, levels) } else { try readSingles(rows) }
    }

    /// Checks that the row group has no more than has been read.
    func finishChunk() throws(PageFailure) {
        guard entriesAhead == 0, page.entryCount == 0, levelsPosition == levelsCount else {
            throw .corrupt("more rows than its row group has")
        }
    }

    /// What has been read since the last time.
    func takeColumn() throws(PageFailure) -> Column {
        let leaves = try builder.takeColumn()
        guard column.list != nil else { return leaves }
        let list = lists.takeList(of: leaves)
        guard case .vector(let dimension) = column.type else { return .list(list) }
        return .vector(try VectorColumn(list, dimension: dimension))
    }

    private func readSingles(_ rows: Int) throws(PageFailure) {
        var remaining = rows
        while remaining > 0 {
            guard page.entryCount > 0 else {
                try startPage()
                continue
            }
            let count = min(remaining, page.entryCount, Self.stepEntries)
            try page.read(
                count, repetition: &repetitions, definition: &present, maximumDefinition: column.maximumDefinition)
            try append(count)
            remaining -= count
        }
    }

    private func readLists(_ rows: Int, _ levels: ReadableColumn.ListLevels) throws(PageFailure) {
        let end = lists.rowCount + rows
        while true {
            if levelsPosition == levelsCount {
                if page.entryCount == 0 {
                    if entriesAhead == 0 { break }
                    try startPage()
                    continue
                }
                (levelsPosition, levelsCount) = (0, min(page.entryCount, Self.stepEntries))
                try page.read(
                    levelsCount, repetition: &repetitions, definition: &definitions, maximumDefinition: column.maximumDefinition)
            }
            var elementCount = 0
            var isWhole = false
            while levelsPosition < levelsCount {
                let (repetition, definition) = (repetitions[levelsPosition], definitions[levelsPosition])
                if repetition == 0 {
                    if lists.rowCount == end {
                        isWhole = true
                        break
                    }
                    lists.startRow(isNull: definition < levels.empty, isEmpty: definition < levels.element)
                } else {
                    guard lists.canContinue, definition >= levels.element else { throw .corrupt("an element of no list") }
                }
                if definition >= levels.element {
                    present[elementCount] = definition == column.maximumDefinition ? 1 : 0
                    elementCount += 1
                    lists.appendElement()
                }
                levelsPosition += 1
            }
            try append(elementCount)
            guard lists.elementCount <= Self.batchElementLimit else {
                throw .unsupported("more than \(Self.batchElementLimit) elements in one batch of rows")
            }
            if isWhole { break }
        }
        guard lists.rowCount == end else { throw .corrupt("fewer rows than its row group has") }
    }

    /// Hands the next entries to the builder: values where `present` is not 0.
    private func append(_ count: Int) throws(PageFailure) {
        var failure: PageFailure?
        present.withUnsafeBufferPointer { buffer in
            let part = UnsafeBufferPointer(rebasing: buffer[..<count])
            var presentCount = 0
            for isPresent in part { presentCount += Int(isPresent) }
            do throws(PageFailure) { try builder.append(part, presentCount: presentCount) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Goes on to the next page that has entries; dictionaries on the way are taken.
    private func startPage() throws(PageFailure) {
        guard let pages, entriesAhead > 0, let (header, body) = try pages.next() else {
            throw .corrupt("fewer values than its row group has")
        }
        switch header.kind {
        case .other: return
        case .dictionary(let count, let encoding):
            guard encoding == Encoding.plain.rawValue || encoding == Encoding.plainDictionary.rawValue else {
                throw .unsupported("encoding \(Self.name(encoding)) of a dictionary")
            }
            try builder.loadDictionary(
                try pages.decompress(body[...], byteCount: header.uncompressedByteCount), count: count)
        case .data(let data):
            let bytes = try pages.decompress(body[...], byteCount: header.uncompressedByteCount)
            var position = 0
            let repetition = try column.list.map { _ throws(PageFailure) in
                try levels(of: bytes, at: &position, encoding: data.repetitionEncoding, entries: data.valueCount, maximum: 1)
            }
            let definition =
                column.maximumDefinition == 0
                ? nil
                : try levels(
                    of: bytes, at: &position, encoding: data.definitionEncoding, entries: data.valueCount,
                    maximum: column.maximumDefinition)
            try start(
                PageCursor(entryCount: data.valueCount, repetition: repetition, definition: definition),
                try bytes.part(position..<bytes.count), encoding: data.encoding)
        case .dataV2(let data):
            let levelsCount = data.repetitionByteCount + data.definitionByteCount
            guard levelsCount <= body.count, levelsCount <= header.uncompressedByteCount else { throw .tooShort }
            let levels = PageBytes(copying: body[..<levelsCount])
            let repetition = try column.list.map { _ throws(PageFailure) in
                try HybridDecoder(try levels.part(0..<data.repetitionByteCount), bitWidth: 1)
            }
            let definition =
                column.maximumDefinition == 0
                ? nil
                : try HybridDecoder(
                    try levels.part(data.repetitionByteCount..<levelsCount), bitWidth: Self.bitWidth(column.maximumDefinition))
            let values =
                data.isCompressed
                ? try pages.decompress(body[levelsCount...], byteCount: header.uncompressedByteCount - levelsCount)
                : PageBytes(copying: body[levelsCount...])
            try start(
                PageCursor(entryCount: data.valueCount, repetition: repetition, definition: definition), values,
                encoding: data.encoding)
        }
    }

    private func start(_ cursor: PageCursor, _ values: PageBytes, encoding: Int32) throws(PageFailure) {
        guard cursor.entryCount <= entriesAhead else { throw .corrupt("more values than its row group has") }
        guard let known = Encoding(rawValue: encoding) else { throw .unsupported("encoding \(Self.name(encoding))") }
        page = cursor
        entriesAhead -= Int64(cursor.entryCount)
        try builder.startPage(values, encoding: known)
    }

    /// The levels of a page of the first version: runs, with their length before them.
    private func levels(
        of bytes: PageBytes, at position: inout Int, encoding: Int32, entries: Int, maximum: UInt8
    ) throws(PageFailure) -> HybridDecoder {
        guard encoding == Encoding.rle.rawValue else { throw .unsupported("encoding \(Self.name(encoding)) of levels") }
        let length = try bytes.length(at: position)
        let part = try bytes.part(position + 4..<position + 4 + length)
        position += 4 + length
        return try HybridDecoder(part, bitWidth: Self.bitWidth(maximum))
    }

    private static func bitWidth(_ maximum: UInt8) -> Int { UInt8.bitWidth - maximum.leadingZeroBitCount }

    private static func name(_ encoding: Int32) -> String { Encoding(rawValue: encoding)?.name ?? "number \(encoding)" }
}
