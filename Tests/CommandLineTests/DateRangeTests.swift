import PostgresClient
import Testing

/// A training set without a spine: the entities seen in a view, at regular instants.
@Suite struct DateRangeTests {
    @Test(arguments: ["probe", "merge"])
    func everyEntityHasARowAtEachInstantFromWhenItIsKnown(strategy: String) async throws {
        let project = try await TrainingProject()
        // Orders of customer 1 are known from 01:01 on, those of customer 0 from 05:01 on; the last is of 09 March, 08:01.
        let made = try await project.asof.run([
            "train", "--service", "orders_v1", "--from", "2024-03-01T02:00:00Z", "--to", "2024-03-01T08:00:00Z", "--every", "2h",
            "-o", "out.csv", "--strategy", strategy,
        ])
        #expect(made.code == 0, "\(made.error)")
        // The spine comes from the view's table, as it must.
        #expect(!made.error.contains("possible leak: view"), "\(made.error)")
        #expect(
            try project.asof.text(of: "out.csv") == """
                customer_id,event_timestamp,last_amount,order_count_7d,spend_7d
                1,2024-03-01 02:00:00+00,1,1,1
                1,2024-03-01 04:00:00+00,1,1,1
                2,2024-03-01 04:00:00+00,2,1,2
                3,2024-03-01 04:00:00+00,3,1,3
                0,2024-03-01 06:00:00+00,5,1,5
                1,2024-03-01 06:00:00+00,1,1,1
                2,2024-03-01 06:00:00+00,2,1,2
                3,2024-03-01 06:00:00+00,3,1,3
                4,2024-03-01 06:00:00+00,4,1,4

                """)
        #expect(try await project.asof.run("reproduce", "out.csv").code == 0)
        await project.remove()
    }

    @Test(arguments: [
        (["--from", "2024-03-01", "--to", "2024-03-02"], "give --spine, or --from, --to and --every"),
        (["--from", "2024-03-01", "--to", "2024-03-01", "--every", "1d"], "is not before --to"),
        (["--from", "2024-03-01", "--to", "2024-03-02", "--every", "often"], "--every takes a period"),
        (["--from", "2024-03-01", "--to", "2024-03-02", "--every", "1d", "--spine", "table:labels"], "not both"),
        (["--from", "2024-03-01", "--to", "2024-03-02", "--every", "1d", "--entities-from", "x"], "no view `x`"),
    ])
    func aWrongRangeIsRefused(arguments: [String], words: String) async throws {
        let project = try await TrainingProject()
        let made = try await project.asof.run(["train", "--service", "orders_v1", "-o", "out.csv"] + arguments)
        #expect(made.code == 2 && made.error.contains(words), "\(made.error)")
        await project.remove()
    }

    @Test func whyAStrategyIsChosenIsExplained() async throws {
        let project = try await TrainingProject()
        let text = try await project.train(to: "out.csv", "--explain")
        #expect(text.code == 0 && !project.asof.exists("out.csv"), "\(text.error)")
        #expect(text.output.contains("probe: about ") && text.output.contains("merge: about "))
        #expect(
            text.output.contains("\nchosen: ") && text.output.hasSuffix(", the cheapest by these estimates\n"), "\(text.output)")
        let forced = try await project.train(to: "out.csv", "--explain", "--json", "--strategy", "merge")
        #expect(forced.output.contains("\"chosen\" : \"merge\"") && forced.output.contains("\"isForced\" : true"))
        await project.remove()
    }
}
