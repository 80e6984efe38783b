import Foundation
import PostgresClient
import Testing

/// Whatever ends a run, no half-written training set is left, and none is taken for whole.
@Suite struct InterruptedTrainingTests {
    /// A spine that takes long: its rows sleep.
    private let slowSpine = "sql:SELECT customer_id, event_timestamp, pg_sleep(1)::text AS slept FROM labels"

    private func leftovers(_ project: TrainingProject) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: project.asof.folder.path).filter { $0.hasPrefix("out.csv") }.sorted()
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aSignalLeavesNothing(signal: Int32) async throws {
        let project = try await TrainingProject()
        let outcome = try await project.asof.run(
            ["train", "--service", "orders_v1", "--spine", slowSpine, "-o", "out.csv"],
            signal: signal, once: { try await isSleeping(project) })
        #expect(outcome.code == 130 && outcome.error.contains("interrupted; nothing was left half-written"), "\(outcome.error)")
        #expect(try leftovers(project).isEmpty)
        await project.remove()
    }

    @Test func aKilledRunLeavesNoOutputAndTheNextOneSweeps() async throws {
        let project = try await TrainingProject()
        // A file's place is taken once the spine is known, so the rows must come slowly, not the spine.
        try await project.connection.executeScript(
            """
            CREATE FUNCTION slow(float8) RETURNS float8 LANGUAGE sql VOLATILE AS 'SELECT $1 + length(pg_sleep(1)::text)';
            ALTER TABLE orders RENAME TO fast;
            CREATE VIEW orders AS SELECT customer_id, slow(amount) AS amount, ordered_at, loaded_at FROM fast;
            """)
        let outcome = try await project.asof.run(
            ["train", "--service", "orders_v1", "--spine", "table:labels", "-o", "out.csv"],
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

    @Test func aLostConnectionStartsTheRunAgain() async throws {
        let project = try await TrainingProject()
        let outcome = try await project.train(to: "out.csv", spine: try await breakingSpine(project, times: 2))
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(outcome.error.components(separatedBy: "; starting again\n").count == 3, "\(outcome.error)")
        #expect(outcome.output.hasPrefix("wrote out.csv: 60 rows"))
        await project.remove()
    }

    @Test func aConnectionThatKeepsBreakingIsReported() async throws {
        let project = try await TrainingProject()
        let outcome = try await project.train(to: "out.csv", spine: try await breakingSpine(project, times: 3))
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
