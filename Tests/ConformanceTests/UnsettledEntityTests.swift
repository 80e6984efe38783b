import FeatureDefs
import PostgresClient
import RedisClient
import TestSupport
import Testing

@testable import Materializer
@testable import OfflineStore
@testable import OnlineStore

/// What is online by other hands than the last run's does not stay there for ever.
@Suite struct UnsettledEntityTests {
    private static func rating(_ shop: String, _ stars: Int, on day: Int) -> PushRequest {
        PushBench.request(
            "rating", [("shop", [.string(shop)]), ("stars", [.number("\(stars)")]), ("at", [.string("2024-01-0\(day)")])])
    }

    private static func stars(_ shop: String, _ bench: PushBench) async throws -> FeatureValue {
        try await bench.served("rating", ["shop": .string(shop)])[0]
    }

    private static func notes(_ bench: PushBench) async throws -> String? {
        try await bench.connection.execute("SELECT count(*) FROM asof.unsettled_entities WHERE view = 'rating'").firstCell
    }

    /// No run has seen the row, and so none misses it.
    @Test(arguments: ["DELETE FROM ratings WHERE shop = 'b'", "UPDATE ratings SET shop = 'c' WHERE shop = 'b'"])
    func aPushedRowThatIsGoneBeforeTheNextRun(change: String) async throws {
        let bench = try await PushBench()
        try await bench.connection.execute("INSERT INTO ratings VALUES ('a', 1, '2024-01-01')")
        try await bench.materialize("rating")
        _ = try await bench.pusher().push(Self.rating("b", 5, on: 2))
        #expect(try await Self.stars("b", bench) == .int64(5))
        try await bench.connection.execute(change)
        let run = try await bench.materialize("rating")
        #expect(!run.scope.isFull && run.rowsRemoved == 1)
        #expect(try await Self.stars("a", bench) == .int64(1))
        #expect(try await Self.stars("b", bench) == .null)
        await bench.close()
    }

    /// A run of an instant before a push cannot write what has come since; the next one does, though it is in the table since before.
    @Test func aLateRowThatARunHadToLeaveOut() async throws {
        let bench = try await PushBench()
        try await bench.materialize("rating")
        let before = try await bench.connection.presentInstant()
        _ = try await bench.pusher().push(Self.rating("c", 1, on: 2))
        try await bench.connection.execute("INSERT INTO ratings VALUES ('c', 2, '2024-01-03')")
        let kept = try await bench.materialize("rating", at: .at(before))
        #expect(kept.rowsKept == 1 && kept.isBase)
        let next = try await bench.materialize("rating")
        #expect(!next.scope.isFull && next.rowsWritten == 1)
        #expect(try await Self.stars("c", bench) == .int64(2))
        await bench.close()
    }

    /// Once the push can have nothing under way any more, and not before.
    @Test func notesAreForgottenInTime() async throws {
        let bench = try await PushBench()
        try await bench.materialize("rating")
        let pusher = bench.pusher()
        for day in 1...3 { _ = try await pusher.push(Self.rating("d", day, on: day)) }
        #expect(try await Self.notes(bench) == "1")
        try await bench.materialize("rating")
        #expect(try await Self.notes(bench) == "1")
        try await bench.connection.execute("UPDATE asof.unsettled_entities SET noted_at = noted_at - interval '1 hour'")
        // A run beside which another test has a transaction open cannot know that it saw the note, nor the one after it that nothing came.
        var rows: Int?
        for _ in 0..<600 where rows != 0 {
            rows = try await bench.materialize("rating").rowsWritten
            if rows != 0 { try await Task.sleep(for: .milliseconds(100)) }
        }
        #expect(rows == 0)
        #expect(try await Self.notes(bench) == "0")
        await bench.close()
    }

    /// What a push computed so late that its note may be forgotten is not written.
    @Test func aPushThatTakesTooLongWritesNothing() async throws {
        let bench = try await PushBench()
        try await bench.connection.execute("INSERT INTO ratings VALUES ('e', 1, '2024-01-01')")
        let view = try #require(bench.plan.featureView(named: "rating"))
        let layout = OnlineViewLayout(project: "push", view: view, ids: try #require(bench.ids["rating"]))
        let materializer = Materializer(project: "push", offline: bench.connection, online: bench.redis)
        await #expect(throws: MaterializationError.tookTooLong(view: "rating")) {
            _ = try await materializer.compute([[.string("e")]], of: layout, at: .now, until: .now)
        }
        #expect(try await Self.stars("e", bench) == .null)
        await bench.close()
    }

    /// A run that lost its lock, and with it its right to write, has something under way when the next one begins.
    @Test func aRunThatIsOvertakenWritesNoMore() async throws {
        let bench = try await PushBench()
        let view = try #require(bench.plan.featureView(named: "rating"))
        let layout = OnlineViewLayout(project: "push", view: view, ids: try #require(bench.ids["rating"]))
        let mark = OnlineRunMark(project: "push", on: bench.redis)
        func connection(run: UInt32) -> RunConnection {
            RunConnection(of: layout, in: "push", run: run, beside: bench.redis)
        }
        let ping = RedisPipeline("PING")
        try await mark.begin(run: 5, of: layout)
        let (old, unopened) = (connection(run: 5), connection(run: 5))
        let writing = try await old.open()
        _ = try await writing.send(ping)
        #expect(try await mark.begin(run: 6, of: layout) == 5)
        let new = connection(run: 6)
        try await new.cutOffEarlierRuns()
        for _ in 0..<2 {
            await #expect { _ = try await writing.send(ping) } throws: { ($0 as? RedisError)?.code == .connectionLost }
        }
        await #expect(throws: MaterializationError.onlineStoreLostRows(view: "rating")) { _ = try await unopened.open() }
        _ = try await new.open().send(ping)
        for connection in [old, unopened, new] { connection.close() }
        await bench.close()
    }

    /// A run that fails before it writes leaves the next as it was; one that wrote something does not.
    @Test func onlyARunThatWroteMakesTheNextOneFull() async throws {
        let bench = try await PushBench()
        try await bench.connection.execute(
            "INSERT INTO payments (card_id, shop, count, at) VALUES (1, 'a', 2, '2024-01-01')")
        try await bench.materialize("inverse")
        // 1 % 0 is an error.
        try await bench.connection.execute(
            "INSERT INTO payments (card_id, shop, count, at) VALUES (1, 'a', 0, '2024-01-02')")
        await #expect(throws: MaterializationError.self) { try await bench.materialize("inverse") }
        try await bench.connection.execute("DELETE FROM payments WHERE count = 0")
        #expect(try await bench.materialize("inverse").scope.isFull == false)
        let view = try #require(bench.plan.featureView(named: "inverse"))
        let layout = OnlineViewLayout(project: "push", view: view, ids: try #require(bench.ids["inverse"]))
        try await OnlineRunMark(project: "push", on: bench.redis).begin(run: 1_000, of: layout)
        #expect(try await bench.materialize("inverse").scope == .everyEntity(.lastRunDoesNotCount))
        #expect(try await bench.materialize("inverse").scope.isFull == false)
        await bench.close()
    }
}
