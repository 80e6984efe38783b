import Foundation
import Testing

/// `asof verify` as users meet it.
@Suite struct VerifyCommandTests {
    @Test func theExampleProjectIsVerified() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        let verified = try await asof.run("verify", "--runs", "3")
        #expect(verified.code == 0 && verified.error.isEmpty, "\(verified.error)")
        #expect(verified.output.hasPrefix("PASS: ") && verified.output.contains("materialize + get"), "\(verified.output)")
        let offline = try await asof.run("verify", "customer_orders", "--runs", "1", "--offline-only", "--json")
        #expect(offline.code == 0 && offline.output.contains("left out by --offline-only"), "\(offline.error)")
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(offline.output.utf8)) }
    }

    @Test(arguments: [
        ["verify", "nothing"], ["verify", "--service", "nothing"], ["verify", "--runs", "0"],
        ["verify", "customer_orders", "--service", "orders_v1"],
    ])
    func wrongUsageExitsWith2(arguments: [String]) async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        let outcome = try await asof.run(arguments)
        #expect(outcome.code == 2 && !outcome.error.isEmpty && outcome.output.isEmpty, "\(outcome.output) \(outcome.error)")
    }

    @Test func withoutRedisTrainingIsVerifiedAndServingIsSaidNotToBe() async throws {
        let asof = try await AsofProcess(onlineURL: "redis://127.0.0.1:1")
        defer { asof.remove() }
        let verified = try await asof.run("verify", "--runs", "1")
        #expect(verified.code == 0 && verified.output.contains("NOT VERIFIED: materialize + get: "), "\(verified.output)")
        #expect(try await AsofProcess(offlineURL: "postgres://127.0.0.1:1/x").run("verify").code == 4)
    }
}
