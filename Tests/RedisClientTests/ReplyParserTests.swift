import Testing

@testable import RedisClient

/// Replies in pieces of every size, and bytes that are none.
struct ReplyParserTests {
    private static let stream = [UInt8](
        "*3\r\n$3\r\na\r\n\r\n$-1\r\n:-9223372036854775808\r\n+OK\r\n-ERR no\r\n$0\r\n\r\n*0\r\n*-1\r\n*2\r\n*1\r\n:7\r\n*2\r\n$1\r\nx\r\n*0\r\n:9223372036854775807\r\n"
            .utf8)

    private static let expected: [RedisReply] = [
        .array([.bytes([UInt8]("a\r\n".utf8)), .null, .integer(.min)]), .status("OK"), .error(RedisErrorReply(text: "ERR no")),
        .bytes([]), .array([]), .null,
        .array([.array([.integer(7)]), .array([.bytes([UInt8(ascii: "x")]), .array([])])]), .integer(.max),
    ]

    /// Reads the stream as it comes, `size` bytes at a time.
    private func read(_ stream: [UInt8], inPiecesOf size: Int) throws -> RedisReplies {
        var parser = ReplyParser()
        var replies = RedisReplies()
        var (start, end) = (0, 0)
        while end < stream.count {
            end = min(end + size, stream.count)
            try stream[start..<end].withUnsafeBytes { input in
                var position = 0
                while position < input.count {
                    let before = position
                    let isWhole = try parser.parse(input, from: &position, into: &replies, expecting: 3)
                    if !isWhole, position == before { break }
                }
                start += position
            }
        }
        return replies
    }

    @Test(arguments: 1...40)
    func piecesMakeTheWhole(_ size: Int) throws {
        let replies = try read(Self.stream, inPiecesOf: size)
        #expect(replies.trees() == Self.expected)
        #expect(replies.count == Self.expected.count)
        var copy = RedisReplies()
        var next = 0
        while next < replies.values.count {
            copy.append(replyAt: next, of: replies)
            next = replies.next(after: next)
        }
        #expect(copy.trees() == Self.expected)
    }

    @Test(arguments: [
        "x", "$-2\r\n", "$1\r\nab\r\n", "*-2\r\n", ":1a\r\n", ":\r\n", ":-\r\n", ":9223372036854775808\r\n",
        ":99999999999999999999\r\n", "+OK\n",
        "$536870913\r\n", ":1\rx",
    ])
    func whatIsNoReplyIsRefused(_ text: String) {
        #expect(throws: ReplyParser.Violation.self) { try read([UInt8](text.utf8), inPiecesOf: 100) }
    }

    /// Whatever comes, the parser ends: with replies, with an error, or waiting for more.
    @Test func noBytesCrashIt() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var bytes = Self.stream
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] =
                    [UInt8.random(in: 0...255, using: &random), 0x0D, 0x30, 0x2A][Int.random(in: 0..<4, using: &random)]
            }
            _ = try? read(bytes, inPiecesOf: Int.random(in: 1...60, using: &random))
        }
    }
}
