/// The replies to one pipeline, flat: every value in the order in which the server sent it, an array before its elements, and
/// the bytes of all of them end to end. However many values there are, they take two allocations.
package struct RedisReplies: Hashable, Sendable {
    package enum Kind: UInt8, Hashable, Sendable {
        case null, integer, bytes, status, array, error
    }

    package struct Value: Hashable, Sendable {
        package let kind: Kind
        /// Of bytes, status and error: their length. Of an array: its number of elements.
        package let count: Int32
        /// Of an integer: itself. Of bytes, status and error: where they begin in `bytes`.
        package let content: Int

        package var range: Range<Int> { content..<content + Int(count) }
    }

    package private(set) var values: [Value] = []
    package private(set) var bytes: [UInt8] = []
    /// How many whole replies there are.
    package private(set) var count = 0

    package init() {}

    /// Makes room for the replies to a pipeline.
    init(reservingFor pipeline: RedisPipeline) {
        values.reserveCapacity(pipeline.argumentCount)
    }

    mutating func append(_ kind: Kind, count: Int = 0, content: Int = 0) {
        values.append(Value(kind: kind, count: Int32(count), content: content))
    }

    /// `expected` is how many such values may come, to make room for all at the first one.
    mutating func append(_ kind: Kind, _ content: UnsafeRawBufferPointer, expected: Int) {
        if bytes.isEmpty { bytes.reserveCapacity(min(content.count * expected, Self.largestReserve)) }
        append(kind, count: content.count, content: bytes.count)
        bytes.append(contentsOf: content)
    }

    private static let largestReserve = 4 << 20

    mutating func endReply() {
        count += 1
    }

    /// The index in `values` after the value at `index` and all in it.
    package func next(after index: Int) -> Int {
        var next = index
        var open = 1
        while open > 0 {
            open -= 1
            if values[next].kind == .array { open += Int(values[next].count) }
            next += 1
        }
        return next
    }

    /// For each reply, the index in `values` at which it begins.
    package func starts() -> [Int] {
        var starts: [Int] = []
        starts.reserveCapacity(count)
        var next = 0
        while next < values.count {
            starts.append(next)
            next = self.next(after: next)
        }
        return starts
    }

    /// Adds one reply of others.
    mutating func append(replyAt start: Int, of other: RedisReplies) {
        for value in other.values[start..<other.next(after: start)] {
            switch value.kind {
            case .null, .integer, .array: values.append(value)
            case .bytes, .status, .error:
                append(value.kind, count: Int(value.count), content: bytes.count)
                bytes.append(contentsOf: other.bytes[value.range])
            }
        }
        count += 1
    }

    /// Whether the server refused a command because its key holds another type than the command is for.
    package func isWrongType(at index: Int) -> Bool {
        values[index].kind == .error && bytes[values[index].range].starts(with: "WRONGTYPE ".utf8)
    }

    package func text(of value: Value) -> String {
        String(decoding: bytes[value.range], as: UTF8.self)
    }

    /// The value at `index` as a tree of its own.
    package func reply(at index: Int) -> RedisReply {
        var next = index
        return tree(from: &next)
    }

    /// All replies, as trees of their own.
    package func trees() -> [RedisReply] {
        var next = 0
        return (0..<count).map { _ in tree(from: &next) }
    }

    private func tree(from next: inout Int) -> RedisReply {
        let value = values[next]
        next += 1
        switch value.kind {
        case .null: return .null
        case .integer: return .integer(Int64(value.content))
        case .bytes: return .bytes(Array(bytes[value.range]))
        case .status: return .status(text(of: value))
        case .error: return .error(RedisErrorReply(text: text(of: value)))
        case .array: return .array((0..<value.count).map { _ in tree(from: &next) })
        }
    }
}
