import Foundation
import PostgresClient
import Testing

/// `asof decide`, as a user runs it: the policy's rules on a service that drifts, the record, the feedback.
@Suite struct DecideCommandTests {
    @Test func driftIsDecidedOnRecordedAndLearntFrom() async throws {
        let project = try await DriftingProject()
        let asof = project.training.asof
        try asof.write(Self.policy(after: 100), to: "retraining.yaml")
        let quiet = try await asof.run("decide", "--service", "orders_v1", "--at", "2024-03-20")
        // Against the weeks before there is nothing to compare with, against training there is, and it is as it was.
        #expect(
            quiet.code == 0 && quiet.output.contains("orders_v1 on 2024-03-20: none (nothing)"), "\(quiet.output)\(quiet.error)")

        // p_real starts at a half: 0.5 * (500 - 100) * 14 = 2800 against 1.5 * (800 + 0.05 * 4000) = 1500.
        let pays = try await asof.run("decide", "--service", "orders_v1", "--at", "2024-03-21")
        #expect(pays.code == 1 && pays.output.contains("retrain (pays)"), "\(pays.output)\(pays.error)")
        let first = try await Self.decided(asof)
        let findings = first.record.findings
        #expect(first.record.decision.action == "retrain" && !findings.isEmpty)
        let again = try await Self.decided(asof)
        #expect(again.record.findings == findings, "a finding is opened once")

