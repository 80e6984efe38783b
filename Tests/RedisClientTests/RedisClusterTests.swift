import TestSupport
import Testing

@testable import RedisClient

/// A real cluster of six: every command finds its server, also while slots move and servers fail.
@Suite(.serialized)
struct RedisClusterTests {
    private static func pipeline(_ name: StaticString, keys: [[UInt8]], value: (Int) -> String? = { _ in nil }) -> RedisPipeline {
        var pipeline = RedisPipeline()
        for (index, key) in keys.enumerated() {
            pipeline.startCommand(name)
            pipeline.add(key: key)
            if let value = value(index) { pipeline.add(value) }
        }
        return pipeline
    }

    private static func keys(_ count: Int) -> [[UInt8]] { (0..<count).map { [UInt8]("key \($0)".utf8) } }

    /// Braces in binary keys count as the server counts them.
    @Test func slotsAreThoseOfTheServer() async throws {
        let cluster = try await PrivateRedisCluster()
        let connection = try await RedisConnection.connect(to: cluster.nodes[0].url)
        var keys: [[UInt8]] = [
            "", "{", "}", "{}", "{}x", "a{b}c", "{{a}}", "a{}{b}", "a}b{c}", "{a", "a{b}{c}", "123456789", "foo{}{bar}",
            "foo{{bar}}zap",
        ].map { [UInt8]($0.utf8) }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            keys.append(
                (0..<Int.random(in: 0..<12)).map { _ in [0x7B, 0x7D, UInt8.random(in: 0...255)][Int(random.next() % 3)] })
        }
        var pipeline = RedisPipeline()
        for key in keys {
            pipeline.startCommand("CLUSTER")
            pipeline.add("KEYSLOT")
            pipeline.add(key)
        }
        let expected = try await connection.send(pipeline)
        #expect(keys.map { .integer(Int64(HashSlot.slot(of: $0[...]))) } == expected)
    }

    @Test func commandsFindTheirServersAndAnswersTheirOrder() async throws {
        let cluster = try await PrivateRedisCluster()
        let connection = try await RedisConnection.connect(to: cluster.address)
        let keys = Self.keys(1000)
        let written = try await connection.send(Self.pipeline("SET", keys: keys) { "\($0)" })
        #expect(written == Array(repeating: .status("OK"), count: 1000))
        let read = try await connection.send(Self.pipeline("GET", keys: keys))
        #expect(read == (0..<1000).map { .bytes([UInt8]("\($0)".utf8)) })
        let servers = try await connection.servers()
        #expect(servers.count == 3)
        var sizes: [Int64] = []
        for server in servers {
            if case .integer(let size) = try await server.send(RedisPipeline("DBSIZE"))[0] { sizes.append(size) }
        }
        #expect(sizes.reduce(0, +) == 1000 && sizes.allSatisfy { $0 > 200 })
        // What is known of the slots may be wrong: here all of it.
        let (one, other) = (try await cluster.primary(of: "a"), try await cluster.primary(of: "b"))
        #expect(one.port != other.port)
        let lone = try await RedisConnection.connect(to: .cluster([one.url]))
        #expect(try await lone.send(RedisPipeline("ECHO", "x")) == [.bytes([UInt8(ascii: "x")])])
        // Without a key of its own the command goes anywhere, and is sent on.
        #expect(try await lone.send(RedisPipeline("SET", "b", "2")) == [.status("OK")])
        #expect(try await lone.send(RedisPipeline("GET", "b")) == [.bytes([UInt8(ascii: "2")])])
    }

    /// ASK while a slot is on its way, MOVED once it is there; the client knew neither.
    @Test func slotsMayMoveUnderTheClient() async throws {
        let cluster = try await PrivateRedisCluster()
        let connection = try await RedisConnection.connect(to: cluster.address)
        let keys = ["{a}1", "{a}2", "{a}3"].map { [UInt8]($0.utf8) }
        _ = try await connection.send(Self.pipeline("SET", keys: keys) { "\($0)" })
        let values: [RedisReply] = (0..<3).map { .bytes([UInt8]("\($0)".utf8)) }
        let (source, target) = (try await cluster.primary(of: "a"), try await cluster.primary(of: "b"))
        func id(_ node: PrivateRedisCluster.Node) async throws -> String {
            guard case .bytes(let id) = try await node.says("CLUSTER", "MYID") else { return "" }
            return String(decoding: id, as: UTF8.self)
        }
        let slot = "\(HashSlot.slot(of: [UInt8(ascii: "a")]))"
        _ = try await target.says("CLUSTER", "SETSLOT", slot, "IMPORTING", id(source)).orThrow()
        _ = try await source.says("CLUSTER", "SETSLOT", slot, "MIGRATING", id(target)).orThrow()
        #expect(try await source.says("MIGRATE", "127.0.0.1", "\(target.port)", "{a}2", "0", "5000") == .status("OK"))
        guard case .error(let asks) = try await source.says("GET", "{a}2") else {
            Issue.record("the server does not redirect")
            return
        }
        #expect(asks.kind == "ASK")
        #expect(try await connection.send(Self.pipeline("GET", keys: keys)) == values)
        for key in ["{a}1", "{a}3"] {
            #expect(try await source.says("MIGRATE", "127.0.0.1", "\(target.port)", key, "0", "5000") == .status("OK"))
        }
        for node in [target, source] { _ = try await node.says("CLUSTER", "SETSLOT", slot, "NODE", id(target)).orThrow() }
        guard case .error(let moved) = try await source.says("GET", "{a}1") else {
            Issue.record("the server does not redirect")
            return
        }
        #expect(moved.kind == "MOVED")
        #expect(try await connection.send(Self.pipeline("GET", keys: keys)) == values)
    }

    /// Errors until the replica has taken over, never a wrong answer, and then all is well: with the same connection.
    @Test func aReplicaTakesOverForAPrimaryThatIsKilled() async throws {
        let cluster = try await PrivateRedisCluster(nodeTimeout: 1_000)
        let connection = try await RedisConnection.connect(to: cluster.address, timeout: .seconds(1), commandTimeout: .seconds(2))
        let keys = Self.keys(300)
        _ = try await connection.send(Self.pipeline("SET", keys: keys) { "\($0)" })
        let script = try await connection.load(RedisScript(source: "return redis.call('GET', KEYS[1])"))
        let expected: [RedisReply] = (0..<300).map { .bytes([UInt8]("\($0)".utf8)) }
        // Replicas have what was written once WAIT says so.
        for server in try await connection.servers() { _ = try await server.send(RedisPipeline("WAIT", "1", "2000")) }
        try await cluster.primary(of: "key 1").kill()
        var failures = 0
        // For a failure only: a cluster of which every node times out after a second elects within a few.
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            do {
                let answers = try await connection.send(Self.pipeline("GET", keys: keys))
                #expect(answers == expected)
                break
            } catch {
                #expect(error.isUnreachable, "\(error)")
                failures += 1
            }
        }
        #expect(failures > 0)
        #expect(try await connection.send(Self.pipeline("GET", keys: keys)) == expected)
        // The new primary does not have the script.
        var pipeline = RedisPipeline()
        for key in keys {
            pipeline.startEvaluation(of: script, keyCount: 1)
            pipeline.add(key: key)
        }
        #expect(try await connection.send(pipeline, reloading: script) == expected)
    }
}
