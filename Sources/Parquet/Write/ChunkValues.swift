import Columnar

/// The values of one column in one row group, NULLs left out, in the form that a file stores.
protocol ChunkValues {
    static var physicalType: PhysicalType { get }
    var count: Int { get }
    /// The bytes of one value, where they are always as many.
    static var fixedByteCount: Int? { get }
    /// The bytes of a value with its length.
    func byteCount(_ index: Int) -> Int
    func appendPlain(_ values: Range<Int>, to output: inout ContiguousArray<UInt8>)
    /// What the values lie between; nil if there is nothing to say.
    func bounds() -> Statistics.Bounds?
    /// Each distinct value once, and for each value which it is; nil if that would not be smaller.
    func dictionary() -> ChunkDictionary<Self>?
}

/// A chunk's distinct values, in the order of their first use, and the number of each of its values among them.
struct ChunkDictionary<Values> {
    let values: Values
    let indices: ContiguousArray<UInt32>
}

/// When a dictionary is given up.
enum DictionaryPolicy {
    /// A dictionary is worth little if it is much larger than a cache, for us and for who reads it.
    static let entryLimit = 1 << 16
    static let byteLimit = 1 << 20
    /// After so many values, more than nine in ten of them distinct, it is not worth trying on.
    static let sampleCount = 4096

    static func isHopeless(distinct: Int, among count: Int) -> Bool {
        count >= sampleCount && distinct > count - count / 10
    }

    /// Whether entries of so many bytes, and indices to them, are clearly smaller than the values themselves.
    static func pays(entries: Int, entryBytes: Int, count: Int, plainBytes: Int) -> Bool {
        let indexBytes = (count * bitWidth(forEntries: entries) + 7) / 8
        return (entryBytes + indexBytes) * 4 < plainBytes * 3
    }

    /// The bits of an index. One at least: not every reader expects none.
    static func bitWidth(forEntries entries: Int) -> Int { max(1, Int.bitWidth - (entries - 1).leadingZeroBitCount) }
}
