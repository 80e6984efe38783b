/// Byte strings, end to end in one buffer.
struct PackedList {
    /// Those of all strings, and at its end those of the next one until `endString`: what writes them need not know of the others.
    var bytes: [UInt8] = []
    private var ends: [Int] = []

    init() {}

    /// An empty one, with as much room as another has taken, and at least for so many bytes.
    init(roomFor other: PackedList, byteCount: Int = 0) {
        bytes.reserveCapacity(max(other.bytes.count, byteCount))
        ends.reserveCapacity(other.ends.count)
    }

    var count: Int { ends.count }
    var byteCount: Int { bytes.count }

    /// What has been appended to `bytes` since the last string is the next one.
    mutating func endString() {
        ends.append(bytes.count)
    }

    mutating func append(_ string: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: string)
        endString()
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

    func filter(_ isWanted: (UnsafeRawBufferPointer) -> Bool) -> PackedList {
        var wanted = PackedList()
        forEach { if isWanted($0) { wanted.append($0) } }
        return wanted
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
