/// Commands to be sent together, their arguments packed in one buffer.
///
/// ```swift
/// var pipeline = RedisPipeline()
/// pipeline.startCommand("HMGET")
/// pipeline.add(key)          // any bytes
/// pipeline.add("a")
/// pipeline.startCommand("PING")
/// ```
///
/// Adding an argument copies its bytes once and allocates nothing beyond the growth of the buffer.
package struct RedisPipeline: Sendable {
    /// All arguments of all commands, end to end.
    private(set) var bytes: [UInt8] = []
    /// Where each argument ends in `bytes`.
    private(set) var argumentEnds: [Int] = []
    /// Where each command's arguments begin in `argumentEnds`.
    private(set) var commandStarts: [Int] = []

    package init() {}

    /// The number of commands, and so of replies.
    package var count: Int { commandStarts.count }
    package var isEmpty: Bool { commandStarts.isEmpty }
    /// The size of all arguments in bytes: what a writer bounds its batches by.
    package var byteCount: Int { bytes.count }

    /// Begins the next command; the arguments added from now on are its.
    package mutating func startCommand(_ name: StaticString) {
        commandStarts.append(argumentEnds.count)
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        argumentEnds.append(bytes.count)
    }

    package mutating func add(_ argument: [UInt8]) {
        add { $0.append(contentsOf: argument) }
    }

    package mutating func add(_ argument: UnsafeRawBufferPointer) {
        add { $0.append(contentsOf: argument) }
    }

    package mutating func add(_ argument: String) {
        add { $0.append(contentsOf: argument.utf8) }
    }

    /// Adds an integer in decimal.
    package mutating func add(_ argument: Int64) {
        add { buffer in
            if argument < 0 { buffer.append(UInt8(ascii: "-")) }
            let start = buffer.count
            var rest = argument.magnitude
            repeat {
                buffer.append(UInt8(ascii: "0") + UInt8(rest % 10))
                rest /= 10
            } while rest > 0
            buffer[start...].reverse()
        }
    }

    /// Adds one argument that `write` appends to the buffer: for encoders that need no buffer of their own.
    package mutating func add<E: Error>(writing write: (inout [UInt8]) throws(E) -> Void) throws(E) {
        precondition(!commandStarts.isEmpty, "an argument was added before the first command was started")
        let start = bytes.count
        do {
            try write(&bytes)
        } catch {
            bytes.removeLast(bytes.count - start)
            throw error
        }
        argumentEnds.append(bytes.count)
    }

    private mutating func add(_ write: (inout [UInt8]) -> Void) {
        add(writing: write)
    }

    /// Forgets the commands and keeps the memory, for the next batch.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        argumentEnds.removeAll(keepingCapacity: true)
        commandStarts.removeAll(keepingCapacity: true)
    }

    /// A pipeline of some of these commands, in the order given.
    package func selecting(_ indices: [Int]) -> RedisPipeline {
        var chosen = RedisPipeline()
        for index in indices {
            chosen.commandStarts.append(chosen.argumentEnds.count)
            for argument in arguments(ofCommand: index) {
                chosen.bytes.append(contentsOf: bytes[byteRange(ofArgument: argument)])
                chosen.argumentEnds.append(chosen.bytes.count)
            }
        }
        return chosen
    }

    /// The indices in `argumentEnds` of a command's arguments.
    func arguments(ofCommand index: Int) -> Range<Int> {
        let end = index + 1 < commandStarts.count ? commandStarts[index + 1] : argumentEnds.count
        return commandStarts[index]..<end
    }

    func byteRange(ofArgument index: Int) -> Range<Int> {
        (index == 0 ? 0 : argumentEnds[index - 1])..<argumentEnds[index]
    }
}
