import FeatureDefs
import PostgresClient
import SkewChecker
import Testing

@testable import OfflineStore

/// What the record of runs tells of when rows came.
@Suite struct SourceLatenessTests {
    private func recordRun(_ bench: NightlyBench, at instant: String) async throws {
        let source = try #require(bench.plan.featureViews.first).source.relation
        let storage = try await SourceState.read(source, on: bench.connection).state.storage
        try await bench.connection.execute(
            """
            INSERT INTO asof.materializations (project, view, fingerprint, cut, started_at, finished_at, rows_written, rows_kept,
                rows_removed, oldest_open_transaction, next_transaction, storage)
            SELECT 'nightly', 'spending', 'f', $1, $1, $1, 0, 0, 0, pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint, $2
            FROM pg_current_snapshot() AS s
            """, [.text(instant), .text(try #require(storage))])
    }

    private func insert(_ bench: NightlyBench, _ count: Int, at instant: String) async throws {
        try await bench.connection.execute(
            "INSERT INTO payments SELECT n, 1, 'x', $1::timestamptz FROM generate_series(1001, 1000 + $2::bigint) AS n",
            [.text(instant), .int64(Int64(count))])
    }

    @Test func rowsThatARunShouldHaveHadAreLate() async throws {
        let bench = try await NightlyBench()
        let views = bench.plan.featureViews
        let reader = SourceLatenessReader(connection: bench.connection, project: NightlyBench.project)
        let since = Timestamp(microseconds: NightlyBench.servedAt.microseconds - 86_400_000_000)
        #expect(try await reader.read(views, since: since).map(\.arrival) == [nil], "no run tells of anything")
        // What was there before the first run says nothing.
        try await recordRun(bench, at: "2024-03-04T00:00:00Z")
        #expect(try await reader.read(views, since: since).map(\.arrival) == [nil])
        try await insert(bench, 40, at: "2024-03-04T00:10:00Z")
        let inTime = try #require(try await reader.read(views, since: since).first)
        #expect(inTime.arrival?.rows == 40 && inTime.missed == 0 && inTime.proposal(rate: 0.001) == nil)
        #expect(inTime.verdict(.standard) == .inconclusive)
        // Exactly at the cut a row is visible; a microsecond later it is not.
        try await insert(bench, 1, at: "2024-03-04T00:00:00.000001Z")
        #expect(try await reader.read(views, since: since).first?.missed == 0)
        try await insert(bench, 1, at: "2024-03-03T23:59:59.999999Z")
        let late = try #require(try await reader.read(views, since: since).first)
        #expect(late.missed == 1 && late.arrival?.quantiles.last == Period(microseconds: 1))
        #expect(late.verdict(.standard) == .inconclusive, "one odd row is not a late source")
        try await insert(bench, 8, at: "2024-03-03T21:30:00Z")
        let failed = try #require(try await reader.read(views, since: since).first)
        #expect(failed.missed == 9 && failed.arrival?.rows == 50 && failed.verdict(.standard) == .fail)
        #expect(failed.arrival?.quantiles.last == Period("2h30m"))
        let proposal = try #require(failed.proposal(rate: 0.001))
        #expect(proposal.key == "delay" && proposal.value == Period("3h"))
        // What reads another table of the name knows nothing of this one.
        try await bench.connection.executeScript("BEGIN; ALTER TABLE payments ADD COLUMN more bigint DEFAULT 1")
        #expect(try await reader.read(views, since: since).map(\.arrival) == [nil])
        try await bench.connection.executeScript("ROLLBACK")
        // Runs before the stretch that is looked at do not count.
        try await recordRun(bench, at: "2024-03-05T00:00:00Z")
        let later = Timestamp(microseconds: NightlyBench.servedAt.microseconds + 2 * 86_400_000_000)
        #expect(try await reader.read(views, since: later).map(\.arrival) == [nil])
        await bench.connection.close()
    }

    @Test func aLateSourceFailsTheCheckThoughEveryValueIsRight() async throws {
        let bench = try await NightlyBench()
        try await recordRun(bench, at: "2024-03-04T00:00:00Z")
        try await insert(bench, 8, at: "2024-03-03T21:30:00Z")
        try await bench.serve(6000)
        let document = try await bench.night().document
        #expect(document.different == 0 && document.verdict == .fail)
        #expect(document.sources.map(\.proposal) == ["delay: 3h"] && document.next.contains("delay: 3h"))
        await bench.connection.close()
    }
}
