import Columnar

/// Numbers, timestamps, dates and UUIDs of a chunk.
struct FixedWidthValues<Value: FixedWidthValue>: ChunkValues {
    private var values: ContiguousArray<Value> = []

    static var physicalType: PhysicalType { Value.physicalType }
    static var fixedByteCount: Int? { MemoryLayout<Value>.size }
    var count: Int { values.count }

    init(reserving capacity: Int) { values.reserveCapacity(capacity) }

    /// Takes a column's rows, as they are in memory.
    mutating func append(_ column: PrimitiveColumn<Value>, rows: Range<Int>) {
        let runs = column.validity.validRuns(in: rows)
        column.values.withUnsafeBufferPointer {
            for run in runs { values.append(contentsOf: UnsafeBufferPointer(rebasing: $0[run])) }
        }
    }

    /// Takes a column's rows, each in the form in which a file has it.
    mutating func append<Element>(_ column: PrimitiveColumn<Element>, rows: Range<Int>, _ store: (Element) -> Value) {
        let runs = column.validity.validRuns(in: rows)
        column.values.withUnsafeBufferPointer { source in
            for run in runs {
                for row in run { values.append(store(source[row])) }
            }
        }
    }

    func byteCount(_ index: Int) -> Int { MemoryLayout<Value>.size }

    func appendPlain(_ range: Range<Int>, to output: inout ContiguousArray<UInt8>) {
        values.withUnsafeBufferPointer {
            output.append(contentsOf: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: $0[range])))
        }
    }

    func bounds() -> Statistics.Bounds? {
        guard let (minimum, maximum) = values.withUnsafeBufferPointer(Value.bounds) else { return nil }
        func bytes(_ value: Value) -> ContiguousArray<UInt8> { withUnsafeBytes(of: value) { ContiguousArray($0) } }
        return Statistics.Bounds(minimum: bytes(minimum), maximum: bytes(maximum))
    }

    func dictionary() -> ChunkDictionary<Self>? {
        let entryLimit = min(DictionaryPolicy.entryLimit, DictionaryPolicy.byteLimit / MemoryLayout<Value>.size)
        var table = HashTable()
        var distinct = Self(reserving: 0)
        var indices = ContiguousArray<UInt32>()
        indices.reserveCapacity(count)
        for value in values {
            let hash = value.hash
            let index = table.index(hash: hash) { distinct.values[$0].isIdentical(to: value) }
            if index == distinct.count {
                if distinct.count == entryLimit || DictionaryPolicy.isHopeless(distinct: index, among: indices.count) {
                    return nil
                }
                distinct.values.append(value)
                table.insert(hash: hash) { distinct.values[$0].hash }
            }
            indices.append(UInt32(truncatingIfNeeded: index))
        }
        let width = MemoryLayout<Value>.size
        guard
            DictionaryPolicy.pays(
                entries: distinct.count, entryBytes: distinct.count * width, count: count, plainBytes: count * width)
        else { return nil }
        return ChunkDictionary(values: distinct, indices: indices)
    }
}
