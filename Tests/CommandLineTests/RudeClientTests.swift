import Foundation
import PostgresClient
import TestSupport
import Testing

/// Clients that misbehave, each against a real `asof serve`: it answers them or hangs up, and goes on serving the others.
@Suite struct RudeClientTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Peers/rude_clients.py")

    private func applied() async throws -> AsofProcess {
        let asof = try await AsofProcess()
        #expect(try await asof.run("apply").code == 0)
        #expect(try await asof.run("materialize").code == 0)
        return asof
    }

    @Test(arguments: [
        "half_a_body", "a_trickle", "a_hundred_megabytes", "no_http", "never_reads", "ten_thousand_idle",
        "sends_ahead",
    ])
    func theServerOutlives(_ client: String) async throws {
        let asof = try await applied()
        defer { asof.remove() }
        // Opening so many takes a while.
        let idle = client == "ten_thousand_idle" ? "600" : "2"
        let server = try await asof.serve("--transfer-timeout", "1", "--idle-timeout", idle)
        try await Peers.run(Self.script, [client, server.port])
        #expect(server.stop() == 0)
    }

    @Test func aShutdownFinishesWhatIsInFlightAndItsLog() async throws {
        let asof = try await applied()
        defer { asof.remove() }
        let server = try await asof.serve()
        try await Peers.run(Self.script, ["shutdown", server.port, "\(server.processID)"])
        #expect(server.stop() == 0)
        let connection = try await asof.connectOffline()
        #expect(try await connection.execute("SELECT count(*) FROM asof.served_rows").firstCell == "2")
        await connection.close()
    }

    @Test func aReloadDropsNoRequest() async throws {
        let asof = try await applied()
        defer { asof.remove() }
        let server = try await asof.serve()
        try await Peers.run(Self.script, ["reload", server.port, "\(server.processID)"])
        #expect(try server.ask("/metrics").body.contains(#"code="200"} 480"#))
        #expect(server.stop() == 0)
    }
}
