/// Reads small numbers in the format's hybrid of runs and bit-packed groups.
struct HybridDecoder {
    private let bytes: PageBytes
    private let bitWidth: Int
    private var position = 0
    /// What is left of a run, and its number.
    private var repeatedCount = 0
    private var repeated: UInt32 = 0
    /// What is left of bit-packed numbers, and where the next begins.
    private var packedCount = 0
    private var packedBit = 0

    init(_ bytes: PageBytes, bitWidth: Int) throws(PageFailure) {
        guard (0...32).contains(bitWidth) else { throw .corrupt("numbers of \(bitWidth) bits") }
        self.bytes = bytes
        self.bitWidth = bitWidth
    }

    /// Fills the output with the next numbers, and says whether all are at most so large. Numbers that do not fit the output's type
    /// are too large.
    mutating func decode<Number: FixedWidthInteger & UnsignedInteger>(
        into output: UnsafeMutableBufferPointer<Number>, maximum: UInt32
    ) throws(PageFailure) -> Bool {
        var filled = 0
        var largest: UInt32 = 0
        while filled < output.count {
            if repeatedCount > 0 {
                let count = min(repeatedCount, output.count - filled)
                output[filled..<filled + count].update(repeating: Number(truncatingIfNeeded: repeated))
                largest = max(largest, repeated)
                repeatedCount -= count
                filled += count
            } else if packedCount > 0 {
                let count = min(packedCount, output.count - filled)
                largest = max(largest, unpack(count, into: UnsafeMutableBufferPointer(rebasing: output[filled..<filled + count])))
                packedCount -= count
                filled += count
            } else {
                try startRun()
            }
        }
        return largest <= maximum
    }

    private mutating func startRun() throws(PageFailure) {
        let header = try bytes.varint(at: &position)
        guard let count = Int(exactly: header >> 1), count > 0, count <= Int(Int32.max) else {
            throw .corrupt("a run of no length")
        }
        if header & 1 == 0 {
            let width = (bitWidth + 7) / 8
            guard position + width <= bytes.count else { throw .tooShort }
            repeated = 0
            for byte in 0..<width { repeated |= UInt32(bytes[position + byte]) << UInt32(byte * 8) }
            position += width
            repeatedCount = count
        } else {
            // The last group may be cut off behind the last number.
            let available = bytes.count - position
            let byteCount = min(count * bitWidth, available)
            packedCount = bitWidth == 0 ? count * 8 : min(count * 8, byteCount * 8 / bitWidth)
            packedBit = position * 8
            position += byteCount
            guard packedCount > 0 else { throw .tooShort }
        }
    }

    /// Reads bit-packed numbers, and gives the largest.
    private mutating func unpack<Number: FixedWidthInteger & UnsignedInteger>(
        _ count: Int, into output: UnsafeMutableBufferPointer<Number>
    ) -> UInt32 {
        let mask = UInt64(1) << UInt64(bitWidth) - 1
        let start = packedBit
        let width = bitWidth
        packedBit += count * width
        return bytes.withPaddedBytes { source in
            var largest: UInt32 = 0
            var bit = start
            for index in 0..<count {
                // 7 + 32 bits are in these eight bytes; the padding holds the last ones.
                let word = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self))
                let number = UInt32(truncatingIfNeeded: word >> UInt64(bit & 7) & mask)
                largest = max(largest, number)
                output[index] = Number(truncatingIfNeeded: number)
                bit += width
            }
            return largest
        }
    }
}
