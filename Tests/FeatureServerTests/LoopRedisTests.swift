import FeatureServer
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import RedisClient
import TestSupport
import Testing

/// Lookups over the event loops' own sockets to Redis, and what they do when those are lost.
struct LoopRedisTests {
    /// How many sockets are open to the fixture's Redis.
    private static func sockets(of fixture: ServerFixture) async throws -> Int {
        guard case .bytes(let list)? = try await fixture.connection.send(RedisPipeline("CLIENT", "LIST")).first else { return -1 }
        return String(decoding: list, as: UTF8.self).split(separator: "\n").count
    }

    private static func status(_ client: some TestClientProtocol, card: Int) async throws -> Int {
        let body = #"{"entities": {"card": [\#(card)]}, "features": ["cards:n"]}"#
        return try await client.execute(uri: "/get-online-features", method: .post, body: ByteBuffer(string: body)) { response in
            if response.status == .ok {
                let value = card == 1 ? 4 : 0
                let answer = String(buffer: response.body)
                #expect(answer.hasPrefix(#"{"results":[{"values":[\#(card)],"#), "\(answer)")
                #expect(answer.contains(#"{"values":[\#(value)],"#), "\(answer)")
            }
            return response.status.code
        }
    }

    /// Asks on new answers until one is as expected.
    private static func wait(
        _ client: some TestClientProtocol, for status: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        // The deadline is only for a failure.
        let deadline = ContinuousClock.now + .seconds(20)
        var card = 0
        var last = 0
        while ContinuousClock.now < deadline {
            last = try await Self.status(client, card: card)
            if last == status { return }
            card = (card + 1) % 3
        }
        Issue.record("the answer is still \(last)", sourceLocation: sourceLocation)
    }

    /// Asks until the event loop of the client's connection has its socket.
    private static func waitForShortcut(_ client: some TestClientProtocol, _ fixture: ServerFixture) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try await sockets(of: fixture) < 2, ContinuousClock.now < deadline { _ = try await status(client, card: 1) }
        #expect(try await sockets(of: fixture) >= 2, "the connection's own and a loop's")
    }

    @Test func lookupsGoOverALoopsOwnSocketAndEachGetsItsOwnAnswer() async throws {
        let fixture = try await ServerFixture()
        try await fixture.server.application().test(.live) { client in
            try await Self.waitForShortcut(client, fixture)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for card in 0..<200 { group.addTask { try await Self.status(client, card: card) } }
                for try await status in group { #expect(status == 200) }
            }
        }
        // No other way than the loop's own: the connection itself sends nothing any more.
        #expect(try await Self.sockets(of: fixture) >= 2)
    }

    @Test func aKilledRedisCosts503AndIsFoundAgain() async throws {
        let fixture = try await ServerFixture()
        _ = try await fixture.connection.send(RedisPipeline("SAVE"))
        try await fixture.server.application().test(.live) { client in
            for _ in 0..<3 {
                try await Self.waitForShortcut(client, fixture)
                fixture.redis.kill()
                try await Self.wait(client, for: 503)
                try await fixture.redis.start()
                try await Self.wait(client, for: 200)
            }
            try await Self.waitForShortcut(client, fixture)
        }
    }

    @Test func aStoppedRedisTripsTheDeadlineAndIsRightAfterwards() async throws {
        let fixture = try await ServerFixture()
        try await fixture.server.application().test(.live) { client in
            try await Self.waitForShortcut(client, fixture)
            fixture.redis.pause()
            // One after the other: the client has one connection.
            for card in 0..<3 { #expect(try await Self.status(client, card: card) == 503) }
            fixture.redis.resume()
            try await Self.wait(client, for: 200)
            for card in 0..<20 { #expect(try await Self.status(client, card: card) == 200) }
        }
    }
}
