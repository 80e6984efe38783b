/// Commands to send together, each with its arguments, all in one buffer as the server reads them (RESP2,
/// https://redis.io/docs/reference/protocol-spec).
///
/// ```swift
/// var pipeline = RedisPipeline()
/// pipeline.startCommand("HMGET")
/// pipeline.add(key: key)
/// pipeline.add("f1")
/// ```
///
/// Adding an argument copies its bytes once and allocates nothing beyond the growth of the buffer.
package struct RedisPipeline: Sendable {
    struct Command: Sendable {
        /// Where it begins in `wire`.
        var start: Int
        var argumentCount = 0
        /// The bytes of its key in `wire`, by which a cluster knows who has it; empty when it has none.
        var key = 0..<0
    }

    /// The commands, end to end: `*2 $4 ECHO $1 x`, each part with its CR LF.
    package private(set) var wire: [UInt8] = []
    private(set) var commands: [Command] = []
    /// How many arguments all commands have together: of the order of the values in their replies.
    private(set) var argumentCount = 0

    package init() {}

    /// The number of commands, and so of replies.
    package var count: Int { commands.count }
    package var isEmpty: Bool { commands.isEmpty }
    /// The size of all commands in bytes: what a writer bounds its batches by.
    package var byteCount: Int { wire.count }

    /// Begins the next command; the arguments added from now on are its.
    package mutating func startCommand(_ name: StaticString) {
        commands.append(Command(start: wire.count))
        wire.append(UInt8(ascii: "*"))
        wire.append(UInt8(ascii: "0"))
        wire.appendLineEnd()
        name.withUTF8Buffer { add(UnsafeRawBufferPointer($0)) }
    }

    package mutating func add(_ argument: UnsafeRawBufferPointer) {
        wire.appendBulk(argument)
        countArgument()
    }

    package mutating func add(_ argument: [UInt8]) {
        argument.withUnsafeBytes { add($0) }
    }

    package mutating func add(_ argument: String) {
        var argument = argument
        argument.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    /// Adds an integer in decimal.
    package mutating func add(_ argument: Int64) {
        add(writing: { $0.appendDecimal(argument) })
    }

    /// Adds one argument that `write` appends to the buffer: for encoders that need no buffer of their own.
    package mutating func add<E: Error>(writing write: (inout [UInt8]) throws(E) -> Void) throws(E) {
        _ = try appendBulk(writing: write)
        countArgument()
    }

    /// Adds the key by which a cluster finds the command's server: the only one, or one of many in the same slot.
    package mutating func add(key: UnsafeRawBufferPointer) {
        add(key)
        commands[commands.count - 1].key = wire.count - 2 - key.count..<wire.count - 2
    }

    package mutating func add(key: [UInt8]) {
        key.withUnsafeBytes { add(key: $0) }
    }

    package mutating func add(key: String) {
        var key = key
        key.withUTF8 { add(key: UnsafeRawBufferPointer($0)) }
    }

    /// Adds a prepared command, with the key that `write` appends. Not generic, for speed: it is called for each entity looked up.
    package mutating func add(_ command: RedisKeyedCommand, writingKey write: (inout [UInt8]) -> Void) {
        let start = wire.count
        wire.append(contentsOf: command.head)
        let key = appendBulk(writing: write)
        wire.append(contentsOf: command.tail)
        commands.append(Command(start: start, argumentCount: command.argumentCount, key: key))
        argumentCount += command.argumentCount
    }

    /// Adds a prepared command whose last argument is open (`takesValue`), with its key and that argument.
    package mutating func add(_ command: RedisKeyedCommand, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        add(command) { $0.append(contentsOf: key) }
        wire.appendBulk(value)
    }

    /// Forgets the command added last.
    package mutating func removeLastCommand() {
        guard let last = commands.popLast() else { return }
        wire.removeLast(wire.count - last.start)
        argumentCount -= last.argumentCount
    }

    /// Forgets the commands and keeps the memory, for the next batch.
    package mutating func removeAll() {
        wire.removeAll(keepingCapacity: true)
        commands.removeAll(keepingCapacity: true)
        argumentCount = 0
    }

    /// Makes room for so many more commands of about so many bytes.
    package mutating func reserve(commands count: Int, bytes: Int) {
        commands.reserveCapacity(commands.count + count)
        wire.reserveCapacity(wire.count + count * bytes)
    }

    /// A pipeline of some of these commands, in the order given.
    package func selecting(_ indices: [Int]) -> RedisPipeline {
        var chosen = RedisPipeline()
        for index in indices { chosen.append(index, of: self) }
        return chosen
    }

    /// Adds a command of another pipeline.
    mutating func append(_ index: Int, of other: RedisPipeline) {
        var command = other.commands[index]
        let shift = wire.count - command.start
        wire.append(contentsOf: other.wire[other.byteRange(ofCommand: index)])
        command.start += shift
        if !command.key.isEmpty { command.key = command.key.lowerBound + shift..<command.key.upperBound + shift }
        commands.append(command)
        argumentCount += command.argumentCount
    }

    /// A hash of the key of a command (FNV-1a, folded): keys are short, and who sends bad ones on purpose makes his own request slow.
    package func keyHash(ofCommand index: Int) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in wire[commands[index].key] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ (hash >> 32))
    }

    /// Whether two commands have the same key.
    package func haveSameKey(_ one: Int, _ other: Int) -> Bool {
        wire[commands[one].key].elementsEqual(wire[commands[other].key])
    }

    func byteRange(ofCommand index: Int) -> Range<Int> {
        commands[index].start..<(index + 1 < commands.count ? commands[index + 1].start : wire.count)
    }
}

