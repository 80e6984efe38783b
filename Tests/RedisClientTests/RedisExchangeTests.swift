import TestSupport
import Testing

@testable import RedisClient

/// Calls on a socket and the bytes that answer them, without the socket.
struct RedisExchangeTests {
    private static let url = RedisURL(endpoint: .unixSocket(path: "/nowhere"))

    private static func calls(_ timeouts: [Duration], in exchange: inout RedisExchange) -> [RedisCall] {
        let calls = timeouts.map { timeout in
            var pipeline = RedisPipeline("HMGET", "key", "a", "b")
            pipeline.startCommand("PING")
            return RedisCall(pipeline, timeout: timeout)
        }
        for call in calls { exchange.add(call) }
        return calls
    }

    private static func receive(_ bytes: some Collection<UInt8>, by exchange: inout RedisExchange) throws {
        try [UInt8](bytes).withUnsafeBytes { try exchange.receive($0) }
    }

    @Test(arguments: 1...60) func eachCallGetsItsOwnRepliesHoweverTheyCome(inPiecesOf size: Int) throws {
        var exchange = RedisExchange(with: Self.url)
        let calls = Self.calls(Array(repeating: .seconds(60), count: 5), in: &exchange)
        var stream: [UInt8] = []
        for index in calls.indices {
            stream += "*2\r\n$\(2 + index)\r\n\(index)\r\(String(repeating: "x", count: index))\r\n$-1\r\n+PONG\(index)\r\n".utf8
        }
        for start in stride(from: 0, to: stream.count, by: size) {
            try Self.receive(stream[start..<min(start + size, stream.count)], by: &exchange)
        }
        #expect(exchange.callsUnderWay == 0)
        for (index, call) in calls.enumerated() {
            let text = "\(index)\r\(String(repeating: "x", count: index))"
            #expect(call.replies.trees() == [.array([.bytes([UInt8](text.utf8)), .null]), .status("PONG\(index)")])
        }
    }

    @Test func aReplyThatNobodyAskedForAndWhatIsNoneAreRefusedAfterThoseBefore() throws {
        for wrong in ["+OK\r\n", "?"] {
            var exchange = RedisExchange(with: Self.url)
            let calls = Self.calls(wrong == "?" ? [.seconds(60), .seconds(60)] : [.seconds(60)], in: &exchange)
            let error = #expect(throws: RedisError.self) {
                try Self.receive("*2\r\n$1\r\na\r\n$1\r\nb\r\n+PONG\r\n\(wrong)".utf8, by: &exchange)
            }
            #expect(error?.code == .protocolViolation)
            #expect(calls[0].isAnswered && exchange.callsUnderWay == calls.count - 1)
        }
    }

    @Test func theFirstDeadlineIsAwaitedAndOnlyThoseThatAreLateTimeOut() {
        var exchange = RedisExchange(with: Self.url)
        #expect(exchange.nextDeadline == nil && !exchange.isLate(at: .now))
        let calls = Self.calls([.seconds(60), .seconds(1), .seconds(90)], in: &exchange)
        #expect(exchange.nextDeadline == calls[1].deadline)
        let now = calls[1].deadline
        #expect(!exchange.isLate(at: now - .milliseconds(1)) && exchange.isLate(at: now))
        exchange.fail(with: .lostToAnother(Self.url), at: now)
        #expect(calls.map { $0.failure?.code } == [.connectionLost, .timedOut, .connectionLost])
        #expect(exchange.callsUnderWay == 0)
    }
}
