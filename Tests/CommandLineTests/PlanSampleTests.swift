import Foundation
import PostgresClient
import Testing

/// `asof plan --sample`: what a change does to real values, before it is done.
@Suite struct PlanSampleTests {
    private struct Report: Decodable {
        struct View: Decodable {
            let view: String
            let problem: String?
            let changes: [Change]
        }
        struct Change: Decodable {
            let feature: String
            let rows, different, oldNulls, newNulls: Int
            let oldMean, newMean, populationStabilityIndex: Double?
        }
        let sample: [View]?
    }

    private func report(_ outcome: AsofProcess.Outcome) throws -> [Report.View] {
        let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
        return try #require(report.sample)
    }

    /// Three orders: customer 1 of 20.0 on March 1 and 35.5 on March 3 (loaded on March 4), customer 2 of 12.0 on March 2.
    @Test func sharesAndDistributionsAreThoseOfTheRealRows() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        #expect(try await asof.run("apply").code == 0)
        let before = try asof.text(of: "features/orders.yaml")

        // In cents: every value that is there differs, and the distribution has moved as far as it can.
        try asof.write(
            before.replacing("{latest: amount}", with: "{latest: amount * 100}").replacing("every: 1h", with: "every: 1m"),
            to: "features/orders.yaml")
        let changed = try await asof.run("plan", "--sample", "100", "--json")
        #expect(changed.code == 2)
        let view = try #require(try report(changed).first)
        #expect(view.view == "customer_orders" && view.problem == nil)
        #expect(view.changes.map(\.feature) == ["last_amount", "order_count_30d", "spend_30d"].map { "customer_orders.\($0)" })
        let last = try #require(view.changes.first)
        // At the very instant of its own first order a customer has none before it that was known; at the third, one of 20.0.
        #expect((last.rows, last.different, last.oldNulls, last.newNulls) == (3, 1, 2, 2))
        #expect(last.oldMean == 20 && last.newMean == 2000)
        #expect(try #require(last.populationStabilityIndex) >= 0)
        let counts = view.changes[1]
        #expect((counts.rows, counts.different, counts.oldNulls) == (3, 0, 0))

        let text = try await asof.run("plan", "--sample", "2")
        #expect(text.output.contains("\nFEATURE"), "\(text.output)")
        #expect(text.output.contains("customer_orders.last_amount"))

        // What only notes tell apart is computed in the same way.
        try asof.write(
            before.replacing("    entities: [customer]", with: "    owner: me\n    entities: [customer]"),
            to: "features/orders.yaml")
        let notes = try await asof.run("plan", "--sample", "10")
        #expect(notes.code == 0 && notes.output.contains("Nothing to sample"), "\(notes.output)")
        #expect(try await asof.run("plan", "--sample", "0").code == 2)
    }

    @Test func whatCannotBeComparedSaysWhy() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        let before = try asof.text(of: "features/orders.yaml")
        let connection = try await asof.connectOffline()
        try await connection.executeScript(
            """
            CREATE TABLE bought (customer_id int8, amount float8, ordered_at timestamptz, loaded_at timestamptz);
            INSERT INTO bought SELECT i % 10, i, '2024-01-01Z'::timestamptz + i * interval '1 hour', NULL FROM generate_series(1, 500) AS i;
            """)
        let start = try #require(before.firstRange(of: "    query: |")).lowerBound
        let end = try #require(before.firstRange(of: "    event_timestamp")).lowerBound
        let table = before.replacingCharacters(in: start..<end, with: "    table: bought\n")
        try asof.write(table, to: "features/orders.yaml")
        #expect(try await asof.run("apply").code == 0)

        try await connection.execute("ALTER TABLE bought RENAME COLUMN amount TO price")
        try asof.write(
            table.replacing("amount}", with: "price}").replacing("sum: amount", with: "sum: price"), to: "features/orders.yaml")
        let renamed = try await asof.run("plan", "--sample", "100", "--json")
        let problem = try #require(try report(renamed).first?.problem)
        #expect(problem.contains("source `orders` has no column `amount` any more"))

        // And whoever computes what is applied says so too, naming the view.
        for command in [["materialize"], ["materialize", "customer_orders"]] {
            let failed = try await asof.run(command)
            #expect(failed.code == 2, "\(failed.error)")
            #expect(
                failed.error.contains(
                    "the database no longer fits `customer_orders` as it was applied: source `orders` has no column `amount`"),
                "\(failed.error)")
        }
        await connection.close()
    }
}
