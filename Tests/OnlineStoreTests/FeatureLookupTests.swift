import FeatureDefs
import OnlineStore
import RedisClient
import TestSupport
import Testing

/// Lookups through a real Redis: values, statuses and times as DESIGN §2 has them.
struct FeatureLookupTests {
    /// A store with one entity (card 1, "x") at `cut` 1000 s, and what reads it.
    private struct Fixture {
        static let ttl = Period(microseconds: 100)
        static let cut = Timestamp(microseconds: 1_000_000_000)
        static let event = Timestamp(microseconds: 999_999_900)

        let server: PrivateRedisServer
        let connection: RedisConnection
        let lookup: FeatureLookup

        init() async throws {
            server = try PrivateRedisServer()
            try await server.start()
            connection = try await RedisConnection.connect(to: server.url)
            let keys = [JoinKey(name: "card", type: .int64), JoinKey(name: "shop", type: .string)]
            let cards = TestPlans.view(
                "cards", keys: keys,
                features: [TestPlans.latest("amount"), TestPlans.count("n"), TestPlans.latest("note", .text)],
                ttl: Self.ttl
            )
            let shops = TestPlans.view("shops", keys: [keys[1]], features: [TestPlans.latest("rating", .float8)])
            let unscheduled = TestPlans.view("raw", keys: keys, features: [TestPlans.count("n")], schedule: nil)
            func input(_ view: String, _ name: String) -> TypedExpression<OnDemandInput> {
                TypedExpression(.input(.feature(FeatureReference(view: view, feature: name))), type: .int64)
            }
            let sum = TypedExpression<OnDemandInput>(
                .call(.add, [input("cards", "n"), TypedExpression(.input(.request("extra")), type: .int64)]), type: .int64
            )
            let twice = TypedExpression<OnDemandInput>(
                .call(.add, [input("math", "sum"), input("math", "sum")]), type: .int64
            )
            let math = OnDemandViewPlan(
                name: "math", request: [RequestInput(name: "extra", type: .int64)],
                features: [
                    OnDemandFeaturePlan(name: "sum", expression: sum, notes: TestPlans.notes),
                    OnDemandFeaturePlan(name: "twice", expression: twice, notes: TestPlans.notes),
                ],
                notes: TestPlans.notes
            )
            let plan = Plan(
                project: "p", entities: [], featureViews: [cards, unscheduled, shops], onDemandViews: [math],
                services: [
                    FeatureServicePlan(
                        name: "all",
                        features: [
                            FeatureReference(view: "math", feature: "twice"),
                            FeatureReference(view: "cards", feature: "n"),
                            FeatureReference(view: "shops", feature: "rating"),
                            FeatureReference(view: "cards", feature: "amount"),
                            FeatureReference(view: "cards", feature: "note"),
                        ].map { SelectedFeature($0) },
                        logSample: nil, notes: TestPlans.notes
                    )
                ]
            )
            let ids = [
                "cards": ViewLayoutIDs(field: 1, layout: 5), "shops": ViewLayoutIDs(field: 2, layout: 6),
                "raw": ViewLayoutIDs(field: 3, layout: 7),
            ]
            lookup = FeatureLookup(plan: plan, ids: ids, connection: connection)
            let layout = OnlineViewLayout(project: "p", view: cards, ids: ViewLayoutIDs(field: 1, layout: 5))
            var writer = OnlineWriter(to: connection, layout: layout)
            try await writer.write(
                key: [.int64(1), .string("x")],
                version: RowVersion(cut: Self.cut, run: 1, event: Self.event, available: Self.event),
                cells: [.int64(42), .int64(3), .null, .timestamp(Self.event)]
            )
            _ = try await writer.finish()
        }

        func answers(_ columns: [String: [FeatureValue]], now: Timestamp) async throws -> [[ServedFeature]] {
            try await lookup.features(try lookup.prepare(service: "all"), for: try LookupRows(columns), now: now).features
        }
    }

