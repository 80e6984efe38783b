import FeatureDefs
import OnlineStore
import RedisClient
import TestSupport
import Testing

/// A Redis that is not fit: what writers and readers make of it, and that all is well afterwards.
struct StoreFaultTests {
    private static let layout = OnlineViewLayout(
        project: "p",
        view: TestPlans.view("cards", keys: [JoinKey(name: "card", type: .int64)], features: [TestPlans.latest("note", .text)]),
        ids: ViewLayoutIDs(field: 1, layout: 5))

    private static func write(
        _ count: Int64, _ text: String, cut: Int64, to connection: RedisConnection
    ) async throws -> OnlineWriteCounts {
        var writer = OnlineWriter(to: connection, layout: layout)
        let event = Timestamp(microseconds: cut)
        for card in 0..<count {
            try await writer.write(
                key: [.int64(card)], version: RowVersion(cut: event, run: 1, event: event, available: event),
                cells: layout.view.storedCells.map { if case .feature = $0 { .string(text) } else { .timestamp(event) } })
        }
        return try await writer.finish()
    }

    /// The distinct texts of the cards; nil for those that are missing.
    private static func texts(_ count: Int64, in connection: RedisConnection) async throws -> Set<String?> {
        let rows = try await OnlineReader(from: connection).rows(
            of: [.init(layout)], count: Int(count), columns: ["card": (0..<count).map { .int64($0) }])[0]
        let cell = layout.view.storedCells.firstIndex { if case .feature = $0 { true } else { false } } ?? 0
        return Set(
            rows.map { row in
                guard case .row(let packed) = row, case .string(let text)? = try? packed.value(at: cell) else { return nil }
                return String(text.prefix(1))
            })
    }

    @Test func outOfMemoryFailsTheWriterAndNotTheReader() async throws {
        let server = try PrivateRedisServer(["--maxmemory", "20mb", "--maxmemory-policy", "noeviction"])
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        _ = try await Self.write(100, "a", cut: 1, to: connection)
        let large = String(repeating: "b", count: 100_000)
        let error = await #expect(throws: RedisError.self) { try await Self.write(1000, large, cut: 2, to: connection) }
        #expect(error?.isUnreachable == true && error?.message.contains("OOM") == true)
        #expect(try await Self.texts(100, in: connection).isSubset(of: ["a", "b"]))
        _ = try await connection.send(RedisPipeline("CONFIG", "SET", "maxmemory", "0"))
        _ = try await Self.write(1000, large, cut: 2, to: connection)
        #expect(try await Self.texts(1000, in: connection) == ["b"])
    }

    @Test func aReplicaFailsTheWriterAndNotTheReader() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        _ = try await Self.write(100, "a", cut: 1, to: connection)
        // Of nobody: port 1 has no server.
        _ = try await connection.send(RedisPipeline("REPLICAOF", "127.0.0.1", "1"))
        let error = await #expect(throws: RedisError.self) { try await Self.write(100, "b", cut: 2, to: connection) }
        #expect(error?.isUnreachable == true && error?.message.contains("READONLY") == true)
        #expect(try await Self.texts(100, in: connection) == ["a"])
        _ = try await connection.send(RedisPipeline("REPLICAOF", "NO", "ONE"))
        #expect(try await Self.write(100, "b", cut: 2, to: connection) == OnlineWriteCounts(written: 100))
        #expect(try await Self.texts(100, in: connection) == ["b"])
    }

    @Test func lookupsOfAStoppedRedisTripTheirDeadline() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try RedisConnection.open(server.url, timeout: .seconds(1), commandTimeout: .seconds(1))
        _ = try await Self.write(100, "a", cut: 1, to: connection)
        server.pause()
        let outcomes = await withTaskGroup(of: RedisError?.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    do { _ = try await Self.texts(100, in: connection) } catch { return error as? RedisError }
                    return nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.allSatisfy { $0?.isUnreachable == true })
        server.resume()
        #expect(try await Self.texts(100, in: connection) == ["a"])
    }

    @Test func anUserWithoutTheRightIsTold() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let admin = try await RedisConnection.connect(to: server.url)
        _ = try await Self.write(10, "a", cut: 1, to: admin)
        _ = try await admin.send(
            RedisPipeline("ACL", "SETUSER", "reader", "on", ">secret", "~asof:*", "+hmget", "+ping", "+select"))
        var url = server.url
        url.user = "reader"
        url.password = "secret"
        let reader = try await RedisConnection.connect(to: url)
        #expect(try await Self.texts(10, in: reader) == ["a"])
        let error = await #expect(throws: RedisError.self) { try await Self.write(10, "b", cut: 2, to: reader) }
        #expect(error?.message.contains("NOPERM") == true && error?.message.contains("secret") == false)
        #expect(try await Self.texts(10, in: reader) == ["a"])
    }
}
