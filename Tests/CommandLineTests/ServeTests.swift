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

    /// A server whose plan is no longer the one that rows are written by goes on with what means the same, without being told; and one
    /// that has loaded the new plan answers what does from the old rows.
    @Test func rowsOfOldAndNewDefinitionsAreServedSideBySide() async throws {
        let asof = try await applied()
        defer { asof.remove() }
        let server = try await asof.serve()
        func ask(_ features: String...) throws -> String {
            let names = features.map { "\"customer_orders:\($0)\"" }.joined(separator: ",")
            let body = "{\"features\": [\(names)], \"entities\": {\"customer_id\": [1]}}"
            let answer = try server.ask("/get-online-features", "-d", body)
            #expect(answer.status == 200, "\(answer)")
            return answer.body
        }
        let before = try ask("last_amount")
        #expect(before.contains("35.5") && before.contains("PRESENT"))
        let definitions = try asof.text(of: "features/orders.yaml")
        let changed = definitions.replacingOccurrences(
            of: "spend_30d: {sum: amount, window: 30d}",
            with: "spend_30d: {sum: amount, window: 9999d}\n      first_amount: {min: amount, window: 9999d}")
        try #require(changed != definitions)
        try asof.write(changed, to: "features/orders.yaml")
        #expect(try await asof.run("apply").code == 0)
        // The new plan on the old rows.
        server.send(signal: SIGHUP)
        while try !server.ask("/metrics").body.contains(#"asof_plan_reloads_total{outcome="ok"} 1"#) {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try ask("last_amount") == before)
        for feature in ["spend_30d", "first_amount"] {
            let answer = try ask(feature)
            #expect(answer.contains(#""values":[null],"statuses":["INVALID"]"#), "\(answer)")
        }
        let got = try await asof.run("get", "--service", "orders_v1", "--keys", "customer_id=1", "--null", "basket")
        #expect(got.code == 0 && got.error.contains("is of an older definition") && got.output.contains("35.5"), "\(got)")

        // The new rows under the new plan, then those of the next one, which the server has not loaded.
        #expect(try await asof.run("materialize").code == 0)
        let spent = try ask("spend_30d")
        #expect(spent.contains("55.5") && spent.contains("PRESENT"), "\(spent)")
        try asof.write(
            changed.replacingOccurrences(of: "{min: amount, window: 9999d}", with: "{max: amount, window: 9999d}"),
            to: "features/orders.yaml")
        #expect(try await asof.run("apply").code == 0)
        #expect(try await asof.run("materialize").code == 0)
        var answer = try ask("spend_30d")
        while answer != spent {
            #expect(answer.contains(#""values":[null],"statuses":["INVALID"]"#), "\(answer)")
            try await Task.sleep(for: .milliseconds(20))
            answer = try ask("spend_30d")
        }
        #expect(try ask("first_amount").contains("INVALID"))
        #expect(try server.log.contains("rows of newly applied definitions are there"))

        // A ttl and a default need no new rows.
        try asof.write(
            changed.replacingOccurrences(of: "{latest: amount}", with: "{latest: amount, default: -1.0}")
                .replacingOccurrences(of: "{min: amount, window: 9999d}", with: "{max: amount, window: 9999d}")
                .replacingOccurrences(
                    of: "    features:\n      last_amount", with: "    ttl: 1h\n    features:\n      last_amount"),
            to: "features/orders.yaml")
        let planned = try await asof.run("plan")
        #expect(planned.code == 2 && !planned.output.contains("asof materialize"), "\(planned)")
        #expect(try await asof.run("apply").code == 0)
        server.send(signal: SIGHUP)
        while try !ask("last_amount").contains(#""values":[-1.0],"statuses":["OUTSIDE_MAX_AGE"]"#) {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try ask("spend_30d") == spent)
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
