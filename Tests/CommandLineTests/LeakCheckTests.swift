import PostgresClient
import Testing

/// Each kind of leak is found where there is one, and not where there is none.
@Suite struct LeakCheckTests {
    /// Labels a quarter of an hour beside every order, so that none is at an order's own instant.
    private let clean =
        "sql:SELECT customer_id, event_timestamp + interval '3 minutes 7 seconds' AS event_timestamp, label FROM labels"

    @Test func aTrainingSetWithoutALeakIsNotSuspected() async throws {
        let project = try await TrainingProject()
        let made = try await project.train(to: "out.csv", spine: clean, "--strict")
        #expect(made.code == 0 && made.error == "", "\(made.error)")
        let manifest = try project.asof.text(of: "out.csv.manifest.json")
        #expect(manifest.contains("\"label\" : \"label\"") && manifest.contains("\"findings\" : ["), "\(manifest.prefix(3000))")
        await project.remove()
    }

    @Test func aFeatureThatTellsTheLabelIsFound() async throws {
        let project = try await TrainingProject()
        let spine =
            "sql:SELECT l.customer_id, l.event_timestamp + interval '3 minutes 7 seconds' AS event_timestamp, coalesce((SELECT amount FROM orders o WHERE o.customer_id = l.customer_id AND o.ordered_at <= l.event_timestamp ORDER BY o.ordered_at DESC LIMIT 1), 0) > 60 AS label FROM labels l"
        let made = try await project.train(to: "out.csv", spine: spine)
        #expect(made.code == 0)
        #expect(made.error.contains("possible leak: feature `last_amount` alone tells `label` (AUC "), "\(made.error)")
        let strict = try await project.train(to: "strict.csv", spine: spine, "--strict")
        #expect(strict.code == 1 && strict.error.contains("and nothing was written: "), "\(strict.error)")
        #expect(!project.asof.exists("strict.csv") && !project.asof.exists("strict.csv.manifest.json"))
        let unchecked = try await project.train(to: "out.csv", spine: spine, "--no-leak-check")
        #expect(unchecked.code == 0 && unchecked.error == "")
        await project.remove()
    }

