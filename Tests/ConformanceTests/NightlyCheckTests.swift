import FeatureDefs
import OfflineStore
import PostgresClient
import SkewChecker
import Synchronization
import Testing

/// The check that runs by itself: nothing of the log is lost or checked twice, whatever is killed, late, or at once.
@Suite struct NightlyCheckTests {
    @Test func eachRunChecksWhatWasLoggedSinceTheLast() async throws {
        let bench = try await NightlyBench()
        #expect(try await bench.night().rows == 0)
        try await bench.serve(30)
        #expect(try await bench.night().rows == 30)
        try await bench.serve(20)
        let second = try await bench.night()
        #expect(second.rows == 20 && !second.isRepeated && second.document.changes?.previousRun == 1)
        let again = try await bench.night()
        #expect(again.isRepeated && again.document == second.document)
        // A look at all of it records nothing.
        let look = try await bench.check().run(since: .negativeInfinity, service: nil, checkedAt: .epoch)
        #expect(look.services.map(\.rows) == [50])
        #expect(try await bench.connection.execute("SELECT count(*) FROM asof.skew_runs").firstCell == "2")
        await bench.connection.close()
    }

    /// A row that was written before others and committed after a run has a lower number than that run's last.
    @Test func aRowThatIsCommittedLateIsNotLost() async throws {
        let bench = try await NightlyBench()
        try await bench.serve(10)
        #expect(try await bench.night().rows == 10)
        let slow = try await bench.connect()
        try await slow.execute("BEGIN")
        try await slow.execute(
            """
            INSERT INTO asof.served_rows (project, service, plan_fingerprint, request_id, ordinal, served_at, join_keys, request,
                values, statuses, event_timestamps, cuts, sample_probability, host, views, view_fingerprints, runs)
            SELECT project, service, plan_fingerprint, request_id, 99, served_at, join_keys, request, values, statuses,
                event_timestamps, cuts, sample_probability, host, views, view_fingerprints, runs
            FROM asof.served_rows ORDER BY served_id LIMIT 1
            """)
        try await bench.serve(5)
        #expect(try await bench.night().rows == 5)
        try await slow.execute("COMMIT")
        let late = try await bench.night()
        #expect(late.rows == 1 && !late.isRepeated)
        #expect(try await bench.night().isRepeated)
        await slow.close()
        await bench.connection.close()
    }

    @Test func aRunThatWasKilledGoesOnWhereItWas() async throws {
        let bench = try await NightlyBench()
        try await bench.serve(95, wrong: 7, wrongPin: "x")
        let other = try await bench.connect()
        let killed = bench.check(
            windowRows: 10,
            observer: { _, rows, _ in
                if rows == 40 { withUnsafeCurrentTask { $0?.cancel() } }
            }, on: other)
        let run = Task { try await bench.night(killed, on: other) }
        await #expect(throws: (any Error).self) { _ = try await run.value }
        await other.close()
        // What comes now is not the killed run's.
        try await bench.serve(3)
        let events = Mutex<[Int]>([])
        let seen = Mutex<[Int]>([])
        let resumed = try await bench.night(bench.check(windowRows: 10) { _, rows, _ in seen.withLock { $0.append(rows) } }) {
            if case .resuming(_, let rows) = $0 { events.withLock { $0.append(rows) } }
        }
        // It was killed before the fourth window was kept.
        #expect(events.withLock { $0 } == [30])
        #expect(seen.withLock { $0.first } == 40, "the rows before were not computed again")
        #expect(resumed.rows == 3)
        let reports = try await bench.connection.execute(
            "SELECT report::json->'services'->0->>'rows', report::json->>'different' FROM asof.skew_runs ORDER BY run_id"
        ).rows
        // 7 amounts, 95 pins and what is computed from them.
        #expect(reports == [["95", "197"], ["3", "0"]])
        let whole = try await bench.check().run(since: .negativeInfinity, service: nil, checkedAt: .epoch)
        #expect(whole.document.different == 197 && whole.services.map(\.rows) == [98])
        await bench.connection.close()
    }

