import FeatureDefs
import OnlineStore
import RedisClient
import TestSupport
import Testing

/// That an entity has no row is said only while the last run's mark is there.
@Suite struct ExpectedRunsTests {
    private struct Fixture {
        static let ids = ["cards": ViewLayoutIDs(field: 1, layout: 5), "shops": ViewLayoutIDs(field: 2, layout: 6)]

        let server: PrivateRedisServer
        let connection: RedisConnection
        let plan: Plan
        let lookup: FeatureLookup

        init(runs: [RecordedRun] = []) async throws {
            server = try PrivateRedisServer()
            try await server.start()
            connection = try await RedisConnection.connect(to: server.url)
            let views = ["cards", "shops"].map { name in
                TestPlans.view(name, keys: [JoinKey(name: "id", type: .int64)], features: [TestPlans.latest(name + "_amount")])
            }
            plan = Plan(project: "p", entities: [], featureViews: views, onDemandViews: [], services: [])
            lookup = FeatureLookup(plan: plan, ids: Self.ids, runs: runs, connection: connection)
        }

        private func layout(_ view: String) throws -> OnlineViewLayout {
            OnlineViewLayout(
                project: "p", view: try #require(plan.featureView(named: view)), ids: try #require(Self.ids[view]))
        }

        /// Entity 1 gets a row of the run, and then the run its mark.
        func fill(_ view: String, run: UInt32) async throws {
            let (layout, mark) = (try layout(view), OnlineRunMark(project: "p", on: connection))
            try await mark.begin(run: run, of: layout)
            let cut = Timestamp(microseconds: Int64(run))
            var writer = OnlineWriter(to: connection, layout: layout)
            try await writer.write(
                key: [.int64(1)], version: RowVersion(cut: cut, run: run, event: cut, available: cut),
                cells: [.int64(Int64(run)), .timestamp(cut)])
            _ = try await writer.finish()
            #expect(try await mark.set(run: run, of: layout))
        }

        func send(_ command: RedisPipeline) async throws {
            _ = try await connection.send(command)[0].orThrow()
        }

        func statuses(_ view: String, of ids: [FeatureValue], by lookup: FeatureLookup? = nil) async throws -> [FeatureStatus] {
            let lookup = lookup ?? self.lookup
            let prepared = try lookup.prepare(features: [FeatureReference(view: view, feature: view + "_amount")])
            let result = try await lookup.features(prepared, for: try LookupRows(["id": ids]), now: Timestamp(microseconds: 10))
            return result.features[0].map(\.status)
        }

        func expectLoss(of view: String, asking id: Int64, by lookup: FeatureLookup? = nil) async {
            await #expect {
                _ = try await statuses(view, of: [.int64(id)], by: lookup)
            } throws: { error in
                guard let error = error as? RedisError else { return false }
                return error.isUnreachable && error.description.contains("no longer has the rows of feature view `\(view)`")
            }
        }
    }

    @Test func rowsThatAreGoneAreNotMissing() async throws {
        let fixture = try await Fixture()
        // Nothing has been there, as far as anyone knows.
        #expect(try await fixture.statuses("cards", of: [.int64(1)]) == [.notFound])
        try await fixture.fill("cards", run: 5)
        #expect(try await fixture.statuses("cards", of: [.int64(1), .int64(2)]) == [.present, .notFound])
        try await fixture.send(RedisPipeline("FLUSHDB"))
        await fixture.expectLoss(of: "cards", asking: 1)
        await fixture.expectLoss(of: "cards", asking: 2)
        // No run has filled the other view yet.
        #expect(try await fixture.statuses("shops", of: [.int64(1)]) == [.notFound])
        await #expect(throws: RedisError.self) { try await fixture.lookup.requireMaterializedRows(timeout: .seconds(5)) }
        try await fixture.fill("cards", run: 6)
        #expect(try await fixture.statuses("cards", of: [.int64(1), .int64(2), .null]) == [.present, .notFound, .notFound])
        try await fixture.lookup.requireMaterializedRows(timeout: .seconds(5))
    }

    /// The rows are all there, and some are old.
    @Test func aServerThatCameBackFromAnOlderSnapshotIsNoticedAtOnce() async throws {
        let fixture = try await Fixture()
        try await fixture.fill("cards", run: 5)
        try await fixture.fill("shops", run: 6)
        try await fixture.send(RedisPipeline("SAVE"))
        try await fixture.fill("cards", run: 7)
        #expect(try await fixture.statuses("cards", of: [.int64(1), .int64(2)]) == [.present, .notFound])
        fixture.server.kill()
        try await fixture.server.start()
        await fixture.expectLoss(of: "cards", asking: 1)
        // Of the other all is as it was.
        #expect(try await fixture.statuses("shops", of: [.int64(1), .int64(2)]) == [.present, .notFound])
        await fixture.expectLoss(of: "cards", asking: 1)
        try await fixture.fill("cards", run: 8)
        #expect(try await fixture.statuses("cards", of: [.int64(1)]) == [.present])
    }

