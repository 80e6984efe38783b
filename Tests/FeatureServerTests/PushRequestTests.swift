import FeatureDefs
import FeatureServer
import Foundation
import Hummingbird
import HummingbirdTesting
import Oracle
import Synchronization
import TestSupport
import Testing

/// What the server makes of the bodies by which Feast's clients push, and of those that are none.
struct PushRequestTests {
    /// Keeps what was pushed, or fails.
    private final class Receiver: PushReceiver {
        private let pushed = Mutex<[PushRequest]>([])
        private let failure: PushError?

        init(failing failure: PushError? = nil) { self.failure = failure }

        var requests: [PushRequest] { pushed.withLock { $0 } }

        func push(_ request: PushRequest) async throws(PushError) -> PushOutcome {
            if let failure { throw failure }
            pushed.withLock { $0.append(request) }
            return PushOutcome(
                inserted: request.rowCount, duplicates: 0, views: [.init(name: "cards", written: 1, kept: 0)],
                instant: ServerFixture.now)
        }
    }

    private static func cells(_ json: JSONValue...) -> [PushedColumn.Cell] { json.map { .json($0) } }

    @Test func aPushIsReadAsFeastSendsIt() async throws {
        let receiver = Receiver()
        let fixture = try await ServerFixture(pushes: receiver)
        let answer = try await fixture.post(
            #"{"push_source_name": "events", "df": {"card": [1, 2], "big": [9007199254740993, null]}, "to": "online_and_offline", "allow_registry_cache": true, "transform_on_write": true}"#,
            to: "/push")
        #expect(
            answer == (
                200,
                #"{"inserted":2,"duplicates":0,"as_of":"2024-01-01T12:00:00Z","views":[{"name":"cards","written":1,"kept":0}]}"#
            ))
        _ = try await fixture.post(#"{"push_source_name": "cards", "df": {}}"#, to: "/push")
        #expect(
            receiver.requests == [
                PushRequest(
                    target: "events",
                    columns: [
                        .init(name: "card", cells: Self.cells(.number("1"), .number("2"))),
                        .init(name: "big", cells: Self.cells(.number("9007199254740993"), .null)),
                    ], destination: .onlineAndOffline),
                PushRequest(target: "cards", columns: [], destination: .online),
            ])
        let metrics = try await fixture.get("/metrics").body
        #expect(metrics.contains("\nasof_pushes_total{code=\"200\"} 2\n"))
        #expect(metrics.contains("\nasof_pushed_rows_total{outcome=\"inserted\"} 2\n"))
    }

    /// Feast's own client names features, and the times as it likes.
    @Test func featuresByNameBecomeColumnsOfTheSource() async throws {
        let receiver = Receiver()
        let fixture = try await ServerFixture(pushes: receiver)
        let features =
            ["big", "whole", "single", "text", "flag", "seen", "blob", "tag", "nan", "nothing", "floats", "words", "blobs"]
            .map { #""\#($0)": [null]"# }.joined(separator: ", ")
        let body =
            #"{"feature_view_name": "cards", "df": {"card": [1], \#(features), "event_timestamp": ["2024-01-01T00:00:00"], "created": [null]}}"#
        #expect(try await fixture.post(body, to: "/write-to-online-store").status == 200)
        let request = try #require(receiver.requests.first)
        #expect(request.target == "cards" && request.columns.count == 15)
        #expect(request.columns.last == PushedColumn(name: "at", cells: Self.cells(.string("2024-01-01T00:00:00"))))
        // The source has no created timestamp.
        #expect(!request.columns.contains { $0.name == "created" })
        let other = #"{"feature_view_name": "cards", "df": {"card": [1], "point": [[1, 2]], "event_timestamp": ["2024-01-01"]}}"#
        try await fixture.expectError(
            other, to: "/write-to-online-store", status: 422,
            message: "feature `point` of `cards` is computed, not a plain column: push the columns of its source, by POST /push")
        let part = #"{"feature_view_name": "cards", "df": {"card": [1], "big": [1], "event_timestamp": ["2024-01-01"]}}"#
        #expect(try await fixture.post(part, to: "/write-to-online-store").status == 422)
        #expect(receiver.requests.count == 1)
    }

    struct Mistake: CustomTestStringConvertible {
        let body: String
        let status: Int
        let message: String
        var testDescription: String { message }
    }

    @Test(arguments: [
        Mistake(body: "{", status: 400, message: "invalid JSON at byte 1: expected a name in quotes"),
        Mistake(body: "[]", status: 422, message: "the request is a list, not an object"),
        Mistake(body: #"{"df": {"card": [1]}}"#, status: 422, message: "`push_source_name` is missing"),
        Mistake(
            body: #"{"push_source_name": 1, "df": {}}"#, status: 422, message: "`push_source_name` is a number, not a string"),
        Mistake(body: #"{"push_source_name": "cards"}"#, status: 422, message: "`df` is missing"),
        Mistake(
            body: #"{"push_source_name": "cards", "df": []}"#, status: 422, message: "`df` is a list, not an object of lists"),
        Mistake(
            body: #"{"push_source_name": "cards", "df": {"card": 1}}"#, status: 422, message: "`df.card` is a number, not a list"),
        Mistake(
            body: #"{"push_source_name": "cards", "df": {"card": [1]}, "to": "nowhere"}"#, status: 422,
            message: "`to` takes one of online, offline, online_and_offline"),
        Mistake(
            body: #"{"push_source_name": "cards", "df": {"card": [1, 2, 3]}}"#, status: 422,
            message: "the request has 3 entity rows; at most 2 fit one request"),
    ])
    func aMistakeIsToldInFeastsForm(_ mistake: Mistake) async throws {
        let receiver = Receiver()
        try await ServerFixture(pushes: receiver) { $0.largestBatch = 2 }.expectError(
            mistake.body, to: "/push", status: mistake.status, message: mistake.message)
        #expect(receiver.requests.isEmpty)
    }

    @Test func failuresHaveFeastsClassesAndStatuses() async throws {
        let body = #"{"push_source_name": "zz", "df": {"card": [1]}}"#
        try await ServerFixture(pushes: Receiver(failing: .unknownTarget("zz"))).expectError(
            body, to: "/push", status: 422, feastClass: "PushSourceNotFoundException",
            message: "Unable to find push source 'zz': there is no feature view and no source of that name")
        try await ServerFixture(pushes: Receiver(failing: .unavailable(reason: "gone"))).expectError(
            body, to: "/push", status: 503, message: "gone; push the same rows again later, which is harmless")
        try await ServerFixture(
            pushes: Receiver(failing: .breaksExpectations(source: "s", reason: "x: range 0 .., 1 of 1 outside"))
        )
        .expectError(
            body, to: "/push", status: 422,
            message:
                "nothing was pushed: rows break what is expected of source `s`: x: range 0 .., 1 of 1 outside. Mend the rows, "
                + "or what `expect` says")
        try await ServerFixture(pushes: Receiver(failing: .failed(reason: "secret"))).expectError(
            body, to: "/push", status: 500, message: "internal error; see the server's log")
        try await ServerFixture().expectError(
            body, to: "/push", status: 403, feastClass: "FeastPermissionError",
            message: "this server takes no pushes; `asof serve --allow-push` does")
        #expect(try await ServerFixture(pushes: Receiver()).get("/push").status == 405)
    }

    @Test func pushesNeedATokenOfTheirOwn() async throws {
        let fixture = try await ServerFixture(pushes: Receiver()) {
            $0.tokens = BearerTokens(["reader"])
            $0.pushTokens = BearerTokens(["writer"])
        }
        let push = #"{"push_source_name": "cards", "df": {"card": [1]}}"#
        let lookup = #"{"entities": {"card": [1]}, "features": ["cards:n"]}"#
        for path in ["/push", "//push/", "/write-to-online-store"] {
            #expect(try await fixture.post(push, to: path).status == 401)
            #expect(try await fixture.post(push, to: path, token: "Bearer reader").status == 403)
            #expect(try await fixture.post(push, to: path, token: "Bearer nobody").status == 403)
        }
        #expect(try await fixture.post(push, to: "/push", token: "Bearer reader").body.contains("a token of its own"))
        #expect(try await fixture.post(push, to: "/push", token: "Bearer writer").status == 200)
        #expect(try await fixture.post(lookup, token: "Bearer writer").status == 200)
        #expect(try await fixture.post(lookup, token: "Bearer reader").status == 200)
        #expect(try await fixture.post(lookup).status == 401)
        // Tokens for pushes alone leave lookups open.
        let open = try await ServerFixture(pushes: Receiver()) { $0.pushTokens = BearerTokens(["writer"]) }
        #expect(try await open.post(lookup).status == 200)
        #expect(try await open.post(push, to: "/push").status == 401)
        #expect(try await open.post(push, to: "/push", token: "Bearer writer").status == 200)
    }

    @Test(arguments: 0..<4 as Range<UInt64>) func noPushIsTheServersFault(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let valid = Array(
            #"{"push_source_name": "cards", "feature_view_name": "cards", "df": {"card": [1, "2"], "event_timestamp": ["x", null]}, "to": "offline"}"#
                .utf8)
        let bodies = (0..<200).map { _ in
            var body = valid
            for _ in 0...Int.random(in: 0..<5, using: &generator) {
                let place = Int.random(in: 0..<body.count, using: &generator)
                body[place] = generator.oneIn(2) ? generator.pick(valid) : UInt8.random(in: 0...255, using: &generator)
            }
            return body
        }
        let fixture = try await ServerFixture(pushes: Receiver())
        try await fixture.server.application().test(.router) { client in
            for body in bodies {
                for path in ["/push", "/write-to-online-store"] {
                    try await client.execute(uri: path, method: .post, body: ByteBuffer(bytes: body)) { response in
                        #expect([200, 400, 404, 422].contains(response.status.code), "\(String(decoding: body, as: UTF8.self))")
                    }
                }
            }
        }
    }
}
