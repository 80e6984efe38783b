import RedisClient
import TestSupport
import Testing

/// Pipelines on a real server: what goes in comes out, in order, whatever the bytes and the size.
struct RedisPipelineTests {
    @Test func argumentsAreBinarySafe() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        let everyByte = [UInt8](0...255)
        var pipeline = RedisPipeline()
        pipeline.startCommand("SET")
        pipeline.add(everyByte)
        pipeline.add([UInt8]("\0\r\n$5\r\n*3".utf8))
        pipeline.startCommand("GET")
        pipeline.add(everyByte)
        pipeline.startCommand("SET")
        pipeline.add("")
        pipeline.add("")
        pipeline.startCommand("GET")
        pipeline.add("")
        let replies = try await connection.send(pipeline)
        #expect(replies == [.status("OK"), .bytes([UInt8]("\0\r\n$5\r\n*3".utf8)), .status("OK"), .bytes([])])
    }

    @Test func everyKindOfReplyIsTold() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        let lua = "return {1, false, 'x', {}, redis.status_reply('FINE'), redis.error_reply('BAD thing')}"
        let replies = try await connection.send(RedisPipeline("EVAL", lua, "0"))
        #expect(
            replies == [
                .array([
                    .integer(1), .null, .bytes([UInt8(ascii: "x")]), .array([]), .status("FINE"),
                    .error(RedisErrorReply(text: "BAD thing")),
                ])
            ]
        )
    }

    @Test(arguments: [0, 7, -7, 9, 10, 99, 100, -1000, Int64.max, Int64.min])
    func integersAreWrittenInDecimal(_ number: Int64) async throws {
        var pipeline = RedisPipeline()
        pipeline.startCommand("ECHO")
        pipeline.add(number)
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        #expect(try await connection.send(pipeline) == [.bytes([UInt8]("\(number)".utf8))])
    }

    /// The key's place too, by which a cluster finds the server, in the first command and in a later one.
    @Test(arguments: [0, 1, 9, 10, 1_000])
    func aPreparedCommandIsTheOneSpelledOut(size: Int) {
        let command = RedisKeyedCommand("HSETNX", arguments: ["f1"], takesValue: true)
        let key = [UInt8](repeating: 7, count: size)
        let value = [UInt8](repeating: 0, count: 3 * size)
        var prepared = RedisPipeline()
        var spelledOut = RedisPipeline()
        for _ in 0..<2 {
            key.withUnsafeBytes { key in value.withUnsafeBytes { prepared.add(command, key: key, value: $0) } }
            spelledOut.startCommand("HSETNX")
            spelledOut.add(key: key)
            spelledOut.add("f1")
            spelledOut.add(value)
        }
        #expect(prepared.wire == spelledOut.wire)
        for index in 0..<2 {
            #expect(prepared.keyHash(ofCommand: index) == spelledOut.keyHash(ofCommand: index))
        }
    }

    /// More commands than the window, more bytes than both socket buffers, in both directions.
    @Test func hugePipelinesGoThroughInOrder() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        let count = 100_000
        var pipeline = RedisPipeline()
        for index in 0..<count {
            pipeline.startCommand("ECHO")
            pipeline.add(Int64(index))
        }
        let large = [UInt8](repeating: 7, count: 5_000_000)
        for _ in 0..<4 {
            pipeline.startCommand("ECHO")
            pipeline.add(large)
        }
        let replies = try await connection.send(pipeline, timeout: .seconds(60))
        try #require(replies.count == count + 4)
        #expect((0..<count).allSatisfy { replies[$0] == .bytes([UInt8]("\($0)".utf8)) })
        #expect(replies[count...].allSatisfy { $0 == .bytes(large) })
    }

    @Test func callsThatOverlapGetTheirOwnReplies() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<200 {
                group.addTask {
                    var pipeline = RedisPipeline()
                    for index in 0..<(task % 17) {
                        pipeline.startCommand("ECHO")
                        pipeline.add("\(task)-\(index)")
                    }
                    let replies = try await connection.send(pipeline)
                    return replies == (0..<(task % 17)).map { .bytes([UInt8]("\(task)-\($0)".utf8)) }
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test func anErrorReplyIsItsCommandsOwn() async throws {
        let server = try PrivateRedisServer(["--maxmemory", "1mb", "--maxmemory-policy", "noeviction"])
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        var pipeline = RedisPipeline("PING")
        for index in 0..<40 {
            pipeline.startCommand("SET")
            pipeline.add("key \(index)")
            pipeline.add([UInt8](repeating: 1, count: 100_000))
        }
        pipeline.startCommand("PING")
        let replies = try await connection.send(pipeline)
        #expect(replies.first == .status("PONG"))
        #expect(replies.last == .status("PONG"))
        guard case .error(let refusal) = replies[40] else {
            Issue.record("expected OOM, got \(replies[40])")
            return
        }
        #expect(refusal.kind == "OOM")
        #expect(throws: RedisError.self) { try replies[40].orThrow() }
    }

    @Test func aScriptThatTheServerLostIsLoadedAgain() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        let script = try await connection.load(RedisScript(source: "return ARGV[1]"))
        _ = try await connection.send(RedisPipeline("SCRIPT", "FLUSH"))
        var pipeline = RedisPipeline("PING")
        for word in ["a", "b"] {
            pipeline.startEvaluation(of: script, keyCount: 0)
            pipeline.add(word)
        }
        let replies = try await connection.send(pipeline, reloading: script)
        #expect(replies == [.status("PONG"), .bytes([UInt8]("a".utf8)), .bytes([UInt8]("b".utf8))])
    }
}
