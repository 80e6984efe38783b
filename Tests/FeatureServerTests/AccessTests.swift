import FeatureServer
import Foundation
import TestSupport
import Testing

@testable import FeatureServer

/// Who may ask a server that was started with tokens.
struct AccessTests {
    private static let tokens = BearerTokens(["first-token", "second token, with blanks"])

    @Test(
        arguments: [
            ("Bearer first-token", .accepted), ("bearer second token, with blanks", .accepted),
            ("Bearer first-tokem", .unknown), ("Bearer first-token ", .unknown), ("Bearer ", .unknown), ("Bearer", .missing),
            ("Basic first-token", .missing), ("first-token", .missing), (nil, .missing),
        ] as [(String?, BearerTokens.Verdict)])
    func onlyATokenOfTheServersIsAccepted(header: String?, verdict: BearerTokens.Verdict) {
        #expect(Self.tokens.judge(header) == verdict)
    }

    @Test(arguments: ["/features", "/services", "/metrics", "/docs", "/openapi.json", "/nowhere"])
    func everythingButHealthNeedsAToken(path: String) async throws {
        let fixture = try await ServerFixture { $0.tokens = Self.tokens }
        #expect(try await fixture.get(path).status == 401)
        #expect(try await fixture.get(path, token: "Bearer wrong").status == 403)
        #expect(try await fixture.get(path, token: "Bearer first-token").status == (path == "/nowhere" ? 404 : 200))
    }

    @Test func healthNeedsNoTokenAndTellsStrangersNothing() async throws {
        let fixture = try await ServerFixture { $0.tokens = Self.tokens }
        #expect(try await fixture.get("/health") == (200, #"{"status":"ok"}"#))
        #expect(try await fixture.get("//ready/").status == 200)
        fixture.redis.kill()
        #expect(try await fixture.get("/health") == (503, #"{"status":"unavailable"}"#))
    }

    @Test func aLookupWithoutATokenIsRefusedAsFeastsClientUnderstands() async throws {
        let fixture = try await ServerFixture { $0.tokens = Self.tokens }
        try await fixture.expectError(
            #"{"entities": {"card": [1]}, "features": ["cards:n"]}"#, status: 401, feastClass: "FeastPermissionError",
            message: "a token is needed: Authorization: Bearer TOKEN")
    }
}
