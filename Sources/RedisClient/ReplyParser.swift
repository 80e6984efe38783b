/// Reads replies (RESP2) from what has arrived, value by value: a reply may come in any number of pieces.
///
/// hiredis' own reader makes an object and a string of every value; this one appends to the call's `RedisReplies`.
struct ReplyParser {
    struct Violation: Error, Hashable {
        let reason: String
    }

    /// Deeper than anything a command of Redis answers with.
    private static let deepest = 32
    /// Redis' own limit for a string (proto-max-bulk-len).
    private static let longest = 512 << 20

    /// For each array that is open, outermost first: how many of its elements are still to come.
    private var open: [Int] = []

    /// Reads on until one reply is whole. Returns false, with `position` after the last whole value, when more bytes are needed.
    mutating func parse(
        _ input: UnsafeRawBufferPointer, from position: inout Int, into replies: inout RedisReplies, expecting values: Int
    ) throws(Violation) -> Bool {
        while true {
            guard let elements = try value(input, from: &position, into: &replies, expecting: values) else { return false }
            if elements > 0 {
                guard open.count < Self.deepest else { throw Violation(reason: "arrays nested too deep") }
                open.append(elements)
                continue
            }
            endValue()
            if open.isEmpty {
                replies.endReply()
                return true
            }
        }
    }

    /// Closes the arrays that the value just read was the last of.
    private mutating func endValue() {
        while let left = open.last {
            if left > 1 {
                open[open.count - 1] = left - 1
                return
            }
            open.removeLast()
        }
    }

    /// Reads one value, or the head of an array, whose number of elements it returns; 0 for anything whole; nil for too few bytes.
    private func value(
        _ input: UnsafeRawBufferPointer, from position: inout Int, into replies: inout RedisReplies, expecting values: Int
    ) throws(Violation) -> Int? {
        guard position < input.count else { return nil }
        let type = input[position]
        var next = position + 1
        switch type {
        case UInt8(ascii: "$"):
            guard let length = try integer(input, from: &next) else { return nil }
            if length == -1 {
                replies.append(.null)
            } else {
                guard (0...Self.longest).contains(length) else { throw Violation(reason: "a string of length \(length)") }
                guard input.count - next >= length + 2 else { return nil }
                guard input[next + length] == UInt8(ascii: "\r") else { throw Violation(reason: "a string does not end") }
                replies.append(.bytes, UnsafeRawBufferPointer(rebasing: input[next..<next + length]), expected: values)
                next += length + 2
            }
        case UInt8(ascii: "*"):
            guard let count = try integer(input, from: &next) else { return nil }
            guard count <= Int(Int32.max), count >= -1 else { throw Violation(reason: "an array of \(count)") }
            position = next
            if count == -1 { replies.append(.null) } else { replies.append(.array, count: count) }
            return max(count, 0)
        case UInt8(ascii: ":"):
            guard let number = try integer(input, from: &next) else { return nil }
            replies.append(.integer, content: number)
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            let start = next
            while next < input.count, input[next] != UInt8(ascii: "\n") { next += 1 }
            guard next < input.count else { return nil }
            guard next > start, input[next - 1] == UInt8(ascii: "\r") else { throw Violation(reason: "a line without its end") }
            let line = UnsafeRawBufferPointer(rebasing: input[start..<next - 1])
            replies.append(type == UInt8(ascii: "+") ? .status : .error, line, expected: 1)
            next += 1
        default:
            throw Violation(reason: "a reply that begins with byte \(type)")
        }
        position = next
        return 0
    }

    /// Decimal digits up to CR LF; nil for too few bytes.
    private func integer(_ input: UnsafeRawBufferPointer, from position: inout Int) throws(Violation) -> Int? {
        var next = position
        var isNegative = false
        if next < input.count, input[next] == UInt8(ascii: "-") {
            isNegative = true
            next += 1
        }
        let start = next
        // Negative throughout, whose range is the larger one.
        var number = 0
        while next < input.count, input[next] != UInt8(ascii: "\r") {
            let digit = Int(input[next]) - Int(UInt8(ascii: "0"))
            guard (0...9).contains(digit) else { throw Violation(reason: "a number with byte \(input[next]) in it") }
            let (tens, overflowed) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflowedAgain) = tens.subtractingReportingOverflow(digit)
            guard !overflowed, !overflowedAgain else { throw Violation(reason: "a number of more than 64 bits") }
            number = sum
            next += 1
        }
        guard next + 1 < input.count else { return nil }
        guard next > start, input[next + 1] == UInt8(ascii: "\n") else { throw Violation(reason: "a number without its end") }
        guard isNegative || number > Int.min else { throw Violation(reason: "a number of more than 64 bits") }
        position = next + 2
        return isNegative ? number : -number
    }
}
