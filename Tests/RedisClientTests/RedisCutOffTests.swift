import TestSupport
import Testing

@testable import RedisClient

/// Connections that can be ended from elsewhere, and stay ended.
@Suite struct RedisCutOffTests {
    private static var ping: RedisPipeline {
        var ping = RedisPipeline()
        ping.startCommand("PING")
        return ping
    }

    @Test func connectionsOfANameAreCutOffForGoodAndNoOthers() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let shared = try await RedisConnection.connect(to: server.url)
        let (cut, spared) = (try shared.another(named: "run-1-7"), try shared.another(named: "run-12-7"))
        for connection in [cut, spared] { _ = try await connection.send(Self.ping) }
        try await shared.cutOff(namesBeginningWith: "run-1-")
        for _ in 0..<2 {
            await #expect {
                _ = try await cut.send(Self.ping)
            } throws: {
                ($0 as? RedisError)?.code == .connectionLost
            }
        }
        for connection in [spared, shared] {
            _ = try await connection.send(Self.ping)
            connection.close()
        }
        cut.close()
    }

    /// The server forgets what it has not read yet: here, all but the first command.
    @Test func whatWasSentAndNotDoneIsNeverDone() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let shared = try await RedisConnection.connect(to: server.url)
        let cut = try shared.another(named: "run-1-7")
        var slow = RedisPipeline()
        slow.startCommand("BLPOP")
        slow.add("nothing")
        slow.add("0")
        slow.startCommand("SET")
        slow.add("written")
        slow.add("1")
        let commands = slow
        let call = Task { try await cut.send(commands) }
        var list = RedisPipeline()
        list.startCommand("CLIENT")
        list.add("LIST")
        var isBlocked = false
        while !isBlocked {
            guard case .bytes(let text)? = try await shared.send(list).first else { continue }
            isBlocked = String(decoding: text, as: UTF8.self).contains("cmd=blpop")
        }
        try await shared.cutOff(namesBeginningWith: "run-1-")
        await #expect(throws: RedisError.self) { _ = try await call.value }
        var look = RedisPipeline()
        look.startCommand("EXISTS")
        look.add("written")
        #expect(try await shared.send(look) == [.integer(0)])
        for connection in [cut, shared] { connection.close() }
    }

    @Test func aListOfClientsIsReadByNameAndDatabase() {
        let list = """
            id=3 addr=127.0.0.1:1 laddr=127.0.0.1:2 name=run-1-x age=0 db=0 cmd=hset
            id=4 addr=127.0.0.1:3 name= age=0 db=0 cmd=client|list
            id=5 addr=/tmp/a=b.sock:0 name=run-1-y age=0 db=2 cmd=NULL

            """
        #expect(RedisClientList.ids(in: list, namesBeginningWith: "run-1-", database: 0) == ["3"])
        #expect(RedisClientList.ids(in: list, namesBeginningWith: "run-1-", database: 2) == ["5"])
    }
}
