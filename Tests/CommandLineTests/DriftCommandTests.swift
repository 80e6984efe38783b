import Foundation
import PostgresClient
import Testing

/// `asof train`, `asof profile` and `asof drift`, as a user runs them.
@Suite struct DriftCommandTests {
    @Test func aServiceThatDriftsExitsWithOne() async throws {
        let project = try await TrainingProject()
        // A customer with one order each: every row speaks for itself.
        try await project.connection.execute(
            """
            INSERT INTO orders SELECT 1000 + i, 1 + i % 200, '2024-03-10Z'::timestamptz + i * interval '1 minute',
                '2024-03-10Z'::timestamptz + i * interval '1 minute' FROM generate_series(1, 1500) AS i
            """)
        try await project.train(
            to: "out.csv", spine: "sql:SELECT customer_id, ordered_at AS event_timestamp FROM orders WHERE customer_id > 1000")
        let manifest = try JSONDecoder().decode(
            Manifest.self, from: Data(try project.asof.text(of: "out.csv.manifest.json").utf8))
        let kept = try await project.connection.execute("SELECT baseline, rows, origin FROM asof.baselines").rows
        #expect(kept == [[manifest.datasetID, "1500", "out.csv"]])

        let profile = ["profile", "--service", "orders_v1", "--from", "2024-03-20", "--to", "2024-03-22"]
        let empty = try await project.asof.run(profile)
        #expect(empty.code == 0, "\(empty.error)")
        let nothing = try await project.asof.run("drift", "--service", "orders_v1", "--at", "2024-03-20")
        #expect(nothing.code == 3, "\(nothing.output)")
        #expect(nothing.output.contains("nothing of 2024-03-20 is profiled; run `asof profile`"), "\(nothing.output)")

        // As in training on the first day, ten times as much on the second.
        try await project.serve(day: "2024-03-20", factor: 1)
        try await project.serve(day: "2024-03-21", factor: 10)
        let made = try await project.asof.run(profile)
        #expect(
            made.code == 0 && made.output.contains("orders_v1: 4000 rows in 48 hours, 3 features"), "\(made.output)\(made.error)")
        let quiet = try await project.asof.run(
            "drift", "--service", "orders_v1", "--at", "2024-03-20", "--against", "training")
        #expect(quiet.code == 0, "\(quiet.output)")
        #expect(
            quiet.output.contains("3 of 3 features within their limits") && quiet.output.contains("PASS: "), "\(quiet.output)")
        let loud = try await project.asof.run(
            "drift", "--service", "orders_v1", "--at", "2024-03-21", "--against", "training")
        #expect(loud.code == 1, "\(loud.output)\(loud.error)")
        #expect(loud.output.contains("  !  customer_orders.last_amount"), "\(loud.output)")
        #expect(loud.output.contains("ALERT: ") && loud.output.contains("No labels were used."))

        let json = try await project.asof.run(
            "drift", "--service", "orders_v1", "--at", "2024-03-21", "--against", "training", "--json")
        let reports = try JSONDecoder().decode([Report].self, from: Data(json.output.utf8))
        #expect(json.code == 1 && reports.map(\.verdict) == ["alert"] && reports[0].baseline == manifest.datasetID)
        let again = try await project.asof.run(
            "drift", "--service", "orders_v1", "--at", "2024-03-21", "--against", "training", "--json")
        #expect(again.output == json.output, "the same profiles give the same bytes")
        await project.remove()
    }

    @Test func aViewIsProfiledByItself() async throws {
        let project = try await TrainingProject()
        let before = try await project.asof.run("drift")
        #expect(before.code == 3 && before.error.contains("nothing is profiled yet; run `asof profile"), "\(before.error)")
        let made = try await project.asof.run("profile", "customer_orders", "--from", "2024-03-01", "--to", "2024-03-10")
        #expect(made.code == 0, "\(made.error)")
        #expect(made.output.contains("customer_orders: 200 rows in 200 hours, 3 features"), "\(made.output)")
        #expect(made.output.contains("(made from this stretch)"))
        let again = try await project.asof.run(
            "profile", "customer_orders", "--from", "2024-03-01", "--to", "2024-03-10", "--json")
        #expect(again.code == 0 && again.output.contains("\"isNewBaseline\" : false"), "\(again.output)")
        let drift = try await project.asof.run("drift", "customer_orders", "--at", "2024-03-08")
        // 24 rows say nothing, and that is said.
        #expect(drift.code == 3, "\(drift.output)")
        #expect(
            drift.output.contains("INCONCLUSIVE") && drift.output.contains("tonight would decide")
                || drift.output.contains("too small"))
        await project.remove()
    }

    @Test func labelsSayWhichShiftItIs() async throws {
        let project = try await TrainingProject()
        try await project.train(to: "out.csv")
        #expect(
            try await project.asof.run("profile", "--service", "orders_v1", "--from", "2024-03-20", "--to", "2024-03-21").code
                == 0)
        try await project.serve(day: "2024-03-20", factor: 1)
        #expect(
            try await project.asof.run("profile", "--service", "orders_v1", "--from", "2024-03-20", "--to", "2024-03-21").code
                == 0)
        // Labels come 10 to 29 days late; from January 25 on those of `changed` have nothing to do with the score.
        try await project.connection.executeScript(
            """
            CREATE TABLE outcomes AS SELECT '2023-11-01Z'::timestamptz + i * interval '20 minutes' AS event_timestamp,
                (i * 37 % 100) / 100.0 AS score, i * 7919 % 1009 < i * 37 % 100 * 5 AS label,
                '2023-11-01Z'::timestamptz + i * interval '20 minutes' + (10 + i % 20) * interval '1 day' AS labelled_at
                FROM generate_series(1, 10080) AS i;
            CREATE TABLE changed AS SELECT event_timestamp, score,
                CASE WHEN event_timestamp < '2024-01-25Z' THEN label ELSE extract(epoch FROM event_timestamp)::int8 / 1200 * 7919 % 1009 < 250 END AS label,
                labelled_at FROM outcomes;
            """)
        let drift = ["drift", "--service", "orders_v1", "--at", "2024-03-20", "--against", "training"]
        let same = try await project.asof.run(drift + ["--outcomes", "table:outcomes"])
        #expect(same.output.contains("outcomes: labels through 2024-02-"), "\(same.output)\(same.error)")
        #expect(same.output.contains("neither who is scored nor what becomes of it had changed"), "\(same.output)")
        #expect(!same.output.contains("No labels were used") && !same.output.contains("outcomes are not what scores say"))
        let changed = try await project.asof.run(drift + ["--outcomes", "sql:SELECT * FROM changed", "--json"])
        #expect(changed.code == 1 && changed.output.contains("\"concept_drift\""), "\(changed.output)\(changed.error)")
        for (arguments, words) in [
            (["--outcomes", "out.csv"], "outcomes are read from the offline store"),
            (
                ["--outcomes", "sql:SELECT event_timestamp, score + 2 AS score, label, labelled_at FROM outcomes"],
                "have a `score` outside of 0..1"
            ),
            (
                [
                    "--outcomes",
                    "sql:SELECT event_timestamp, score, CASE WHEN label THEN 'a' ELSE 'b' END AS label, labelled_at FROM outcomes",
                ],
                "rows of the outcomes have a `label` such as `a`, which is neither a bool nor 0 or 1; a model of more classes"
            ),
            (["--outcomes", "table:outcomes", "--threshold", "7"], "--threshold is from 0 to 1"),
        ] {
            let refused = try await project.asof.run(drift + arguments)
            #expect(refused.code == 2 && refused.error.contains(words), "\(refused.error)")
        }
        await project.remove()
    }

    @Test func wrongUsageIsSaid() async throws {
        let project = try await TrainingProject()
        for (arguments, words) in [
            (["profile", "nonsense"], "no feature view `nonsense` has been applied; there are: customer_orders"),
            (["profile", "--service", "nonsense"], "no feature service `nonsense`"),
            (["profile", "customer_orders", "--service", "orders_v1"], "name views, or --service, not both"),
            (["profile", "--from", "yesterday"], "--from takes an instant such as"),
            (["profile", "--from", "2024-03-02", "--to", "2024-03-01"], "no full hour between"),
            (["profile", "customer_orders", "--baseline", "x"], "--baseline goes with --service"),
            (
                ["profile", "--service", "orders_v1", "--from", "2024-03-01", "--to", "2024-03-02"],
                "nothing of `orders_v1` was logged"
            ),
            (["profile", "--service", "orders_v1", "--baseline", "dead"], "no baseline `dead`; there are: none"),
            (
                ["profile", "customer_orders", "--from", "2020-03-01", "--to", "2020-03-02"],
                "no rows of `customer_orders` between"
            ),
            (["drift", "--at", "monday"], "--at takes a day such as 2024-03-01, not `monday`"),
            (["drift", "--service", "orders_v1", "--against", "yesterday"], "--against takes training, week or both"),
            (["drift", "--false-discovery-rate", "2"], "is between 0 and 1"),
        ] {
            let outcome = try await project.asof.run(arguments)
            #expect(outcome.code == 2 && outcome.error.contains(words), "\(arguments): \(outcome.code) \(outcome.error)")
            #expect(outcome.error.split(separator: "\n").count == 1)
        }
        await project.remove()
    }

    /// A role that may read and not write: the training set is made all the same, and it is said that its profile is not kept.
    @Test func aProfileThatCannotBeKeptFailsNoTraining() async throws {
        let project = try await TrainingProject()
        try await project.connection.executeScript(
            "DROP TABLE asof.profiles, asof.profile_frames, asof.baselines; CREATE VIEW asof.baselines AS SELECT 1 AS one")
        let made = try await project.train(to: "out.csv")
        #expect(made.code == 0 && made.error.contains("the training set's profile could not be kept"), "\(made.error)")
        #expect(project.asof.exists("out.csv"))
        let without = try await project.train(to: "out.csv", spine: "sql:SELECT * FROM labels", "--no-profile")
        #expect(without.code == 0 && !without.error.contains("profile"), "\(without.error)")
        await project.remove()
    }

    private struct Manifest: Decodable { let datasetID: String }
    private struct Report: Decodable {
        let verdict: String
        let baseline: String
    }
}

extension TrainingProject {
    /// Logs 2,000 rows of a day, spread over its hours, of as many customers.
    fileprivate func serve(day: String, factor: Int) async throws {
        try await connection.execute(
            """
            INSERT INTO asof.served_rows (project, service, plan_fingerprint, request_id, ordinal, served_at, join_keys, request,
                "values", statuses, event_timestamps, cuts, sample_probability, host)
            SELECT 'shop', 'orders_v1', (SELECT fingerprint FROM asof.applies ORDER BY apply_id DESC LIMIT 1), gen_random_uuid(), i,
                $1::timestamptz + i * interval '43 s', ARRAY[i::text], '{}',
                ARRAY[((1 + i % 200) * $2::int)::text, '1', ((1 + i % 200) * $2::int)::text],
                ARRAY['PRESENT', 'PRESENT', 'PRESENT'], ARRAY[NULL, NULL, NULL]::timestamptz[], ARRAY[NULL]::timestamptz[], 1, 'h'
            FROM generate_series(0, 1999) AS i
            """,
            [.text(day + "T00:00:00Z"), .int64(Int64(factor))])
    }
}
