/// Reads integers that are written as differences, each block with the least of its own (DELTA_BINARY_PACKED).
struct DeltaDecoder {
    private let bytes: PageBytes
    /// Where the next block, or whatever follows the last, begins.
    private(set) var position = 0
    /// How many integers there are in all.
    let count: Int
    private let miniblockCount: Int
    private let miniblockValues: Int
    private var remaining: Int
    private var isFirst = true
    private var last: Int64
    private var minimumDelta: Int64 = 0
    private var bitWidths: ContiguousArray<UInt8> = []
    private var miniblock = 0
    /// What is left of the miniblock, and the bit at which it goes on.
    private var packedCount = 0
    private var packedBit = 0

    init(_ bytes: PageBytes) throws(PageFailure) {
        self.bytes = bytes
        let blockValues = try bytes.varint(at: &position)
        let miniblocks = try bytes.varint(at: &position)
        let total = try bytes.varint(at: &position)
        // What is written is 128 or 2048; the bound keeps a few bytes from standing for very many values.
        guard blockValues > 0, blockValues <= 1 << 16, blockValues.isMultiple(of: 128), miniblocks > 0,
            blockValues.isMultiple(of: miniblocks), (blockValues / miniblocks).isMultiple(of: 8), total <= UInt64(Int32.max)
        else { throw .corrupt("differences in blocks of \(blockValues) in \(miniblocks)") }
        miniblockCount = Int(miniblocks)
        miniblockValues = Int(blockValues / miniblocks)
        count = Int(total)
        remaining = count
        last = Self.signed(try bytes.varint(at: &position))
        miniblock = miniblockCount
    }

    /// Fills the output with the next integers.
    mutating func decode(into output: UnsafeMutableBufferPointer<Int64>) throws(PageFailure) {
        guard output.count <= remaining else { throw .tooShort }
        remaining -= output.count
        var filled = 0
        if isFirst, !output.isEmpty {
            output[0] = last
            isFirst = false
            filled = 1
        }
        while filled < output.count {
            if packedCount == 0 { try startMiniblock() }
            let part = min(packedCount, output.count - filled)
            for index in filled..<filled + part {
                last = last &+ minimumDelta &+ Int64(bitPattern: nextPacked())
                output[index] = last
            }
            packedCount -= part
            filled += part
        }
    }

    /// All the integers, as lengths: none negative, none over the limit.
    static func lengths(_ bytes: PageBytes, limit: Int, end: inout Int) throws(PageFailure) -> ContiguousArray<Int> {
        var decoder = try DeltaDecoder(bytes)
        var lengths = ContiguousArray<Int>()
        let buffer = UnsafeMutableBufferPointer<Int64>.allocate(capacity: 1024)
        defer { buffer.deallocate() }
        while lengths.count < decoder.count {
            let part = UnsafeMutableBufferPointer(rebasing: buffer[..<min(1024, decoder.count - lengths.count)])
            try decoder.decode(into: part)
            for length in part {
                guard length >= 0, length <= Int64(limit) else { throw .corrupt("a value of \(length) bytes") }
                lengths.append(Int(length))
            }
        }
        end = decoder.position
        return lengths
    }

    private mutating func startMiniblock() throws(PageFailure) {
        if miniblock == miniblockCount {
            minimumDelta = Self.signed(try bytes.varint(at: &position))
            guard position + miniblockCount <= bytes.count else { throw .tooShort }
            bitWidths = ContiguousArray((0..<miniblockCount).map { bytes[position + $0] })
            position += miniblockCount
            miniblock = 0
        }
        let bitWidth = Int(bitWidths[miniblock])
        guard bitWidth <= 64 else { throw .corrupt("differences of \(bitWidth) bits") }
        let byteCount = (miniblockValues * bitWidth + 7) / 8
        guard position + byteCount <= bytes.count else { throw .tooShort }
        packedBit = position * 8
        packedCount = miniblockValues
        position += byteCount
        miniblock += 1
    }

    /// The next number of the miniblock, whose bits are all there.
    @inline(__always)
    private mutating func nextPacked() -> UInt64 {
        let width = Int(bitWidths[miniblock - 1])
        guard width > 0 else { return 0 }
        let (bit, shift) = (packedBit >> 3, UInt64(packedBit & 7))
        packedBit += width
        return bytes.withPaddedBytes { source in
            var word = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: bit, as: UInt64.self)) >> shift
            if Int(shift) + width > 64 { word |= UInt64(source[bit + 8]) << (64 - shift) }
            return width == 64 ? word : word & (1 << UInt64(width) - 1)
        }
    }

    private static func signed(_ zigzag: UInt64) -> Int64 { Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1) }
}
