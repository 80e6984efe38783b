import Foundation
import PostgresClient
import TestSupport
import Testing

/// Whatever ends a run, no half-written training set is left, and none is taken for whole.
@Suite struct InterruptedTrainingTests {
    /// A spine that takes long: its rows sleep.
    private let slowSpine = "sql:SELECT customer_id, event_timestamp, pg_sleep(1)::text AS slept FROM labels"

    private func leftovers(_ project: TrainingProject) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: project.asof.folder.path).filter { $0.hasPrefix("out.") }.sorted()
    }

    @Test(arguments: [
        (SIGINT, "probe", "out.csv"), (SIGTERM, "merge", "out.csv"), (SIGINT, "merge", "out.parquet"),
        (SIGTERM, "probe", "table:result"),
    ])
    func aSignalLeavesNothing(signal: Int32, strategy: String, output: String) async throws {
        let project = try await TrainingProject()
        let outcome = try await project.asof.run(
            ["train", "--service", "orders_v1", "--spine", slowSpine, "-o", output, "--strategy", strategy],
            signal: signal, once: { try await isSleeping(project) })
        #expect(outcome.code == 130 && outcome.error.contains("interrupted; nothing was left half-written"), "\(outcome.error)")
        #expect(try leftovers(project).isEmpty)
        #expect(try await hasResult(project) == false)
        // Nor does a statement go on.
        #expect(try await !isSleeping(project))
        await project.remove()
    }

    /// The rows come slowly, when the output has been begun.
    @Test(arguments: [("probe", "out.parquet"), ("probe", "table:result"), ("merge", "out.parquet"), ("merge", "table:result")])
    func aSignalAmidTheRowsLeavesNothing(strategy: String, output: String) async throws {
        let project = try await TrainingProject()
        try await slowOrders(project)
        let outcome = try await project.asof.run(
            ["train", "--service", "orders_v1", "--spine", "table:labels", "-o", output, "--strategy", strategy],
            signal: SIGINT, once: { try await isSleeping(project) })
        #expect(outcome.code == 130, "\(outcome.error)")
        #expect(try leftovers(project).isEmpty)
        #expect(try await hasResult(project) == false)
        await project.remove()
    }

    private func slowOrders(_ project: TrainingProject) async throws {
        try await project.connection.executeScript(
            """
            -- Stable, so that who does not ask for the column does not wait for it.
            CREATE FUNCTION slow(float8) RETURNS float8 LANGUAGE sql STABLE AS 'SELECT $1 + length(pg_sleep(1)::text)';
            ALTER TABLE orders RENAME TO fast;
            CREATE VIEW orders AS SELECT customer_id, slow(amount) AS amount, ordered_at, loaded_at FROM fast;
            """)
    }

    private func hasResult(_ project: TrainingProject) async throws -> Bool {
        try await project.connection.execute("SELECT to_regclass('result') IS NOT NULL").firstCell == "t"
    }

    @Test func aKilledRunLeavesNoOutputAndTheNextOneSweeps() async throws {
        let project = try await TrainingProject()
        // A file's place is taken once the spine is known, so the rows must come slowly, not the spine.
        try await slowOrders(project)
        let outcome = try await project.asof.run(
            ["train", "--service", "orders_v1", "--spine", "table:labels", "-o", "out.csv", "--strategy", "probe"],
            signal: SIGKILL, once: { try await isSleeping(project) })
        #expect(outcome.code == SIGKILL)
        let left = try leftovers(project)
        #expect(left.count == 1 && left[0].hasPrefix("out.csv.partial-"), "\(left)")
        try await project.connection.executeScript(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
            DROP VIEW orders; ALTER TABLE fast RENAME TO orders;
            """)
        #expect(try await project.train(to: "out.csv").code == 0)
        #expect(try leftovers(project) == ["out.csv", "out.csv.manifest.json"])
        await project.remove()
    }

    @Test func anOlderTrainingSetSurvivesAFailure() async throws {
        let project = try await TrainingProject()
        try await project.train(to: "out.csv")
        let bytes = try project.asof.text(of: "out.csv")
        let failed = try await project.train(
            to: "out.csv", spine: "sql:SELECT customer_id, event_timestamp, 1 / (customer_id - 3) AS x FROM labels")
        #expect(failed.code == 2)
        #expect(try project.asof.text(of: "out.csv") == bytes)
        #expect(try leftovers(project) == ["out.csv", "out.csv.manifest.json"])
        await project.remove()
    }

    /// The spine ends its own session, the first `times` times that it is read.
    private func breakingSpine(_ project: TrainingProject, times: Int) async throws -> String {
        try await project.connection.execute("CREATE SEQUENCE reads")
        return """
            sql:SELECT customer_id, event_timestamp FROM labels CROSS JOIN (
                SELECT CASE WHEN nextval('reads') <= \(times) THEN pg_terminate_backend(pg_backend_pid()) END AS ended OFFSET 0
            ) AS once WHERE ended IS NULL
            """
    }

    /// By probe: what merge reads with is read-only.
    @Test func aLostConnectionStartsTheRunAgain() async throws {
        let project = try await TrainingProject()
        let outcome = try await project.train(
            to: "out.csv", spine: try await breakingSpine(project, times: 2), "--strategy", "probe")
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(outcome.error.components(separatedBy: "; starting again\n").count == 3, "\(outcome.error)")
        #expect(outcome.output.hasPrefix("wrote out.csv: 60 rows"))
        await project.remove()
    }

    /// Reading one of the orders takes a minute, as long as `waiting` has a row.
    private func stallingOrders(_ project: TrainingProject) async throws {
        try await project.connection.executeScript(
            """
            CREATE TABLE waiting AS SELECT 1;
            CREATE FUNCTION slow(float8) RETURNS float8 LANGUAGE sql STABLE AS $$
                SELECT CASE WHEN $1 = 50 AND EXISTS (TABLE waiting) THEN length(pg_sleep(60)::text) ELSE $1 END
            $$;
            ALTER TABLE orders RENAME TO fast;
            CREATE VIEW orders AS SELECT customer_id, slow(amount) AS amount, ordered_at, loaded_at FROM fast;
            """)
    }

    /// The session that reads the source is ended amid the rows; what comes of the second run is what comes without a break.
    @Test(arguments: ["probe", "merge"])
    func aConnectionLostAmidTheRowsStartsTheRunAgain(strategy: String) async throws {
        let project = try await TrainingProject()
        try await project.train(to: "whole.parquet", "--strategy", strategy)
        try await stallingOrders(project)
        // Signal 0 is none: what happens is the end of the session.
        let outcome = try await project.asof.run(
            [
                "train", "--service", "orders_v1", "--spine", "sql:SELECT * FROM labels ORDER BY event_timestamp", "-o",
                "out.parquet", "--strategy", strategy,
            ], signal: 0,
            once: {
                guard try await isSleeping(project) else { return false }
                try await project.connection.executeScript(
                    """
                    DELETE FROM waiting;
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event = 'PgSleep';
                    """)
                return true
            })
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(outcome.error.components(separatedBy: "; starting again\n").count == 2, "\(outcome.error)")
        #expect(try leftovers(project) == ["out.parquet", "out.parquet.manifest.json"])
        let same = try await project.asof.run("diff", "whole.parquet", "out.parquet")
        #expect(same.code == 0, "\(same.output)")
        await project.remove()
    }

    /// It is away for longer than one try takes.
    @Test(arguments: ["probe", "merge"])
    func aServerThatRestartsIsWaitedFor(strategy: String) async throws {
        let postgres = try await PrivatePostgres()
        let project = try await TrainingProject(on: postgres.url)
        let watcher = try await PostgresConnection.connect(to: postgres.url)
        try await stallingOrders(project)
        let outcome = try await project.asof.run(
            ["train", "--service", "orders_v1", "--spine", "table:labels", "-o", "out.csv", "--strategy", strategy], signal: 0
        ) {
            let sleeping = try await watcher.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid <> pg_backend_pid()")
            guard sleeping.firstCell != "0" else { return false }
            try await watcher.execute("DELETE FROM waiting")
            await postgres.kill()
            try await Task.sleep(for: .seconds(3))
            try await postgres.start()
            return true
        }
        #expect(outcome.code == 0 && outcome.error.contains("; starting again\n"), "\(outcome.error)")
        #expect(!outcome.error.contains("profile could not be kept"), "\(outcome.error)")
        await project.remove()
        try await postgres.remove()
    }

    @Test func aConnectionThatKeepsBreakingIsReported() async throws {
        let project = try await TrainingProject()
        let outcome = try await project.train(
            to: "out.csv", spine: try await breakingSpine(project, times: 3), "--strategy", "probe")
        #expect(outcome.code == 4 && outcome.error.contains("asof: lost the connection to "), "\(outcome.error)")
        #expect(try leftovers(project).isEmpty)
        await project.remove()
    }

    private func isSleeping(_ project: TrainingProject) async throws -> Bool {
        try await project.connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
        ).firstCell != "0"
    }
}
