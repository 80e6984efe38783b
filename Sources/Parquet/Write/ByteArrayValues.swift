import Columnar

/// The strings or bytes of a chunk.
struct ByteArrayValues: ChunkValues {
    /// Value `i` is `bytes[offsets[i] ..< offsets[i + 1]]`.
    private var bytes: ContiguousArray<UInt8> = []
    private var offsets: ContiguousArray<Int> = [0]
    private let isText: Bool

    static var physicalType: PhysicalType { .byteArray }
    static var fixedByteCount: Int? { nil }
    var count: Int { offsets.count - 1 }

    init(isText: Bool) { self.isText = isText }

    mutating func append(_ column: BytesColumn, rows: Range<Int>) {
        guard !rows.isEmpty else { return }
        // A NULL is empty there, so the bytes of the others stand side by side.
        let source = column.offsets[rows.lowerBound]..<column.offsets[rows.upperBound]
        let shift = bytes.count - source.lowerBound
        column.bytes.withUnsafeBufferPointer { bytes.append(contentsOf: UnsafeBufferPointer(rebasing: $0[source])) }
        let validity = column.validity
        offsets.reserveCapacity(offsets.count + rows.count)
        for row in rows where validity.isValid(row) { offsets.append(column.offsets[row + 1] + shift) }
    }

    func byteCount(_ index: Int) -> Int { 4 + offsets[index + 1] - offsets[index] }

    func appendPlain(_ range: Range<Int>, to output: inout ContiguousArray<UInt8>) {
        output.reserveCapacity(output.count + offsets[range.upperBound] - offsets[range.lowerBound] + 4 * range.count)
        bytes.withUnsafeBufferPointer { source in
            for index in range {
                let value = offsets[index]..<offsets[index + 1]
                withUnsafeBytes(of: UInt32(value.count).littleEndian) { output.append(contentsOf: $0) }
                output.append(contentsOf: UnsafeBufferPointer(rebasing: source[value]))
            }
        }
    }

    func bounds() -> Statistics.Bounds? {
        guard count > 0 else { return nil }
        return bytes.withUnsafeBytes { source in
            func value(_ index: Int) -> UnsafeRawBufferPointer {
                UnsafeRawBufferPointer(rebasing: source[offsets[index]..<offsets[index + 1]])
            }
            var (minimum, maximum) = (value(0), value(0))
            for index in 1..<count {
                let candidate = value(index)
                if candidate.precedes(minimum) { minimum = candidate }
                if maximum.precedes(candidate) { maximum = candidate }
            }
            return Statistics.Bounds(bytesFrom: minimum, to: maximum, isText: isText)
        }
    }

    func dictionary() -> ChunkDictionary<ByteArrayValues>? {
        var table = HashTable()
        var distinct = ByteArrayValues(isText: isText)
        var hashes = ContiguousArray<UInt64>()
        var indices = ContiguousArray<UInt32>()
        indices.reserveCapacity(count)
        let isWorthIt = bytes.withUnsafeBytes { source in
            for position in 0..<count {
                let value = UnsafeRawBufferPointer(rebasing: source[offsets[position]..<offsets[position + 1]])
                let hash = value.contentHash
                let index = table.index(hash: hash) { hashes[$0] == hash && distinct.holds(value, at: $0) }
                if index == distinct.count {
                    let isTooLarge =
                        index == DictionaryPolicy.entryLimit || distinct.plainByteCount + value.count > DictionaryPolicy.byteLimit
                    if isTooLarge || DictionaryPolicy.isHopeless(distinct: index, among: indices.count) { return false }
                    distinct.bytes.append(contentsOf: value)
                    distinct.offsets.append(distinct.bytes.count)
                    hashes.append(hash)
                    table.insert(hash: hash) { hashes[$0] }
                }
                indices.append(UInt32(truncatingIfNeeded: index))
            }
            return DictionaryPolicy.pays(
                entries: distinct.count, entryBytes: distinct.plainByteCount, count: count, plainBytes: plainByteCount)
        }
        return isWorthIt ? ChunkDictionary(values: distinct, indices: indices) : nil
    }

    private var plainByteCount: Int { bytes.count + 4 * count }

    @inline(__always)
    private func holds(_ value: UnsafeRawBufferPointer, at index: Int) -> Bool {
        let range = offsets[index]..<offsets[index + 1]
        return range.count == value.count
            && bytes.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[range]).elementsEqual(value) }
    }
}

extension UnsafeRawBufferPointer {
    /// Byte by byte, unsigned; a prefix is before what it begins.
    fileprivate func precedes(_ other: UnsafeRawBufferPointer) -> Bool { lexicographicallyPrecedes(other) }

    /// Eight bytes at a time, multiplied and folded.
    fileprivate var contentHash: UInt64 {
        var hash = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
        var position = 0
        while position + 8 <= count {
            hash = Self.mix(hash ^ loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        var tail: UInt64 = 0
        while position < count {
            tail = tail << 8 | UInt64(self[position])
            position += 1
        }
        return Self.mix(hash ^ tail)
    }

    @inline(__always)
    private static func mix(_ bits: UInt64) -> UInt64 {
        let product = bits.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }
}
