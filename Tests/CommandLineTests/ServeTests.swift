import Foundation
import Testing

/// `asof serve` as a process: signals, TLS, tokens from the environment.
@Suite struct ServeTests {
    private static let lookup = #"{"feature_service": "orders_v1", "entities": {"customer_id": [1], "basket": [71]}}"#

    private func applied() async throws -> AsofProcess {
        let asof = try await AsofProcess()
        #expect(try await asof.run("apply").code == 0)
        #expect(try await asof.run("materialize").code == 0)
        return asof
    }

    @Test func aHangupLoadsThePlanAnewAndABrokenRegistryLeavesTheOldOne() async throws {
        let asof = try await applied()
        defer { asof.remove() }
        let server = try await asof.serve()
        #expect(try server.ask("/services").body.contains("orders_v2") == false)
        let definitions = try asof.text(of: "features/orders.yaml")
        try asof.write(definitions + "\n  orders_v2:\n    features: [customer_orders.last_amount]\n", to: "features/orders.yaml")
        #expect(try await asof.run("apply").code == 0)
        server.send(signal: SIGHUP)
        while try !server.ask("/services").body.contains("orders_v2") { try await Task.sleep(for: .milliseconds(20)) }
        #expect(try server.ask("/get-online-features", "-d", Self.lookup).status == 200)
        #expect(try server.ask("/metrics").body.contains(#"asof_plan_reloads_total{outcome="ok"} 1"#))

        try await asof.breakRegistry()
        server.send(signal: SIGHUP)
        while try !server.ask("/metrics").body.contains(#"asof_plan_reloads_total{outcome="failed"} 1"#) {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try server.ask("/get-online-features", "-d", Self.lookup).status == 200)
        #expect(try server.log.contains("the old one is served on"))
        #expect(server.stop() == 0)
    }

    @Test func tlsNeedsTheRightCertificateAndTokensComeFromTheEnvironment() async throws {
        let asof = try await applied()
        defer { asof.remove() }
        let certificate = try asof.makeCertificate()
        let server = try await asof.serve(
            "--tls-cert", "cert.pem", "--tls-key", "key.pem", variables: ["ASOF_SERVER_TOKENS": "s3cret-a, s3cret-b"])
        #expect(server.url.hasPrefix("https://"))
        #expect(try server.ask("/health").status == 0, "curl does not know the certificate")
        #expect(try server.ask("/health", "--cacert", certificate).status == 200)
        #expect(try server.ask("/services", "--cacert", certificate).status == 401)
        let answer = try server.ask(
            "/get-online-features", "--cacert", certificate, "-H", "Authorization: Bearer s3cret-b", "-d", Self.lookup)
        #expect(answer.status == 200 && answer.body.contains("2.0"), "\(answer)")
        #expect(try !server.log.contains("s3cret"))
        #expect(server.stop() == 0)

        let mismatch = try await asof.run("serve", "--tls-cert", "cert.pem", "--tls-key", "cert.pem")
        #expect(mismatch.code == 2 && mismatch.error.hasPrefix("asof: cannot use the certificate"), "\(mismatch.error)")
    }
}