extension RedisPipeline {
    /// The length comes before what it is the length of: room is left for two digits, and mended afterwards. Returns where the
    /// content is.
    private mutating func appendBulk<E: Error>(writing write: (inout [UInt8]) throws(E) -> Void) throws(E) -> Range<Int> {
        precondition(!wire.isEmpty, "an argument was added before the first command was started")
        let start = wire.count
        wire.append(UInt8(ascii: "$"))
        wire.append(0)
        wire.append(0)
        wire.appendLineEnd()
        var content = wire.count
        do {
            try write(&wire)
        } catch {
            wire.removeLast(wire.count - start)
            throw error
        }
        let count = wire.count - content
        if (10..<100).contains(count) {
            wire[start + 1] = UInt8(ascii: "0") + UInt8(count / 10)
            wire[start + 2] = UInt8(ascii: "0") + UInt8(count % 10)
        } else {
            let digits = "\(count)".utf8
            wire.replaceSubrange(start + 1..<start + 3, with: digits)
            content += digits.count - 2
        }
        wire.appendLineEnd()
        return content..<content + count
    }

    /// Mends the count in the last command's head: `*9` becomes `*10`.
    private mutating func countArgument() {
        argumentCount += 1
        let last = commands.count - 1
        precondition(last >= 0, "an argument was added before the first command was started")
        commands[last].argumentCount += 1
        let count = commands[last].argumentCount
        let digits = commands[last].start + 1
        guard count > 9 else {
            wire[digits] = UInt8(ascii: "0") + UInt8(count)
            return
        }
        let old = "\(count - 1)".utf8.count
        let new = "\(count)".utf8
        wire.replaceSubrange(digits..<digits + old, with: new)
        let key = commands[last].key
        if new.count > old, !key.isEmpty { commands[last].key = key.lowerBound + 1..<key.upperBound + 1 }
    }
}

/// A command of which only the key is open, or that and the last argument, spelled out once: `HMGET` key `f1` `f2`, `HSETNX` key `f1` value.
package struct RedisKeyedCommand: Hashable, Sendable {
    /// What comes before the key and after it, as the server reads it.
    let head: [UInt8]
    let tail: [UInt8]
    let argumentCount: Int

    /// `arguments` follow the key, and then a value if the command `takesValue`.
    package init(_ name: StaticString, arguments: [String], takesValue: Bool = false) {
        argumentCount = arguments.count + (takesValue ? 3 : 2)
        var head = [UInt8(ascii: "*")]
        head.appendDecimal(Int64(argumentCount))
        head.appendLineEnd()
        name.withUTF8Buffer { head.appendBulk(UnsafeRawBufferPointer($0)) }
        var tail: [UInt8] = []
        for argument in arguments { [UInt8](argument.utf8).withUnsafeBytes { tail.appendBulk($0) } }
        self.tail = tail
        self.head = head
    }
}

extension [UInt8] {
    fileprivate mutating func appendLineEnd() {
        append(UInt8(ascii: "\r"))
        append(UInt8(ascii: "\n"))
    }

    /// `$5 HMGET`
    fileprivate mutating func appendBulk(_ content: UnsafeRawBufferPointer) {
        append(UInt8(ascii: "$"))
        appendDecimal(Int64(content.count))
        appendLineEnd()
        append(contentsOf: content)
        appendLineEnd()
    }

    fileprivate mutating func appendDecimal(_ number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        let magnitude = number.magnitude
        var unit: UInt64 = 1
        while magnitude / unit >= 10 { unit *= 10 }
        while unit > 0 {
            append(UInt8(ascii: "0") + UInt8(magnitude / unit % 10))
            unit /= 10
        }
    }
}
