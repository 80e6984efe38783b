import Columnar

/// Text and bytes, of any length or of a fixed one.
struct ByteArrayBuilder: LeafBuilder {
    private enum Source {
        case none
        /// Each with its length before it, unless all are as long.
        case plain(position: Int)
        case dictionary
        /// The lengths of all, then the bytes of all; where there are prefixes, so many of the value before come first.
        case delta(index: Int, position: Int)
    }

    /// A batch that takes more is not read: a damaged file can claim anything.
    private static let batchByteLimit = 1 << 30

    private let fixedLength: Int?
    private let isText: Bool
    private var offsets: ContiguousArray<Int> = [0]
    private var bytes: ContiguousArray<UInt8> = []
    private var validity = Validity()
    private var dictionaryOffsets: ContiguousArray<Int> = [0]
    private var dictionaryBytes: ContiguousArray<UInt8> = []
    private var page = PageBytes(copying: [])
    private var source = Source.none
    private var indices = DictionaryIndices()
    private var lengths: ContiguousArray<Int> = []
    private var prefixes: ContiguousArray<Int>?
    private var previous: ContiguousArray<UInt8> = []

    init(isText: Bool, fixedLength: Int? = nil) {
        self.isText = isText
        self.fixedLength = fixedLength
    }

    var count: Int { offsets.count - 1 }

    mutating func loadDictionary(_ bytes: PageBytes, count: Int) throws(PageFailure) {
        dictionaryOffsets = [0]
        dictionaryBytes = []
        var position = 0
        for _ in 0..<count {
            let range = try plainValue(of: bytes, at: &position)
            bytes.withPaddedBytes { dictionaryBytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[range])) }
            dictionaryOffsets.append(dictionaryBytes.count)
        }
    }

    mutating func startPage(_ bytes: PageBytes, encoding: Encoding) throws(PageFailure) {
        page = bytes
        switch encoding {
        case .plain: source = .plain(position: 0)
        case .plainDictionary, .rleDictionary:
            source = .dictionary
            indices = try DictionaryIndices(bytes)
        case .deltaLengthByteArray, .deltaByteArray:
            try startDeltas(bytes, hasPrefixes: encoding == .deltaByteArray)
        case .rle, .bitPacked, .deltaBinaryPacked, .byteStreamSplit:
            throw .unsupported("encoding \(encoding.name) of its type")
        }
    }

    mutating func append(_ present: UnsafeBufferPointer<UInt8>, presentCount: Int) throws(PageFailure) {
        if case .dictionary = source { try indices.read(presentCount, entries: dictionaryOffsets.count - 1) }
        offsets.reserveCapacity(offsets.count + present.count)
        var next = 0
        for isPresent in present {
            if isPresent != 0 {
                try appendValue(next)
                next += 1
            }
            offsets.append(bytes.count)
        }
        guard bytes.count <= Self.batchByteLimit else {
            throw .unsupported("more than 1 GiB of it in one batch of rows")
        }
        validity.append(present, presentCount: presentCount)
    }

    mutating func takeColumn() throws(PageFailure) -> Column {
        let column = BytesColumn(offsets: offsets, bytes: bytes, validity: validity)
        (offsets, bytes, validity) = ([0], [], Validity())
        guard isText else { return .bytes(column) }
        guard column.isUTF8 else { throw .corrupt("text that is not UTF-8") }
        return .string(column)
    }

    /// Appends one value; for a dictionary, that of the index of this number.
    private mutating func appendValue(_ number: Int) throws(PageFailure) {
        switch source {
        case .none: throw .tooShort
        case .plain(var position):
            let range = try plainValue(of: page, at: &position)
            page.withPaddedBytes { bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[range])) }
            source = .plain(position: position)
        case .dictionary:
            let index = Int(indices.values[number])
            let range = dictionaryOffsets[index]..<dictionaryOffsets[index + 1]
            dictionaryBytes.withUnsafeBufferPointer { bytes.append(contentsOf: UnsafeBufferPointer(rebasing: $0[range])) }
            guard bytes.count <= Self.batchByteLimit else { throw .unsupported("more than 1 GiB of it in one batch of rows") }
        case .delta(let index, let position):
            guard index < lengths.count, lengths[index] <= page.count - position else { throw .tooShort }
            let range = position..<position + lengths[index]
            if let prefixes {
                guard prefixes[index] <= previous.count else {
                    throw .corrupt("a value that begins with more than the one before")
                }
                previous.removeSubrange(prefixes[index]...)
                page.withPaddedBytes { previous.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[range])) }
                bytes.append(contentsOf: previous)
                guard bytes.count <= Self.batchByteLimit else { throw .unsupported("more than 1 GiB of it in one batch of rows") }
            } else {
                page.withPaddedBytes { bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[range])) }
            }
            source = .delta(index: index + 1, position: range.upperBound)
        }
    }

    /// Where the value's bytes are.
    private func plainValue(of bytes: PageBytes, at position: inout Int) throws(PageFailure) -> Range<Int> {
        var length = fixedLength ?? 0
        if fixedLength == nil {
            length = try bytes.length(at: position)
            position += 4
        }
        guard length <= bytes.count - position else { throw .tooShort }
        defer { position += length }
        return position..<position + length
    }

    private mutating func startDeltas(_ bytes: PageBytes, hasPrefixes: Bool) throws(PageFailure) {
        source = .none
        previous = []
        prefixes = nil
        lengths = []
        guard bytes.count > 0 else { return }
        var start = 0
        if hasPrefixes {
            prefixes = try DeltaDecoder.lengths(bytes, limit: Int(Int32.max), end: &start)
        }
        var end = 0
        lengths = try DeltaDecoder.lengths(try bytes.part(start..<bytes.count), limit: bytes.count, end: &end)
        guard prefixes.map({ $0.count == lengths.count }) ?? true else { throw .corrupt("values without their beginnings") }
        source = .delta(index: 0, position: start + end)
    }
}

extension BytesColumn {
    /// Whether each row is UTF-8.
    fileprivate var isUTF8: Bool {
        let isASCII = bytes.withUnsafeBufferPointer { buffer in
            var union: UInt8 = 0
            for byte in buffer { union |= byte }
            return union < 0x80
        }
        guard !isASCII else { return true }
        return bytes.withUnsafeBufferPointer { buffer in
            (0..<count).allSatisfy { row in
                let value = UnsafeBufferPointer(rebasing: buffer[range(row)])
                return value.allSatisfy { $0 < 0x80 } || String(validating: value, as: UTF8.self) != nil
            }
        }
    }
}