        // The team has seen three of its kind that were nothing: 1 of 5, and it does not pay any more.
        let kind = try await project.training.connection.execute(
            "SELECT kind FROM asof.drift_findings WHERE finding_id = \(findings[0])"
        ).firstCell
        for feature in 1...3 {
            let id = try await project.training.connection.execute(
                """
                INSERT INTO asof.drift_findings (project, service, feature, kind, baseline, opened_on)
                VALUES ('shop', 'orders_v1', $1, $2, 'old', '2024-01-01') RETURNING finding_id
                """, [.text("f\(feature)"), .text(kind ?? "")]
            ).firstCell
            let rejected = try await asof.run("decide", "--reject", id ?? "")
            #expect(
                rejected.code == 0 && rejected.output.contains("rejected; 0 of \(feature) of its kind were real"), "\(rejected)")
        }
        let held = try await Self.decided(asof)
        #expect(held.record.decision.action == "investigate", "\(held)")
        // Confirmed, it counts: 2 of 6 is a third, 1866 against 1500.
        let confirmed = try await asof.run("decide", "--confirm", "\(findings[0])")
        #expect(confirmed.code == 0 && confirmed.output.contains("confirmed; 1 of 4"), "\(confirmed)")
        #expect(try await Self.decided(asof).record.decision.action == "retrain")
        // Rejected, each of them is closed, and nothing is left to act on.
        for id in findings { #expect(try await asof.run("decide", "--reject", "\(id)").code == 0) }
        let closed = try await Self.decided(asof)
        #expect(closed.record.decision.action == "none" && closed.record.findings.isEmpty, "\(closed)")

        let chain = try await asof.run("decide", "--verify")
        #expect(chain.code == 0 && chain.output.contains("7 decisions: the chain holds"), "\(chain.output)\(chain.error)")
        await project.training.remove()
    }

    @Test func whoTampersWithTheRecordIsFound() async throws {
        let project = try await DriftingProject()
        let (asof, connection) = (project.training.asof, project.training.connection)
        try asof.write(Self.policy(after: 100), to: "retraining.yaml")
        var printed: [String] = []
        for _ in 0..<3 {
            let decided = try await asof.run("decide", "--service", "orders_v1", "--at", "2024-03-20")
            printed.append(try #require(decided.output.firstMatch(of: /decision \d+, ([0-9a-f]{16});/)).output.1.description)
        }
        #expect(try await asof.run("decide", "--verify", "--hash", printed[2]).code == 0)
        await #expect(throws: PostgresError.self) { try await connection.execute("DELETE FROM asof.decisions") }
        // An administrator can, and it shows.
        try await connection.executeScript(
            """
            ALTER TABLE asof.decisions DISABLE TRIGGER decisions_are_append_only;
            UPDATE asof.decisions SET record = replace(record, '"none"', '"retrain"') WHERE decision_id = 2
            """)
        let changed = try await asof.run("decide", "--verify")
        #expect(changed.code == 1 && changed.output.contains("decision 2 was changed after it was recorded"), "\(changed.output)")
        #expect(changed.output.contains("decision 2, decided again, is another"), "\(changed.output)")
        try await connection.execute("DELETE FROM asof.decisions WHERE decision_id = 2")
        let removed = try await asof.run("decide", "--verify")
        #expect(removed.code == 1 && removed.output.contains("decision 3 does not follow the one before it"), "\(removed.output)")
        // Of a chain without its end only who has kept a hash can tell.
        try await connection.execute("DELETE FROM asof.decisions WHERE decision_id = 3")
        #expect(try await asof.run("decide", "--verify").code == 0)
        let cut = try await asof.run("decide", "--verify", "--hash", printed[2])
        #expect(cut.code == 1 && cut.output.contains("no decision has the hash \(printed[2])"), "\(cut.output)")
        #expect(try await asof.run("decide", "--verify", "--hash", printed[0]).code == 0)
        try await connection.execute("UPDATE asof.decisions SET service = 'other'")
        let filed = try await asof.run("decide", "--verify")
        #expect(filed.code == 1 && filed.output.contains("decision 1 is filed under another service"), "\(filed.output)")
        #expect(try await asof.run("decide", "--verify", "--hash", "beef").code == 2)
        await project.training.remove()
    }

    @Test func labelsAndSkewComeFirst() async throws {
        let project = try await DriftingProject()
        let asof = project.training.asof
        try asof.write(Self.policy(after: 100), to: "retraining.yaml")
        try asof.write(
            "metric: {value: 0.7, lower: 0.68, upper: 0.72}\nmetric_low_persisted: true\nprevious_metric: 0.9\n",
            to: "labels.yaml")
        let labels = asof.folder.appending(path: "labels.yaml").path
        let back = try await asof.run(
            "decide", "--service", "orders_v1", "--at", "2024-03-21", "--measured", labels)
        #expect(back.code == 1 && back.output.contains("roll_back (worse_than_previous)"), "\(back.output)")
        // One of the served values is another than what training computes: the pipeline first.
        try await project.training.connection.execute(
            "UPDATE asof.served_rows SET \"values\"[1] = '-1' WHERE served_at >= '2024-03-21Z' AND ordinal = 7")
        let skewed = try await asof.run(
            "decide", "--service", "orders_v1", "--at", "2024-03-21", "--measured", labels)
        #expect(skewed.code == 1 && skewed.output.contains("fix_pipeline (blocked_by_skew)"), "\(skewed.output)")
        #expect(
            skewed.output.contains("served otherwise than trained: ") && skewed.output.contains("customer_orders.last_amount"))
        await project.training.remove()
    }

    @Test func whatIsWrongWithThePolicyIsSaidWhereItIs() async throws {
        let project = try await TrainingProject()
        let asof = project.asof
        func outcome(_ policy: String) async throws -> String {
            try asof.write(policy, to: "retraining.yaml")
            let result = try await asof.run("decide", "--service", "orders_v1")
            #expect(result.code == 2, "\(result.output)")
            return result.error
        }
        let missing = try await asof.run("decide", "--service", "orders_v1")
        #expect(missing.code == 2 && missing.error.contains("cannot read ") && missing.error.contains("retraining.yaml"))
        #expect(try await outcome("other: {margin: 2}\n").contains("says nothing of `orders_v1`; it has other"))
        #expect(
            try await outcome("orders_v1:\n  margn: 2\n").contains(
                ":2:3: unknown key `margn` in `orders_v1`; expected metric_floor"))
        #expect(try await outcome("orders_v1:\n  margin: much\n").contains(":2:11: `margin` is a number between 0.0 and 1000.0"))
        #expect(try await outcome("orders_v1:\n  cost: {retraining: 5}\n").contains("`orders_v1.cost` lacks `loss_per_day_now`"))
        #expect(try await outcome("orders_v1: [1]\n").contains("`orders_v1` takes keys and values"))
        for arguments in [["decide"], ["decide", "--verify", "--confirm", "1"], ["decide", "--confirm", "77"]] {
            let result = try await asof.run(arguments)
            #expect(result.code == 2 && result.error.split(separator: "\n").count == 1, "\(result.error)")
        }
        await project.remove()
    }

    private static func policy(after loss: Int) -> String {
        """
        orders_v1:
          metric_floor: 0.8
          cost: {loss_per_day_now: 500, loss_per_day_after: \(loss), horizon_days: 14, retraining: 800,
                 regression_probability: 0.05, regression: 4000}

        """
    }

    private static func decided(_ asof: AsofProcess) async throws -> Decided {
        let outcome = try await asof.run("decide", "--service", "orders_v1", "--at", "2024-03-21", "--json")
        return try JSONDecoder().decode(Decided.self, from: Data(outcome.output.utf8))
    }

    private struct Decided: Decodable {
        struct Record: Decodable {
            struct Decision: Decodable { let action: String }
            let findings: [Int]
            let decision: Decision
        }
        let record: Record
    }
}

