import Columnar

/// Numbers, timestamps, dates and UUIDs: stored as one type, in memory as another or the same.
struct FixedWidthBuilder<Stored: StoredValue, Value: BitwiseCopyable & Hashable & Sendable>: LeafBuilder {
    private enum Source {
        case none
        case plain(position: Int)
        case dictionary
        case delta
        /// The first bytes of all values, then their second bytes, ...
        case byteStreamSplit(position: Int)
    }

    private let placeholder: Value
    private let convert: (Stored) -> Value?
    private let refused: String
    private let makeColumn: (PrimitiveColumn<Value>) -> Column
    private var values: ContiguousArray<Value> = []
    private var validity = Validity()
    private var dictionary: ContiguousArray<Value> = []
    private var page = PageBytes(copying: [])
    private var source = Source.none
    private var indices = DictionaryIndices()
    private var delta: DeltaDecoder?

    /// - Parameters:
    ///   - placeholder: What stands in memory for a NULL.
    ///   - refused: what values are that the type in memory cannot hold.
    ///   - convert: A stored value's meaning; nil where the type in memory cannot hold it.
    init(
        placeholder: Value, _ makeColumn: @escaping (PrimitiveColumn<Value>) -> Column,
        refused: String = "a value that 64 bits, or microseconds in them, cannot hold", convert: @escaping (Stored) -> Value?
    ) {
        self.refused = refused
        self.placeholder = placeholder
        self.makeColumn = makeColumn
        self.convert = convert
    }

    var count: Int { values.count }

    private static var width: Int { MemoryLayout<Stored>.size }

    mutating func loadDictionary(_ bytes: PageBytes, count: Int) throws(PageFailure) {
        guard count <= bytes.count / Self.width else { throw .tooShort }
        page = bytes
        source = .plain(position: 0)
        var entries = ContiguousArray(repeating: placeholder, count: count)
        guard entries.withUnsafeMutableBufferPointer({ readPlain(into: $0, at: 0) }) else { throw outOfRange }
        dictionary = entries
    }

    mutating func startPage(_ bytes: PageBytes, encoding: Encoding) throws(PageFailure) {
        page = bytes
        switch encoding {
        case .plain: source = .plain(position: 0)
        case .plainDictionary, .rleDictionary:
            source = .dictionary
            indices = try DictionaryIndices(bytes)
        case .deltaBinaryPacked where Stored.fromDelta(0) != nil:
            source = .delta
            delta = bytes.count > 0 ? try DeltaDecoder(bytes) : nil
        case .byteStreamSplit: source = .byteStreamSplit(position: 0)
        case .deltaBinaryPacked, .rle, .bitPacked, .deltaLengthByteArray, .deltaByteArray:
            throw .unsupported("encoding \(encoding.name) of its type")
        }
    }

    mutating func append(_ present: UnsafeBufferPointer<UInt8>, presentCount: Int) throws(PageFailure) {
        let start = values.count
        values.append(contentsOf: repeatElement(placeholder, count: present.count))
        var failure: PageFailure?
        // Out of the struct meanwhile, so that what reads the page may change the struct too.
        var target = ContiguousArray<Value>()
        swap(&target, &values)
        target.withUnsafeMutableBufferPointer { buffer in
            let slots = UnsafeMutableBufferPointer(rebasing: buffer[start...])
            do throws(PageFailure) {
                try read(into: UnsafeMutableBufferPointer(rebasing: slots[..<presentCount]))
            } catch {
                failure = error
            }
            if presentCount < present.count { slots.spread(presentCount, over: present, placeholder) }
        }
        swap(&target, &values)
        if let failure { throw failure }
        validity.append(present, presentCount: presentCount)
    }

    mutating func takeColumn() -> Column {
        defer {
            values = []
            validity = Validity()
        }
        return makeColumn(PrimitiveColumn(values, validity: validity))
    }

    private mutating func read(into output: UnsafeMutableBufferPointer<Value>) throws(PageFailure) {
        guard !output.isEmpty else { return }
        switch source {
        case .none: throw .tooShort
        case .plain(let position):
            guard output.count <= (page.count - position) / Self.width else { throw .tooShort }
            guard readPlain(into: output, at: position) else { throw outOfRange }
            source = .plain(position: position + output.count * Self.width)
        case .dictionary:
            try indices.read(output.count, entries: dictionary.count)
            dictionary.withUnsafeBufferPointer { entries in
                // All of them are inside: `read` has seen to it.
                for (slot, index) in indices.values.prefix(output.count).enumerated() { output[slot] = entries[Int(index)] }
            }
        case .delta: try readDelta(into: output)
        case .byteStreamSplit(let position):
            let valueCount = page.count / Self.width
            guard output.count <= valueCount - position else { throw .tooShort }
            guard readSplit(into: output, at: position, of: valueCount) else { throw outOfRange }
            source = .byteStreamSplit(position: position + output.count)
        }
    }

    private var outOfRange: PageFailure { .unsupported(refused) }

    /// Reads values that are there, and says whether all could be converted.
    private func readPlain(into output: UnsafeMutableBufferPointer<Value>, at position: Int) -> Bool {
        page.withPaddedBytes { bytes in
            for index in output.indices {
                let stored = bytes.loadUnaligned(fromByteOffset: position + index * Self.width, as: Stored.self)
                guard let value = convert(stored) else { return false }
                output[index] = value
            }
            return true
        }
    }

    private func readSplit(into output: UnsafeMutableBufferPointer<Value>, at position: Int, of valueCount: Int) -> Bool {
        page.withPaddedBytes { bytes in
            withUnsafeTemporaryAllocation(byteCount: Self.width, alignment: 16) { value in
                for index in output.indices {
                    for byte in 0..<Self.width { value[byte] = bytes[byte * valueCount + position + index] }
                    guard let converted = convert(value.loadUnaligned(as: Stored.self)) else { return false }
                    output[index] = converted
                }
                return true
            }
        }
    }

    private mutating func readDelta(into output: UnsafeMutableBufferPointer<Value>) throws(PageFailure) {
        let buffer = UnsafeMutableBufferPointer<Int64>.allocate(capacity: min(output.count, 1024))
        defer { buffer.deallocate() }
        var filled = 0
        while filled < output.count {
            let part = UnsafeMutableBufferPointer(rebasing: buffer[..<min(buffer.count, output.count - filled)])
            guard delta != nil else { throw .tooShort }
            try delta?.decode(into: part)
            for number in part {
                guard let value = Stored.fromDelta(number).flatMap(convert) else { throw outOfRange }
                output[filled] = value
                filled += 1
            }
        }
    }
}

extension UnsafeMutableBufferPointer where Element: BitwiseCopyable {
    /// Moves the first so many to the places that are not 0, in their order, and puts the placeholder at the others.
    func spread(_ count: Int, over present: UnsafeBufferPointer<UInt8>, _ placeholder: Element) {
        var source = count
        for index in present.indices.reversed() {
            if present[index] != 0 {
                source -= 1
                self[index] = self[source]
            } else {
                self[index] = placeholder
            }
        }
    }
}