    @Test func storedMissingAndNullEntitiesAreToldApart() async throws {
        let fixture = try await Fixture()
        let answers = try await fixture.answers(
            [
                "card": [.int64(1), .int64(2), .null, .int64(1)], "shop": Array(repeating: .string("x"), count: 4),
                "extra": [.int64(7), .int64(7), .null, .int64(.max)], "ignored": Array(repeating: .bool(true), count: 4),
            ],
            now: Fixture.event + Fixture.ttl
        )
        let missing = ServedFeature(value: .null, status: .notFound, eventTimestamp: nil)
        let none = ServedFeature(value: .int64(0), status: .notFound, eventTimestamp: nil)
        // twice = (n + extra) * 2; its only stored input is a window feature, so its time is the cut.
        #expect(
            answers[0] == [
                ServedFeature(value: .int64(20), status: .present, eventTimestamp: Fixture.cut),
                ServedFeature(value: .int64(14), status: .present, eventTimestamp: nil),
                ServedFeature(value: .null, status: .nullValue, eventTimestamp: nil),
                ServedFeature(value: .null, status: .invalid, eventTimestamp: Fixture.cut),
            ]
        )
        let stored = ServedFeature(value: .int64(3), status: .present, eventTimestamp: Fixture.cut)
        #expect(answers[1] == [stored, none, none, stored])
        #expect(answers[2] == [missing, missing, missing, missing])
        let amount = ServedFeature(value: .int64(42), status: .present, eventTimestamp: Fixture.event)
        #expect(answers[3] == [amount, missing, missing, amount])
        let note = ServedFeature(value: .null, status: .nullValue, eventTimestamp: Fixture.event)
        #expect(answers[4] == [note, missing, missing, note])
    }

    @Test func ttlIsInclusiveAndForLatestFeaturesOnly() async throws {
        let fixture = try await Fixture()
        let columns: [String: [FeatureValue]] = ["card": [.int64(1)], "shop": [.string("x")], "extra": [.int64(0)]]
        let edge = Fixture.event + Fixture.ttl
        let within = try await fixture.answers(columns, now: edge)
        #expect(within[3] == [ServedFeature(value: .int64(42), status: .present, eventTimestamp: Fixture.event)])
        let after = try await fixture.answers(columns, now: edge + Period(microseconds: 1))
        #expect(after[3] == [ServedFeature(value: .null, status: .outsideMaxAge, eventTimestamp: Fixture.event)])
        #expect(after[1] == within[1])
    }

    /// Not a count of 0: there are rows, and nobody knows how many.
    @Test func aRowOfAnotherLayoutHasNoValueAndIsReported() async throws {
        let fixture = try await Fixture()
        let other = FeatureLookup(
            plan: fixture.lookup.plan,
            ids: ["cards": ViewLayoutIDs(field: 1, layout: 9), "shops": ViewLayoutIDs(field: 2, layout: 6)],
            connection: fixture.connection
        )
        let prepared = try other.prepare(features: [FeatureReference(view: "cards", feature: "n")])
        let rows = try LookupRows(["card": [.int64(1)], "shop": [.string("x")]])
        let result = try await other.features(prepared, for: rows, now: Fixture.cut)
        #expect(result.features == [[ServedFeature(value: .null, status: .invalid, eventTimestamp: nil)]])
        #expect(result.undecodable == ["cards": .otherLayout(found: 5, expected: 9)])
        #expect(result.versions == [[nil]])
    }

    /// What is written out column by column is what each value says of itself: rows that are there, missing and too old.
    @Test(arguments: [0, 100, 101] as [Int64]) func columnsSayWhatTheirValuesSay(age: Int64) async throws {
        let fixture = try await Fixture()
        let rows = try LookupRows([
            "card": [.int64(1), .int64(2), .null, .int64(1)], "shop": [.string("x"), .string("x"), .string("x"), .string("x")],
            "extra": [.int64(1), .int64(2), .null, .int64(.max)],
        ])
        let prepared = try fixture.lookup.prepare(service: "all")
        let now = Fixture.event + Period(microseconds: age)
        let result = try await fixture.lookup.features(prepared, for: rows, now: now)
        let timelines = result.timelines()
        var column = ServedColumn()
        for feature in result.features.indices {
            result.read(feature: feature, timelines: timelines, into: &column)
            let timeline = column.timeline.map { timelines[$0] }
            for row in 0..<result.count {
                let value: FeatureValue =
                    switch column.cells[row] {
                    case .null: .null
                    case .float64(let number): .float64(number)
                    case .int64(let number): .int64(number)
                    case .other(let place): column.others[place]
                    }
                let status = try #require(column.ownStatuses?[row] ?? timeline?.statuses[row])
                let time = if let own = column.ownTimes { own[row] } else { try #require(timeline).times[row] }
                let read = ServedFeature(value: value, status: status, eventTimestamp: time)
                #expect(read == result[feature: feature, row: row], "feature \(feature), row \(row)")
            }
            #expect(column.cells.count == result.count)
        }
    }

    @Test func noRowsGiveNoAnswers() async throws {
        let fixture = try await Fixture()
        let answers = try await fixture.answers(["card": [], "shop": [], "extra": []], now: Fixture.cut)
        #expect(answers == [[], [], [], [], []])
    }

    @Test func callersMistakesAreTold() async throws {
        let fixture = try await Fixture()
        let lookup = fixture.lookup
        #expect(throws: LookupError.unknownService("zz")) { try lookup.prepare(service: "zz") }
        let unknown = FeatureReference(view: "cards", feature: "zz")
        #expect(throws: LookupError.unknownFeature(unknown)) { try lookup.prepare(features: [unknown]) }
        #expect(throws: LookupError.notServable(view: "raw", features: ["n"])) {
            try lookup.prepare(features: [FeatureReference(view: "raw", feature: "n")])
        }
        #expect(throws: LookupError.unequalColumns(name: "a", count: 1, otherName: "b", otherCount: 2)) {
            try LookupRows(["a": [.null], "b": [.null, .null]])
        }
        await #expect(throws: LookupError.missingJoinKeys(view: "cards", missing: ["shop"])) {
            try await fixture.answers(["card": [.int64(1)], "extra": [.int64(1)]], now: Fixture.cut)
        }
        await #expect(throws: LookupError.missingRequestInputs(["extra"])) {
            try await fixture.answers(["card": [.int64(1)], "shop": [.string("x")]], now: Fixture.cut)
        }
        await #expect(throws: LookupError.wrongType(column: "card", row: 1, expected: .int64, found: .string)) {
            try await fixture.answers(
                ["card": [.null, .string("1")], "shop": [.null, .null], "extra": [.null, .null]], now: Fixture.cut
            )
        }
    }
}
