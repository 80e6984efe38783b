import FeatureDefs
import FeatureServer
import Foundation
import OnlineStore
import RedisClient
import Testing

/// `POST /get-online-features` in Feast's shape, byte for byte.
struct OnlineFeaturesTests {
    private let none = "1970-01-01T00:00:00Z"

    @Test func theAnswerIsColumnarWithTheKeysFirst() async throws {
        let answer = try await ServerFixture().post(
            #"{"entities": {"card": [1, 99]}, "features": ["cards:n", "cards:big"]}"#
        )
        #expect(answer.status == 200)
        #expect(
            answer.body == #"{"results":["#
                + #"{"values":[1,99],"statuses":["PRESENT","PRESENT"],"event_timestamps":["\#(none)","\#(none)"]},"#
                + #"{"values":[4,0],"statuses":["PRESENT","NOT_FOUND"],"event_timestamps":["2024-01-01T12:00:00Z","\#(none)"]},"#
                + #"{"values":[9007199254740993,null],"statuses":["PRESENT","NOT_FOUND"],"#
                + #""event_timestamps":["2024-01-01T11:59:59.500Z","\#(none)"]}],"#
                + #""metadata":{"feature_names":["card","n","big"]}}"#
        )
    }

    @Test(arguments: [
        ("big", "9007199254740993", "PRESENT"), ("whole", "2.0", "PRESENT"), ("single", "0.10000000149011612", "PRESENT"),
        ("text", #""a\"\\\n\u0001é🙂""#, "PRESENT"), ("flag", "true", "PRESENT"), ("seen", "-1", "PRESENT"),
        ("blob", #""AP8=""#, "PRESENT"), ("tag", #""00000000-0000-0001-0000-000000000002""#, "PRESENT"),
        ("nan", #""NaN""#, "PRESENT"), ("nothing", "null", "NULL_VALUE"), ("floats", #"[1.0,null,"NaN"]"#, "PRESENT"),
        ("words", "[]", "PRESENT"), ("blobs", #"["AP8=",""]"#, "PRESENT"), ("point", "[0.5,0.10000000149011612]", "PRESENT"),
    ])
    func everyTypeHasFeastsSpelling(feature: String, text: String, status: String) async throws {
        let answer = try await ServerFixture().post(#"{"entities": {"card": [1]}, "features": ["cards:\#(feature)"]}"#)
        #expect(
            answer.body.contains(
                #"{"values":[\#(text)],"statuses":["\#(status)"],"event_timestamps":["2024-01-01T11:59:59.500Z"]}],"#
            )
        )
    }

    @Test func aServiceAnswersInItsOrderWithItsRequestData() async throws {
        let answer = try await ServerFixture().post(
            #"{"entities": {"extra": [3, 9007199254740993], "card": [1, 1], "unknown": [0, 0]},"#
                + #" "feature_service": "svc", "features": ["cards:n"], "full_feature_names": true,"#
                + #" "include_feature_view_version_metadata": true}"#
        )
        #expect(answer.status == 200)
        #expect(answer.body.contains(#""feature_names":["extra","card","math__sum","cards__big"]"#))
        #expect(answer.body.contains(#""feature_view_metadata":[{"name":"cards"}]"#))
        #expect(answer.body.contains(#"{"values":[3,9007199254740993],"#))
        #expect(answer.body.contains(#"{"values":[7,9007199254740997],"#))
    }

    @Test func anExpiredValueIsNullAndSaysSo() async throws {
        let fixture = try await ServerFixture(now: ServerFixture.event + ServerFixture.ttl + Period(microseconds: 1))
        let answer = try await fixture.post(#"{"entities": {"card": [1]}, "features": ["cards:big"]}"#)
        #expect(answer.body.contains(#"{"values":[null],"statuses":["OUTSIDE_MAX_AGE"],"#))
    }

    @Test func aFailingExpressionIsInvalid() async throws {
        let answer = try await ServerFixture().post(
            #"{"entities": {"card": [1], "extra": [9223372036854775807]}, "feature_service": "svc"}"#
        )
        #expect(answer.body.contains(#"{"values":[null],"statuses":["INVALID"],"#))
    }

    @Test(arguments: ["1", "1.0", "\"1\"", "\"1.0\""]) func keysAreCoercedWithoutLoss(spelling: String) async throws {
        let answer = try await ServerFixture().post(#"{"entities": {"card": [\#(spelling)]}, "features": ["cards:n"]}"#)
        #expect(answer.body.hasPrefix(#"{"results":[{"values":[1],"#))
        #expect(answer.body.contains(#"{"values":[4],"#))
    }

    /// As Feast takes it, deprecated: the answer has the join key's name all the same.
    @Test func aJoinKeyMayComeUnderItsEntitysName() async throws {
        let fixture = try await ServerFixture()
        let byKey = try await fixture.post(#"{"entities": {"card": [1]}, "features": ["cards:n"]}"#)
        #expect(byKey.status == 200 && byKey.body.contains(#""feature_names":["card","n"]"#))
        #expect(try await fixture.post(#"{"entities": {"holder": ["1"]}, "features": ["cards:n"]}"#) == byKey)
        #expect(try await fixture.post(#"{"entities": {"holder": [9], "card": [1]}, "features": ["cards:n"]}"#) == byKey)
        #expect(
            try await fixture.post(#"{"entities": {"holder": [1], "owner": [2]}, "features": ["cards:n"]}"#).status == 422)
        // Which of two keys it would be, nobody knows.
        #expect(try await fixture.post(#"{"entities": {"pair": [1]}, "features": ["cards:n"]}"#).status == 422)
    }

    @Test func listsOfARequestAreReadElementByElement() async throws {
        let answer = try await ServerFixture().post(
            #"{"entities": {"list": [[1, "2", null, 3.0], [], null], "times": [[0, "2024-01-01T00:00:00Z"], [], null],"#
                + #" "vector": [[0.5, "NaN"], [1, 2], null]}, "features": ["echo:l", "echo:t", "echo:v"]}"#
        )
        #expect(answer.status == 200, "\(answer.body)")
        for values in [#"[[1,2,null,3],[],null]"#, #"[[0,1704067200],[],null]"#, #"[[0.5,"NaN"],[1.0,2.0],null]"#] {
            let column = #"{"values":\#(values),"statuses":["PRESENT","PRESENT","NULL_VALUE"]"#
            #expect(answer.body.components(separatedBy: column).count == 3, "echoed and served: \(answer.body)")
        }
    }

    @Test func aNumberForATextKeyIsItsText() async throws {
        let answer = try await ServerFixture().post(
            #"{"entities": {"card": [1], "shop": [5]}, "features": ["pairs:n"]}"#
        )
        #expect(answer.body.contains(#"{"values":["5"],"#))
    }

    @Test func nullAndEmptyKeysAreAnswered() async throws {
        let fixture = try await ServerFixture()
        let null = try await fixture.post(#"{"entities": {"card": [null]}, "features": ["cards:n"]}"#)
        #expect(null.body.contains(#"{"values":[null],"statuses":["NULL_VALUE"],"#))
        #expect(null.body.contains(#"{"values":[0],"statuses":["NOT_FOUND"],"#))
        let empty = try await fixture.post(#"{"entities": {"card": []}, "features": ["cards:n"]}"#)
        #expect(empty.status == 200)
        #expect(empty.body.contains(#"{"values":[],"statuses":[],"event_timestamps":[]}"#))
    }

    /// One entity's key that somebody else wrote costs the others nothing.
    @Test func aKeyThatHoldsNoHashIsInvalidAlone() async throws {
        let fixture = try await ServerFixture()
        var key: [UInt8] = []
        let encoder = EntityKeyEncoder(project: "p", joinKeys: [JoinKey(name: "card", type: .int64)])
        #expect(try encoder.encode(into: &key) { _ in .int64(2) })
        var set = RedisPipeline()
        set.startCommand("SET")
        set.add(key)
        set.add("not ours")
        _ = try await fixture.connection.send(set)
        let answer = try await fixture.post(#"{"entities": {"card": [1, 2, 3]}, "features": ["cards:big"]}"#)
        #expect(answer.status == 200)
        #expect(
            answer.body.contains(
                #"{"values":[9007199254740993,null,null],"statuses":["PRESENT","INVALID","NOT_FOUND"]"#), "\(answer.body)")
    }

    @Test func listsThatFeastsClientCannotReadAreNullOnDemand() async throws {
        for (onlyFeastLists, floats, words) in [(true, "null", "null"), (false, #"[1.0,null,"NaN"]"#, "[]")] {
            let fixture = try await ServerFixture { $0.onlyFeastLists = onlyFeastLists }
            let answer = try await fixture.post(
                #"{"entities": {"card": [1]}, "features": ["cards:floats", "cards:words", "cards:point"]}"#)
            #expect(answer.body.contains(#"{"values":[\#(floats)],"statuses":["PRESENT"]"#), "\(answer.body)")
            #expect(answer.body.contains(#"{"values":[\#(words)],"statuses":["PRESENT"]"#), "\(answer.body)")
            #expect(answer.body.contains(#"{"values":[[0.5,0.10000000149011612]],"statuses":["PRESENT"]"#), "\(answer.body)")
        }
    }

    /// One view for two entities, under the service's names; the caller's columns are not called as the join key is.
    @Test(arguments: [("false", "everything"), ("true", "world__everything")])
    func aServiceReadsOneViewForTwoEntities(isFull: String, everything: String) async throws {
        let answer = try await ServerFixture().post(
            #"{"entities": {"payer": [1, 1], "payee": [99, 1]}, "feature_service": "transfer", "full_feature_names": \#(isFull)}"#
        )
        #expect(answer.status == 200)
        #expect(answer.body.contains(#""feature_names":["payer","payee","payer__n","payee__n","largest","\#(everything)"]"#))
        #expect(answer.body.contains(#"{"values":[4,4],"statuses":["PRESENT","PRESENT"],"#))
        #expect(answer.body.contains(#"{"values":[0,4],"statuses":["NOT_FOUND","PRESENT"],"#))
        #expect(answer.body.contains(#"{"values":[null,9007199254740993],"statuses":["NOT_FOUND","PRESENT"],"#))
        #expect(answer.body.contains(#"{"values":[70,70],"#))
    }

    @Test func aMissingColumnIsCalledAsTheServiceCallsIt() async throws {
        try await ServerFixture().expectError(
            #"{"entities": {"payer": [1], "card": [1]}, "feature_service": "transfer"}"#, status: 422,
            message: "missing join key values for keys: payee (feature view `cards`)")
    }

    @Test func aViewOfNoEntityNeedsNoKeys() async throws {
        let fixture = try await ServerFixture()
        let one = try await fixture.post(#"{"entities": {}, "features": ["world:everything"]}"#)
        #expect(
            one.body == #"{"results":[{"values":[70],"statuses":["PRESENT"],"event_timestamps":["2024-01-01T12:00:00Z"]}],"#
                + #""metadata":{"feature_names":["everything"]}}"#)
        let many = try await fixture.post(#"{"entities": {"card": [1, 99, null]}, "features": ["world:everything"]}"#)
        #expect(many.body.contains(#"{"values":[70,70,70],"#))
    }

    @Test func aTrailingSlashInTheClientsPathDoesNoHarm() async throws {
        let answer = try await ServerFixture().post(
            #"{"entities": {"card": [1]}, "features": ["cards:n"]}"#, to: "//get-online-features"
        )
        #expect(answer.status == 200)
    }
}
