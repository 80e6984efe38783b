/// Byte strings, end to end in one buffer.
struct PackedList {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    init() {}

    /// An empty one, with as much room as another has taken.
    init(roomFor other: PackedList) {
        bytes.reserveCapacity(other.bytes.count)
        ends.reserveCapacity(other.ends.count)
    }

    var count: Int { ends.count }
    var byteCount: Int { bytes.count }

    /// Appends what `write` appends, unless it returns false or throws, and then must leave the buffer as it was.
    mutating func append<E: Error>(_ write: (inout [UInt8]) throws(E) -> Bool) throws(E) -> Bool {
        guard try write(&bytes) else { return false }
        ends.append(bytes.count)
        return true
    }

    mutating func removeLast() {
        ends.removeLast()
        bytes.removeLast(bytes.count - (ends.last ?? 0))
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    func withBytes(at index: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        let start = index == 0 ? 0 : ends[index - 1]
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<ends[index]])) }
    }

    func forEach(_ body: (UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes { buffer in
            var start = 0
            for end in ends {
                body(UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
                start = end
            }
        }
    }
}
