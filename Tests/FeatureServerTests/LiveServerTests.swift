import FeatureServer
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

/// The server behind a real socket.
struct LiveServerTests {
    @Test func concurrentClientsGetTheirOwnAnswers() async throws {
        let fixture = try await ServerFixture()
        try await fixture.server.application().test(.live) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for card in 0..<50 {
                    group.addTask {
                        let body = #"{"entities": {"card": [\#(card)]}, "features": ["cards:n"]}"#
                        try await client.execute(
                            uri: "/get-online-features", method: .post, body: ByteBuffer(string: body)
                        ) { response in
                            #expect(response.status == .ok)
                            #expect(response.headers[.contentType] == "application/json")
                            #expect(String(buffer: response.body).hasPrefix(#"{"results":[{"values":[\#(card)],"#))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func runningSaysWhenItIsReadyAndEndsWithItsTask() async throws {
        let fixture = try await ServerFixture()
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let running = Task { try await fixture.server.run { port.yield($0) } }
        var iterator = ports.makeAsyncIterator()
        let taken = try #require(await iterator.next())
        #expect(taken > 0)
        let second = try await ServerFixture(port: taken)
        let error = await #expect(throws: CannotListen.self) { try await second.server.run() }
        #expect(error?.description.hasPrefix("cannot listen on 127.0.0.1:\(taken): ") == true)
        running.cancel()
        _ = await running.result
    }

    @Test func aLargeBodyIsRefusedWithoutBeingRead() async throws {
        let fixture = try await ServerFixture(largestBody: 1_000)
        try await fixture.server.application().test(.live) { client in
            try await client.execute(
                uri: "/get-online-features", method: .post, body: ByteBuffer(repeating: 0x20, count: 5_000_000)
            ) { response in
                #expect(response.status == .contentTooLarge)
            }
        }
    }
}
