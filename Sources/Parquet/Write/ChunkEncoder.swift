import Columnar

/// Encodes one column of one row group. What it makes of the rows depends on nothing but them and the options.
struct ChunkEncoder: Sendable {
    private let layout: ColumnLayout
    private let options: ParquetWriterOptions

    init(_ layout: ColumnLayout, _ options: ParquetWriterOptions) {
        self.layout = layout
        self.options = options
    }

    func encode(_ slices: [ColumnSlice]) throws(ParquetError) -> EncodedChunk {
        let levels = layout.maximumDefinition == 1 ? Levels(flat: slices) : Levels(lists: slices)
        let leaves = slices.leaves
        let capacity = leaves.reduce(0) { $0 + $1.rows.count }
        switch layout.leafType {
        case .bool:
            var values = BooleanValues()
            for case (.bool(let column), let rows) in leaves.parts { values.append(column, rows: rows) }
            return try encode(values, levels)
        case .int16:
            var values = FixedWidthValues<Int32>(reserving: capacity)
            for case (.int16(let column), let rows) in leaves.parts { values.append(column, rows: rows) { Int32($0) } }
            return try encode(values, levels)
        case .int32:
            var values = FixedWidthValues<Int32>(reserving: capacity)
            for case (.int32(let column), let rows) in leaves.parts { values.append(column, rows: rows) }
            return try encode(values, levels)
        case .date:
            var values = FixedWidthValues<Int32>(reserving: capacity)
            for case (.date(let column), let rows) in leaves.parts { values.append(column, rows: rows) }
            return try encode(values, levels)
        case .int64:
            var values = FixedWidthValues<Int64>(reserving: capacity)
            for case (.int64(let column), let rows) in leaves.parts { values.append(column, rows: rows) }
            return try encode(values, levels)
        case .timestamp:
            var values = FixedWidthValues<Int64>(reserving: capacity)
            for case (.timestamp(let column), let rows) in leaves.parts { values.append(column, rows: rows) }
            return try encode(values, levels)
        case .float32:
            var values = FixedWidthValues<Float>(reserving: capacity)
            for case (.float32(let column), let rows) in leaves.parts { values.append(column, rows: rows) }
            return try encode(values, levels)
        case .float64:
            var values = FixedWidthValues<Double>(reserving: capacity)
            for case (.float64(let column), let rows) in leaves.parts { values.append(column, rows: rows) }
            return try encode(values, levels)
        case .uuid:
            var values = FixedWidthValues<UUIDBytes>(reserving: capacity)
            for case (.uuid(let column), let rows) in leaves.parts { values.append(column, rows: rows) { UUIDBytes($0) } }
            return try encode(values, levels)
        case .string:
            var values = ByteArrayValues(isText: true)
            for case (.string(let column), let rows) in leaves.parts { values.append(column, rows: rows) }
            return try encode(values, levels)
        case .bytes:
            var values = ByteArrayValues(isText: false)
            for case (.bytes(let column), let rows) in leaves.parts { values.append(column, rows: rows) }
            return try encode(values, levels)
        case .list, .vector:
            preconditionFailure("a leaf is a single value")
        }
    }

    private func encode<Values: ChunkValues>(_ values: Values, _ levels: Levels) throws(ParquetError) -> EncodedChunk {
        let dictionary = options.usesDictionaries ? values.dictionary() : nil
        let statistics = Statistics(
            nullCount: Int64(levels.nullCount), bounds: dictionary.map { $0.values.bounds() } ?? values.bounds())
        let pages = PageRange.pages(of: values, levels: levels, byteLimit: options.pageBytes)
        let compressor = try Compressor(try compression(of: values, dictionary))

        var chunk = EncodedChunk(
            Values.physicalType, path: layout.path, codec: compressor.compression.codec, statistics: statistics,
            valueCount: levels.entryCount)
        if let dictionary {
            var body = ContiguousArray<UInt8>()
            dictionary.values.appendPlain(0..<dictionary.values.count, to: &body)
            chunk.appendDictionaryPage(
                valueCount: dictionary.values.count, body: try compressor.compress(body), uncompressedByteCount: body.count)
        }
        for page in pages {
            var body = ContiguousArray<UInt8>()
            levels.append(page.entries, to: &body)
            if let dictionary {
                let bitWidth = DictionaryPolicy.bitWidth(forEntries: dictionary.values.count)
                body.append(UInt8(bitWidth))
                dictionary.indices.withUnsafeBufferPointer {
                    body.append(hybrid: UnsafeBufferPointer(rebasing: $0[page.values]), bitWidth: bitWidth)
                }
            } else {
                values.appendPlain(page.values, to: &body)
            }
            guard body.count <= Int32.max else {
                throw .unwritable(column: layout.path[0], reason: "a row of more than 2 GiB does not fit a page")
            }
            chunk.appendDataPage(
                entryCount: page.entries.count, encoding: dictionary == nil ? .plain : .rleDictionary,
                body: try compressor.compress(body), uncompressedByteCount: body.count)
        }
        return chunk
    }

    /// What compression the chunk gets: none where a sample shows that it saves less than a fifth, as with numbers that are mostly
    /// random: that is not worth the time of who writes and of all who read.
    private func compression<Values: ChunkValues>(
        of values: Values, _ dictionary: ChunkDictionary<Values>?
    ) throws(ParquetError) -> Compression {
        guard options.compression != .none, dictionary == nil else { return options.compression }
        var sample = ContiguousArray<UInt8>()
        var end = 0
        while end < values.count, sample.count < Self.sampleBytes {
            let start = end
            end = min(values.count, start + 1024)
            values.appendPlain(start..<end, to: &sample)
        }
        guard sample.count >= Self.sampleBytes else { return options.compression }
        let compressed = try Compressor(options.compression).compressedByteCount(ofSample: sample[..<Self.sampleBytes])
        return compressed * 5 > Self.sampleBytes * 4 ? .none : options.compression
    }

    private static let sampleBytes = 32 << 10
}

extension [ColumnSlice] {
    fileprivate var parts: [(Column, Range<Int>)] { map { ($0.column, $0.rows) } }
}

extension Levels {
    /// Appends the levels of a page's entries, each kind with its length before it.
    fileprivate func append(_ entries: Range<Int>, to output: inout ContiguousArray<UInt8>) {
        if let repetition { Self.append(repetition[entries], maximum: 1, to: &output) }
        if let definition {
            Self.append(definition[entries], maximum: maximumDefinition, to: &output)
        } else {
            // All the same: one run.
            var run = ContiguousArray<UInt8>()
            run.append(varint: UInt64(entries.count) << 1)
            run.append(maximumDefinition)
            output.append(contentsOf: withUnsafeBytes(of: UInt32(run.count).littleEndian) { Array($0) })
            output.append(contentsOf: run)
        }
    }

    private static func append(_ levels: ArraySlice<UInt8>, maximum: UInt8, to output: inout ContiguousArray<UInt8>) {
        var encoded = ContiguousArray<UInt8>()
        let bitWidth = Int(UInt8.bitWidth - maximum.leadingZeroBitCount)
        levels.withUnsafeBufferPointer { encoded.append(hybrid: $0, bitWidth: bitWidth) }
        output.append(contentsOf: withUnsafeBytes(of: UInt32(encoded.count).littleEndian) { Array($0) })
        output.append(contentsOf: encoded)
    }
}
