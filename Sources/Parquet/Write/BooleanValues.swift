import Columnar

/// The bools of a chunk, a bit each in a file.
struct BooleanValues: ChunkValues {
    private var values: ContiguousArray<Bool> = []

    static var physicalType: PhysicalType { .boolean }
    static var fixedByteCount: Int? { 1 }
    var count: Int { values.count }

    mutating func append(_ column: PrimitiveColumn<Bool>, rows: Range<Int>) {
        let validity = column.validity
        for row in rows where validity.isValid(row) { values.append(column.values[row]) }
    }

    func byteCount(_ index: Int) -> Int { 1 }

    func appendPlain(_ range: Range<Int>, to output: inout ContiguousArray<UInt8>) {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
            var byte: UInt8 = 0
            for index in start..<min(start + 8, range.upperBound) where values[index] { byte |= 1 << UInt8(index - start) }
            output.append(byte)
        }
    }

    func bounds() -> Statistics.Bounds? {
        guard count > 0 else { return nil }
        return Statistics.Bounds(minimum: [values.contains(false) ? 0 : 1], maximum: [values.contains(true) ? 1 : 0])
    }

    /// A bit is as small as an index.
    func dictionary() -> ChunkDictionary<BooleanValues>? { nil }
}
