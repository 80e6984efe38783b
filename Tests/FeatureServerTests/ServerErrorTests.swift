import FeatureServer
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Oracle
import TestSupport
import Testing

/// A client's mistake is a 4xx in Feast's form, a store's trouble a 503, and nothing is a 500.
struct ServerErrorTests {
    struct Case: CustomTestStringConvertible {
        let body: String
        let status: Int
        var feastClass = "FeastError"
        let message: String
        var testDescription: String { message }
    }

    @Test(arguments: [
        Case(body: "{", status: 400, message: "invalid JSON at byte 1: expected a name in quotes"),
        Case(body: "", status: 400, message: "invalid JSON at byte 0: the document ends too early"),
        Case(body: #"{"a": 1, "a": 2}"#, status: 400, message: "invalid JSON at byte 12: duplicate name `a`"),
        Case(body: "[]", status: 422, message: "the request is a list, not an object"),
        Case(body: #"{"features": ["cards:n"]}"#, status: 422, message: "`entities` is missing"),
        Case(body: #"{"entities": {"card": [1]}}"#, status: 422, message: "`features` or `feature_service` is missing"),
        Case(
            body: #"{"entities": {"card": [1]}, "features": []}"#, status: 422,
            message: "`features` or `feature_service` is missing"
        ),
        Case(
            body: #"{"entities": {"card": 1}, "features": ["cards:n"]}"#, status: 422,
            message: "`entities.card` is a number, not a list"
        ),
        Case(
            body: #"{"entities": {"card": [1]}, "features": ["n"]}"#, status: 422,
            message: "feature `n` is not of the form `view:feature`"
        ),
        Case(
            body: #"{"entities": {"card": [1]}, "features": ["zz:n"]}"#, status: 404,
            feastClass: "FeatureViewNotFoundException", message: "Feature view zz does not exist"
        ),
        Case(
            body: #"{"entities": {"card": [1]}, "features": ["cards:zz"]}"#, status: 404,
            feastClass: "FeastObjectNotFoundException", message: "feature `cards.zz` does not exist"
        ),
        Case(
            body: #"{"entities": {"card": [1]}, "feature_service": "zz"}"#, status: 404,
            feastClass: "FeatureServiceNotFoundException", message: "feature service `zz` does not exist"
        ),
        Case(
            body: #"{"entities": {"card": [1]}, "feature_service": "svc"}"#, status: 404,
            feastClass: "RequestDataNotFoundInEntityRowsException", message: "missing request data: extra"
        ),
        Case(
            body: #"{"entities": {"list": [[1.5]], "times": [[]], "vector": [[1, 2]]}, "features": ["echo:l"]}"#, status: 422,
            message: "row 0 of `list` is not list<int64>"
        ),
        Case(
            body: #"{"entities": {"list": [[[1]]], "times": [[]], "vector": [[1, 2]]}, "features": ["echo:l"]}"#, status: 422,
            message: "row 0 of `list` is not list<int64>"
        ),
        Case(
            body: #"{"entities": {"list": [[1], 1], "times": [[], []], "vector": [[1, 2], [1, 2]]}, "features": ["echo:l"]}"#,
            status: 422, message: "row 1 of `list` is not list<int64>"
        ),
        Case(
            body: #"{"entities": {"list": [[]], "times": [[]], "vector": [[1, 2, 3]]}, "features": ["echo:v"]}"#, status: 422,
            message: "row 0 of `vector` is not vector<2>"
        ),
        Case(
            body: #"{"entities": {"list": [[]], "times": [[]], "vector": [[1, null]]}, "features": ["echo:v"]}"#, status: 422,
            message: "row 0 of `vector` is not vector<2>"
        ),
        Case(
            body: #"{"entities": {"card": [1]}, "features": ["cards:n", "cards:n"]}"#, status: 422,
            feastClass: "FeatureNameCollisionError",
            message: "Duplicate features named n found; set full_feature_names to true"
        ),
        Case(
            body: #"{"entities": {"card": [1, 2], "x": [1]}, "features": ["cards:n"]}"#, status: 422,
            message: "`card` has 2 rows, `x` has 1"
        ),
        Case(
            body: #"{"entities": {"card": [1]}, "features": ["pairs:n"]}"#, status: 422,
            message: "missing join key values for keys: shop (feature view `pairs`)"
        ),
        Case(
            body: #"{"entities": {}, "features": ["cards:n"]}"#, status: 422,
            message: "missing join key values for keys: card (feature view `cards`)"
        ),
        Case(
            body: #"{"entities": {"card": [1, 1.5]}, "features": ["cards:n"]}"#, status: 422,
            message: "row 1 of `card` is not int64"
        ),
        Case(
            body: #"{"entities": {"card": [9223372036854775808]}, "features": ["cards:n"]}"#, status: 422,
            message: "row 0 of `card` is not int64"
        ),
        Case(
            body: #"{"entities": {"card": [{}]}, "features": ["cards:n"]}"#, status: 422,
            message: "row 0 of `card` is not int64"
        ),
        Case(
            body: #"{"entities": {"card": [\#(String(repeating: "9", count: 5_000))]}, "features": ["cards:n"]}"#, status: 422,
            message: "row 0 of `card` is not int64"
        ),
        Case(
            body: #"{"entities": {"card": [1e400]}, "features": ["cards:n"]}"#, status: 422,
            message: "row 0 of `card` is not int64"
        ),
        Case(
            body: #"{"entities": {"card": [true]}, "features": ["cards:n"]}"#, status: 422,
            message: "row 0 of `card` is not int64"
        ),
        // Postgres has no text with a NUL: no such entity was ever trained on, and the served log could not hold it.
        Case(
            body: #"{"entities": {"card": [1], "shop": ["a\u0000b"]}, "features": ["pairs:n"]}"#, status: 422,
            message: "row 0 of `shop` is not string"
        ),
        Case(
            body: #"{"entities": {"card": [1], "card": [2]}, "features": ["cards:n"]}"#, status: 400,
            message: "invalid JSON at byte 33: duplicate name `card`"
        ),
        Case(
            body: #"{"entities": {"card": [1]}, "features": [7]}"#, status: 422,
            message: "`features` has a number, not a text `view:feature`"
        ),
        Case(
            body: #"{"entities": {"card": [1]}, "feature_service": ["svc"]}"#, status: 422,
            message: "`feature_service` is a list, not a string"
        ),
        Case(
            body: #"{"entities": {"card": [1]}, "features": ["cards:n"], "full_feature_names": "yes"}"#, status: 422,
            message: "`full_feature_names` is a string, not a boolean"
        ),
        Case(
            body: #"{"entities": {"card": [1]}, "features": ["raw:m"]}"#, status: 422,
            message: "feature view `raw` cannot be served: its window features (m) need a `schedule`"
        ),
    ])
    func aMistakeIsToldInFeastsForm(_ test: Case) async throws {
        try await ServerFixture().expectError(
            test.body, status: test.status, feastClass: test.feastClass, message: test.message
        )
    }

    @Test func aBodyOverTheLimitIsRefused() async throws {
        let body = #"{"entities": {"card": ["# + String(repeating: "1,", count: 5_000) + "1]}}"
        try await ServerFixture(largestBody: 10_000).expectError(
            body, status: 413, message: "the request is larger than 10000 bytes"
        )
    }

    @Test func otherMethodsAndPathsAreRefused() async throws {
        let fixture = try await ServerFixture()
        try await fixture.server.application().test(.router) { client in
            for method in [HTTPRequest.Method.get, .put, .delete] {
                try await client.execute(uri: "/get-online-features", method: method) { response in
                    #expect(response.status == .methodNotAllowed)
                    #expect(response.headers[.allow] == "POST")
                }
            }
            // As load balancers ask.
            try await client.execute(uri: "/health", method: .head) { response in
                #expect(response.status == .ok && response.body.readableBytes == 0)
            }
            try await client.execute(uri: "/services", method: .post) { response in
                #expect(response.status == .methodNotAllowed && response.headers[.allow] == "GET, HEAD")
            }
            try await client.execute(uri: "/nothing", method: .get) { response in
                #expect(response.status == .notFound)
                #expect(String(buffer: response.body).contains("feast.errors"))
            }
        }
    }

    @Test func aDeadRedisIs503AndThenRecovers() async throws {
        let fixture = try await ServerFixture()
        let request = #"{"entities": {"card": [1]}, "features": ["cards:n"]}"#
        #expect(try await fixture.post(request).status == 200)
        fixture.redis.kill()
        try await fixture.expectError(
            request, status: 503, message: "cannot reach Redis at \(fixture.redis.url): Connection refused"
        )
        try await fixture.server.application().test(.router) { client in
            try await client.execute(uri: "/health", method: .get) { #expect($0.status == .serviceUnavailable) }
        }
        try await fixture.redis.start()
        #expect(try await fixture.post(request).status == 200)
        try await fixture.server.application().test(.router) { client in
            try await client.execute(uri: "/health", method: .get) { response in
                #expect(response.status == .ok)
                #expect(String(buffer: response.body) == #"{"status":"ok"}"#)
            }
        }
    }

    /// Random bytes and mutated requests: always an answer, and never the server's fault.
    @Test(arguments: 0..<8 as Range<UInt64>) func noBodyIsTheServersFault(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let valid = Array(
            #"{"entities": {"card": [1, "2", null, -3.0e0], "extra": [1, 2, 3, 4]}, "feature_service": "svc"}"#.utf8
        )
        let bodies = (0..<200).map { _ in
            var body = valid
            for _ in 0...Int.random(in: 0..<5, using: &generator) {
                let place = Int.random(in: 0..<body.count, using: &generator)
                body[place] = generator.oneIn(2) ? generator.pick(valid) : UInt8.random(in: 0...255, using: &generator)
            }
            if generator.oneIn(4) { body.removeLast(Int.random(in: 0..<body.count, using: &generator)) }
            return body
        }
        let fixture = try await ServerFixture()
        try await fixture.server.application().test(.router) { client in
            for body in bodies {
                try await client.execute(
                    uri: "/get-online-features", method: .post, body: ByteBuffer(bytes: body)
                ) { response in
                    #expect([200, 400, 404, 422].contains(response.status.code), "\(String(decoding: body, as: UTF8.self))")
                }
            }
        }
    }
}