    @Test func whatIsOnRecordIsExpectedFromTheStart() async throws {
        let fixture = try await Fixture(runs: [RecordedRun(view: "cards", number: 5, settlesIn: .zero)])
        await fixture.expectLoss(of: "cards", asking: 1)
        #expect(try await fixture.statuses("shops", of: [.int64(1)]) == [.notFound])
        try await fixture.fill("cards", run: 4)
        await fixture.expectLoss(of: "cards", asking: 1)
        try await fixture.fill("cards", run: 5)
        #expect(try await fixture.statuses("cards", of: [.int64(1)]) == [.present])
    }

    /// All rows of the new run are found, so nothing but the time makes anyone look.
    @Test func aNewRunIsLearntOfWithinASecond() async throws {
        let fixture = try await Fixture()
        try await fixture.fill("cards", run: 5)
        #expect(try await fixture.statuses("cards", of: [.int64(1)]) == [.present])
        try await fixture.send(RedisPipeline("SAVE"))
        try await fixture.fill("cards", run: 6)
        try await Task.sleep(for: .milliseconds(1100))
        #expect(try await fixture.statuses("cards", of: [.int64(1)]) == [.present])
        fixture.server.kill()
        try await fixture.server.start()
        await fixture.expectLoss(of: "cards", asking: 1)
    }

    /// Redis may not have been told yet.
    @Test func aRunThatHasOnlyJustEndedIsExpectedLater() async throws {
        let fixture = try await Fixture(runs: [
            RecordedRun(view: "cards", number: 5, settlesIn: .zero),
            RecordedRun(view: "cards", number: 6, settlesIn: .milliseconds(500)),
        ])
        try await fixture.fill("cards", run: 5)
        #expect(try await fixture.statuses("cards", of: [.int64(1)]) == [.present])
        try await Task.sleep(for: .milliseconds(600))
        await fixture.expectLoss(of: "cards", asking: 2)
    }

    /// Its numbers begin anew.
    @Test func aRegistryThatWasPutBackIsBelieved() async throws {
        let fixture = try await Fixture()
        try await fixture.fill("cards", run: 7)
        #expect(try await fixture.statuses("cards", of: [.int64(1), .int64(2)]) == [.present, .notFound])
        try await fixture.fill("cards", run: 3)
        await fixture.expectLoss(of: "cards", asking: 2)
        // One that knows of the run that is missing changes nothing.
        fixture.lookup.expect([RecordedRun(view: "cards", number: 7, settlesIn: .seconds(60))])
        await fixture.expectLoss(of: "cards", asking: 2)
        fixture.lookup.expect([RecordedRun(view: "cards", number: 3, settlesIn: .zero)])
        #expect(try await fixture.statuses("cards", of: [.int64(2)]) == [.notFound])
        try await fixture.send(RedisPipeline("FLUSHDB"))
        await fixture.expectLoss(of: "cards", asking: 2)
    }

    @Test func viewsThatAreNeverServedAreNotExpected() async throws {
        let fixture = try await Fixture()
        let training = TestPlans.view(
            "training", keys: [JoinKey(name: "id", type: .int64)], features: [TestPlans.count("n")], schedule: nil)
        let plan = Plan(project: "p", entities: [], featureViews: [training], onDemandViews: [], services: [])
        let lookup = FeatureLookup(
            plan: plan, ids: ["training": ViewLayoutIDs(field: 9, layout: 9)],
            runs: [RecordedRun(view: "training", number: 5, settlesIn: .zero)], connection: fixture.connection)
        try await lookup.requireMaterializedRows(timeout: .seconds(5))
    }

    @Test func aUserWhoMayNotReadTheMarksIsServedAllTheSame() async throws {
        let fixture = try await Fixture()
        try await fixture.fill("cards", run: 5)
        try await fixture.send(RedisPipeline("ACL", "SETUSER", "reader", "on", ">secret", "+@all", "~asof:*"))
        var url = fixture.server.url
        (url.user, url.password) = ("reader", "secret")
        let connection = try await RedisConnection.connect(to: url)
        guard case .error(let refusal) = try await connection.send(RedisPipeline("HGET", "asof-runs:p", "1"))[0] else {
            Issue.record("the user may read the marks")
            return
        }
        #expect(refusal.kind == "NOPERM")
        let lookup = FeatureLookup(
            plan: fixture.plan, ids: Fixture.ids, runs: [RecordedRun(view: "cards", number: 9, settlesIn: .zero)],
            connection: connection)
        #expect(try await fixture.statuses("cards", of: [.int64(1), .int64(2)], by: lookup) == [.present, .notFound])
        await #expect {
            try await lookup.requireMaterializedRows(timeout: .seconds(5))
        } throws: { ($0 as? RedisError)?.code == .serverError }
    }

    @Test func marksThatAreNoHashAreNamed() async throws {
        let fixture = try await Fixture()
        try await fixture.send(RedisPipeline("SET", "asof-runs:p", "something else"))
        let lookup = FeatureLookup(
            plan: fixture.plan, ids: Fixture.ids, runs: [RecordedRun(view: "cards", number: 9, settlesIn: .zero)],
            connection: fixture.connection)
        let error = await #expect(throws: RedisError.self) { try await lookup.requireMaterializedRows(timeout: .seconds(5)) }
        #expect(error?.message.hasPrefix("Redis answered about the key `asof-runs:p`: WRONGTYPE ") == true, "\(error as Any)")
        #expect(
            error?.message.hasSuffix("; something else has put it there: delete the key and run again, or take another database")
                == true)
    }
}