/// A service whose log is what training computes, and which drifts on 2024-03-21: ten times the amounts, of 2,000 customers.
private struct DriftingProject {
    let training: TrainingProject

    init() async throws {
        training = try await TrainingProject()
        // Customers 10001... ordered once before the first day and once, ten times as much, before the second.
        try await training.connection.executeScript(
            """
            INSERT INTO orders SELECT 10000 + i, 1 + i % 200, '2024-03-18Z'::timestamptz + i * interval '1 second',
                '2024-03-18Z'::timestamptz + i * interval '1 second' FROM generate_series(1, 2000) AS i;
            INSERT INTO orders SELECT 20000 + i, 10 * (1 + i % 200), '2024-03-18Z'::timestamptz + i * interval '1 second',
                '2024-03-18Z'::timestamptz + i * interval '1 second' FROM generate_series(1, 2000) AS i;
            """)
        try await training.train(
            to: "out.csv",
            spine: "sql:SELECT customer_id, ordered_at AS event_timestamp FROM orders WHERE customer_id BETWEEN 10000 AND 19999")
        for (day, first, factor) in [("2024-03-20", 10_000, 1), ("2024-03-21", 20_000, 10)] {
            try await training.connection.execute(
                """
                INSERT INTO asof.served_rows (project, service, plan_fingerprint, request_id, ordinal, served_at, join_keys, request,
                    "values", statuses, event_timestamps, cuts, sample_probability, host)
                SELECT 'shop', 'orders_v1', (SELECT fingerprint FROM asof.applies ORDER BY apply_id DESC LIMIT 1),
                    gen_random_uuid(), i, $1::timestamptz + i * interval '43 s', ARRAY[($2::bigint + i)::text], '{}',
                    ARRAY[((1 + i % 200) * $3::int)::text, '1', ((1 + i % 200) * $3::int)::text],
                    ARRAY['PRESENT', 'PRESENT', 'PRESENT'], ARRAY[NULL, NULL, NULL]::timestamptz[], ARRAY[NULL]::timestamptz[],
                    1, 'h'
                FROM generate_series(1, 2000) AS i
                """,
                [.text(day + "T00:00:00Z"), .int64(Int64(first)), .int64(Int64(factor))])
        }
        let made = try await training.asof.run(
            "profile", "--service", "orders_v1", "--from", "2024-03-20", "--to", "2024-03-22")
        #expect(made.code == 0, "\(made.error)")
    }
}
