import FeatureDefs
import Foundation
import OnlineStore
import TestSupport
import Testing

@testable import FeatureServer

/// What the server tells of itself.
struct CatalogueTests {
    private func object(_ fixture: ServerFixture, _ path: String) async throws -> [String: Any] {
        let answer = try await fixture.get(path)
        #expect(answer.status == 200)
        return try #require(try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
    }

    @Test func whatCanBeAskedForIsListedAndNoMore() async throws {
        let fixture = try await ServerFixture()
        let features = try #require(try await object(fixture, "/features")["features"] as? [[String: Any]])
        let names = features.compactMap { $0["name"] as? String }
        #expect(names.contains("cards:big") && names.contains("pairs:n") && names.contains("math:sum"))
        // A window without a schedule cannot be served.
        #expect(!names.contains("raw:m"))
        // Those that need no more than a card.
        for name in names where name != "math:sum" && !name.hasPrefix("pairs") && !name.hasPrefix("echo") {
            let answer = try await fixture.post(#"{"entities": {"card": [1]}, "features": ["\#(name)"]}"#)
            #expect(answer.status == 200, "\(name): \(answer.body)")
        }
        let services = try #require(try await object(fixture, "/services")["services"] as? [[String: Any]])
        #expect(services.compactMap { $0["name"] as? String } == ["svc", "transfer"])
    }

    @Test func theDescriptionNamesEveryPathThatThereIs() async throws {
        let fixture = try await ServerFixture()
        let paths = try #require(try await object(fixture, "/openapi.json")["paths"] as? [String: [String: Any]])
        for (path, methods) in paths {
            #expect(try await fixture.get(path).status == (methods["get"] == nil ? 405 : 200), "\(path)")
        }
        #expect(try await fixture.get("/docs").body.contains("</html>"))
        #expect(Set(paths.keys).isSuperset(of: ["/get-online-features", "/push", "/write-to-online-store"]))
    }

    /// Requests after an installation see the new plan; a plan is swapped whole.
    @Test func anotherPlanIsServedFromTheNextRequestOn() async throws {
        let fixture = try await ServerFixture()
        let request = #"{"entities": {"card": [1]}, "features": ["other:n"]}"#
        #expect(try await fixture.post(request).status == 404)
        let view = TestPlans.view("other", keys: [JoinKey(name: "card", type: .int64)], features: [TestPlans.count("n")])
        let plan = Plan(project: "p", entities: [], featureViews: [view], onDemandViews: [], services: [])
        let lookup = FeatureLookup(
            plan: plan, ids: ["other": ViewLayoutIDs(field: 9, layout: 9)], connection: fixture.connection)
        try fixture.server.install(ServedPlan(lookup: lookup, fingerprint: "f2"))
        #expect(try await fixture.post(request).status == 200)
        #expect(try await fixture.get("/metrics").body.contains(#"asof_plan_info{fingerprint="f2"} 1"#))
        #expect(try await fixture.post(#"{"entities": {"card": [1]}, "features": ["cards:n"]}"#).status == 404)
    }

    @Test func aBatchBeyondTheLimitIsRefused() async throws {
        let fixture = try await ServerFixture { $0.largestBatch = 3 }
        #expect(try await fixture.post(#"{"entities": {"card": [1, 2, 3]}, "features": ["cards:n"]}"#).status == 200)
        try await fixture.expectError(
            #"{"entities": {"card": [1, 2, 3, 4]}, "features": ["cards:n"]}"#, status: 422,
            message: "the request has 4 entity rows; at most 3 fit one request")
    }
}
