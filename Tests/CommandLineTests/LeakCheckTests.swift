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
            made.error.contains("possible leak: feature `order_count_7d` changes in 100 of 100 sampled rows when their time"),
            "\(made.error)")
        #expect(
            made.error.contains("possible leak: view `customer_orders` reads table `orders`, where the spine's rows come from: "))
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
