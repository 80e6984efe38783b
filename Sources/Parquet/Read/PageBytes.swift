/// The bytes of a page, or of a part of it, followed by eight that are not its own, so that words can be loaded at its end.
struct PageBytes {
    private let bytes: ContiguousArray<UInt8>
    let range: Range<Int>

    /// Bytes that end with `Decompressor.padding` more.
    init(padded bytes: ContiguousArray<UInt8>) {
        self.init(bytes, 0..<bytes.count - Decompressor.padding)
    }

    init(copying bytes: ArraySlice<UInt8>) {
        var padded = ContiguousArray<UInt8>()
        padded.reserveCapacity(bytes.count + Decompressor.padding)
        padded.append(contentsOf: bytes)
        padded.append(contentsOf: repeatElement(0, count: Decompressor.padding))
        self.init(padded: padded)
    }

    private init(_ bytes: ContiguousArray<UInt8>, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound + Decompressor.padding <= bytes.count, "a page has its padding")
        self.bytes = bytes
        self.range = range
    }

    var count: Int { range.count }

    /// A part, by offsets from the beginning; it must be there.
    func part(_ part: Range<Int>) throws(PageFailure) -> PageBytes {
        guard part.lowerBound >= 0, part.upperBound <= count else { throw .tooShort }
        return PageBytes(bytes, range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound)
    }

    subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count, "a byte of the page")
        return bytes[range.lowerBound + index]
    }

    /// The four bytes of a length.
    func length(at index: Int) throws(PageFailure) -> Int {
        guard index >= 0, index + 4 <= count else { throw .tooShort }
        return Int(
            bytes.withUnsafeBytes {
                UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: range.lowerBound + index, as: UInt32.self))
            })
    }

    /// The bytes, and the padding after them. The caller looks at no others.
    @inline(__always)
    func withPaddedBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[range.lowerBound..<range.upperBound + Decompressor.padding]))
        }
    }

    /// A number of seven bits a byte, and where it ends.
    func varint(at position: inout Int) throws(PageFailure) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < count else { throw .tooShort }
            let byte = self[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .corrupt("a number of more than ten bytes")
    }
}