    @Test func twoAtOnceCheckEverythingOnce() async throws {
        let bench = try await NightlyBench()
        try await bench.serve(60, wrong: 5)
        let (a, b) = (try await bench.connect(), try await bench.connect())
        async let first = bench.night(bench.check(windowRows: 5, on: a), on: a)
        async let second = bench.night(bench.check(windowRows: 5, on: b), on: b)
        let outcomes = try await [first, second]
        #expect(outcomes.map(\.isRepeated).count { $0 } == 1, "one of them waited and found nothing new")
        #expect(outcomes[0].document == outcomes[1].document && outcomes[0].rows == 60)
        #expect(try await bench.connection.execute("SELECT count(*), sum(count) FROM asof.skew_findings").rows == [["1", "5"]])
        for connection in [a, b, bench.connection] { await connection.close() }
    }

    @Test func findingsAreOpenedFollowedAndClosed() async throws {
        let bench = try await NightlyBench()
        try await bench.serve(1000, wrong: 100)
        let first = try #require(try await bench.night().document.changes)
        #expect(first.opened.map(\.feature) == ["spending.amount"] && first.opened.map(\.count) == [100] && first.ongoing.isEmpty)
        #expect(first.opened.map(\.code) == ["transform_or_write/unexplained"])
        // Too few to say that a tenth of them no longer differs.
        try await bench.serve(5)
        let second = try #require(try await bench.night().document.changes)
        #expect(second.opened.isEmpty && second.closed.isEmpty && second.ongoing.map(\.count) == [0])
        try await bench.serve(100, wrong: 20)
        let third = try #require(try await bench.night().document.changes)
        #expect(third.opened.isEmpty && third.ongoing.map(\.nights) == [2] && third.ongoing.map(\.total) == [120])
        try await bench.serve(10)
        #expect(try await bench.night().document.changes?.closed.isEmpty == true)
        // At a fifth, 21 values without one say enough; 10 were before.
        try await bench.serve(15)
        let last = try #require(try await bench.night().document.changes)
        #expect(last.closed.map(\.id) == third.ongoing.map(\.id) && last.ongoing.isEmpty)
        try await bench.serve(100, wrong: 20)
        let anew = try #require(try await bench.night().document.changes)
        #expect(anew.opened.map(\.id) == [2] && anew.verdicts.count <= 3)
        #expect(
            try await bench.connection.execute(
                "SELECT count(*) FROM asof.skew_finding_nights WHERE finding_id = 1"
            ).firstCell == "2")
        await bench.connection.close()
    }

    /// A database that was restored from a dump numbers its transactions anew.
    @Test func aLogOfAnotherDatabaseIsCheckedAnew() async throws {
        let bench = try await NightlyBench()
        try await bench.serve(4)
        _ = try await bench.night()
        try await bench.connection.executeScript(
            """
            UPDATE asof.skew_watermarks SET state = jsonb_set(state::jsonb, '{snapshot}', '"99999999:99999999:"')::text
            """)
        try await bench.serve(2)
        #expect(try await bench.night().rows == 6)
        try await bench.connection.executeScript(
            "UPDATE asof.skew_watermarks SET state = jsonb_set(state::jsonb, '{table}', '\"1.2\"')::text")
        #expect(try await bench.night().rows == 6)
        await bench.connection.close()
    }

    @Test func rowsOfAnOlderAsofAreCheckedByTheFirstRun() async throws {
        let bench = try await NightlyBench()
        try await bench.serve(4)
        try await bench.connection.executeScript("ALTER TABLE asof.served_rows DROP COLUMN logged_by")
        #expect(try await bench.night().rows == 4)
        try await bench.serve(2)
        #expect(try await bench.night().rows == 2)
        await bench.connection.close()
    }
}