    @Test(arguments: ["probe", "merge"])
    func theRowsOwnEventIsFound(strategy: String) async throws {
        let project = try await TrainingProject()
        let spine = "sql:SELECT customer_id, loaded_at AS event_timestamp FROM orders"
        let made = try await project.train(to: "out.csv", spine: spine, "--strategy", strategy)
        #expect(
            made.error.contains("possible leak: feature `order_count_7d` changes in 100 of 100 sampled rows when what is of"),
            "\(made.error)")
        #expect(
            made.error.contains("possible leak: view `customer_orders` reads table `orders`, where the spine's rows come from: "))
        await project.remove()
    }

    /// One row of 3, and a sample of 100 of 600 rows that took every 6th would see none of them.
    @Test func theRowsOwnEventIsFoundInARegularSpine() async throws {
        let project = try await TrainingProject()
        let spine = """
            sql:SELECT customer_id, loaded_at + CASE i WHEN 2 THEN interval '0' ELSE interval '7 s' END AS event_timestamp
            FROM orders CROSS JOIN generate_series(1, 3) AS i ORDER BY amount, i
            """
        let made = try await project.train(to: "out.csv", spine: spine)
        #expect(made.error.contains("possible leak: feature `order_count_7d` changes in "), "\(made.error)")
        await project.remove()
    }

    /// Every label is at a cut, and every order of a week before at the start of a window; none is at the label's own instant.
    @Test(arguments: [[], ["--from", "2024-03-02T00:00:00Z", "--to", "2024-03-09T00:00:00Z", "--every", "1h"]])
    func whatAScheduleOrAWindowCutsOffIsNoLeak(range: [String]) async throws {
        let project = try await TrainingProject()
        try project.asof.write(
            TrainingProject.definitions.replacing("features:\n", with: "schedule: {every: 1h}\n    features:\n")
                .replacing("window: 7d", with: "window: 1d").replacing(", created_timestamp: loaded_at", with: ", delay: 1m"),
            to: "features/orders.yaml")
        let spine = "sql:SELECT customer_id, date_trunc('hour', event_timestamp) AS event_timestamp, label FROM labels"
        let arguments = range.isEmpty ? ["--spine", spine] : range
        let made = try await project.asof.run(["train", "--service", "orders_v1", "-o", "out.csv", "--strict"] + arguments)
        #expect(made.code == 0 && !made.error.contains("leak"), "\(made.error)")
        await project.remove()
    }

    /// 12 rows of 30,000; they have the one order of more than 1000.
    @Test(arguments: [[], ["--label", "label"]])
    func aFeatureThatTellsARareLabelIsFound(label: [String]) async throws {
        let project = try await TrainingProject()
        try await project.connection.execute("UPDATE orders SET amount = 2000 WHERE customer_id = 3 AND amount = 3")
        let spine = """
            sql:SELECT CASE WHEN i % 2500 = 0 THEN 3 ELSE i % 3 END AS customer_id,
                '2024-03-01T03:30:00Z'::timestamptz + i * interval '1 ms' AS event_timestamp, i, i % 2500 = 0 AS label
            FROM generate_series(1, 30000) AS i
            """
        let made = try await project.asof.run(
            ["train", "--service", "orders_v1", "--spine", spine, "-o", "out.csv", "--no-profile"] + label)
        #expect(
            made.error.contains("possible leak: feature `last_amount` alone tells `label` (AUC 1.0 over "), "\(made.error)")
        await project.remove()
    }

    @Test func aLabelOfTooFewRowsIsNotTakenForClean() async throws {
        let project = try await TrainingProject()
        let rare = """
            sql:SELECT customer_id, event_timestamp + interval '187 s' AS event_timestamp, customer_id = 3 AS label
            FROM labels LIMIT 40
            """
        let made = try await project.train(to: "out.csv", spine: rare)
        #expect(made.code == 0, "\(made.error)")
        #expect(
            made.error.contains(
                "asof: warning: the leak check could not tell whether a feature alone tells `label`: one of its "),
            "\(made.error)")
        let strict = try await project.train(to: "strict.csv", spine: rare, "--strict")
        #expect(strict.code == 3 && strict.error.contains("could not tell, and nothing was written: "), "\(strict.error)")
        #expect(!project.asof.exists("strict.csv"))
        await project.remove()
    }

    @Test func whatTheCheckLeavesOutIsSaid() async throws {
        let project = try await TrainingProject()
        let unlabelled = "sql:SELECT customer_id, event_timestamp + interval '187 s' AS event_timestamp FROM labels"
        let made = try await project.train(to: "out.csv", spine: unlabelled, "--strict")
        #expect(made.code == 0)
        #expect(
            made.error
                == "asof: note: the leak check leaves out whether a feature alone tells the label: no column of the spine, or more than "
                + "one, has exactly two values; name it with --label\n")
        await project.remove()
    }

    @Test func rowsKnownBeforeTheyHappenedAreCounted() async throws {
        let project = try await TrainingProject()
        try await project.connection.execute("UPDATE orders SET loaded_at = ordered_at - interval '1 s' WHERE amount <= 3")
        let made = try await project.train(to: "out.csv", spine: clean)
        #expect(
            made.error.contains("possible leak: 3 of 200 rows of source `orders` became available before they happened"),
            "\(made.error)")
        await project.remove()
    }

    @Test func aLabelThatIsNotThereIsRefused() async throws {
        let project = try await TrainingProject()
        let made = try await project.train(to: "out.csv", spine: clean, "--label", "fraud")
        #expect(
            made.code == 2 && made.error.contains("no column `fraud` to take for the label; it has: customer_id,"),
            "\(made.error)")
        #expect(!project.asof.exists("out.csv"))
        await project.remove()
    }

    @Test func spineRowsWithoutAKeyOrATimeAreCounted() async throws {
        let project = try await TrainingProject()
        try await project.connection.execute("UPDATE labels SET customer_id = NULL WHERE customer_id = 4")
        let made = try await project.train(to: "out.csv", spine: clean)
        #expect(made.error.contains("10 of 60 spine rows have a NULL `customer_id`"), "\(made.error)")
        await project.remove()
    }
}
