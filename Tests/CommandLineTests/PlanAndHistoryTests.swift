import Foundation
import PostgresClient
import Testing

/// Changes, as their author meets them: seen before they are made, guarded, on record, taken back.
@Suite struct PlanAndHistoryTests {
    private func token(in plan: AsofProcess.Outcome) throws -> String {
        let line = try #require(plan.output.split(separator: "\n").last)
        return try #require(line.split(separator: " ").last.map(String.init))
    }

    @Test func whatWasPlannedIsAppliedAndNothingElse() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        let first = try await asof.run("plan")
        #expect(first.code == 2 && first.output.hasPrefix("Nothing has been applied yet:"), "\(first.error)")
        let firstToken = try token(in: first)
        #expect(try await asof.run("apply", "--plan", firstToken, "--reason", "start").code == 0)
        let unchanged = try await asof.run("plan")
        #expect(unchanged.code == 0 && unchanged.output.hasPrefix("Nothing to change"))

        let definitions = try asof.text(of: "features/orders.yaml")
        try asof.write(
            definitions.replacing("{sum: amount, window: 30d}", with: "{sum: amount, window: 60d}"), to: "features/orders.yaml")
        let second = try await asof.run("plan")
        #expect(second.code == 2)
        let change = "~ feature customer_orders.spend_30d\n    window 30d → 60d\n    touches orders_v1\n"
        #expect(second.output.contains(change), "\(second.output)")
        let stale = try await asof.run("apply", "--plan", firstToken)
        #expect(stale.code == 2 && stale.error.contains("not those that were planned"), "\(stale.error)")
        let moved = try await asof.run("apply", "--plan", "0-" + (try token(in: second)).suffix(12))
        #expect(moved.code == 2 && moved.error.contains("the registry moved: "), "\(moved.error)")
        #expect(try await asof.run("apply", "--plan", try token(in: second)).code == 0)
    }

    @Test func anApplyIsOnRecordAndCanBeTakenBack() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        #expect(try await asof.run("apply", "--reason", "start").code == 0)
        let definitions = try asof.text(of: "features/orders.yaml")
        try asof.write(
            definitions.replacing("{sum: amount, window: 30d}", with: "{sum: amount, window: 60d}"), to: "features/orders.yaml")
        #expect(try await asof.run("apply", "--reason", "longer").code == 0)
        let history = try await asof.run("history")
        let lines = history.output.split(separator: "\n")
        #expect(lines.count == 3 && lines[1].hasSuffix("longer") && lines[2].hasSuffix("start"), "\(history.output)")
        let fingerprint = try #require(lines[2].split(separator: " ").dropFirst().first.map(String.init))
        let rolledBack = try await asof.run("rollback", fingerprint, "--reason", "too long")
        #expect(rolledBack.code == 0 && rolledBack.output.hasSuffix("asof materialize customer_orders\n"), "\(rolledBack.error)")
        let shown = try await asof.run("history", "show", fingerprint)
        #expect(shown.output.contains("reason    rollback to apply 1: too long"), "\(shown.output)")
        let unknown = try await asof.run("rollback", "beef")
        #expect(unknown.code == 2 && unknown.error.contains("the registry has no plan beef"))
    }

    @Test func anOlderRegistryIsBroughtUpToDateByApply() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        #expect(try await asof.run("apply").code == 0)
        let connection = try await asof.connectOffline()
        try await connection.execute("ALTER TABLE asof.materializations DROP COLUMN is_base")
        await connection.close()
        let refused = try await asof.run("materialize")
        #expect(refused.code == 2 && refused.error.contains("`asof apply` adds what they lack"), "\(refused.error)")
        #expect(try await asof.run("apply").code == 0)
        let done = try await asof.run("materialize")
        #expect(done.code == 0, "\(done.error)")
    }

    @Test func whatThereIsCanBeListedDescribedAndTraced() async throws {
        let asof = try await AsofProcess()
        defer { asof.remove() }
        let list = try await asof.run("list")
        #expect(list.code == 0 && list.output.contains("FRESH TO") && list.output.contains("never"), "\(list.error)")
        #expect(try await asof.run("apply").code == 0)
        #expect(try await asof.run("materialize").code == 0)
        let described = try await asof.run("describe", "customer_orders")
        #expect(described.output.contains("spend_30d        float64  sum(amount) over 30d"), "\(described.output)")
        #expect(!described.output.contains("never"))
        let lineage = try await asof.run("lineage", "basket.basket_vs_last")
        #expect(lineage.output.contains("customer_orders.last_amount float64 = latest amount"), "\(lineage.output)")
        let misspelt = try await asof.run("describe", "customer_order")
        #expect(misspelt.code == 2 && misspelt.error.contains("did you mean `customer_orders`?"))
        let unknown = try await asof.run("lineage", "spend_30d")
        #expect(unknown.code == 2 && unknown.error.contains("`customer_orders.spend_30d`"))
        for arguments in [["list"], ["describe", "orders_v1"], ["lineage", "customer_orders.spend_30d"], ["history"]] {
            let output = try await asof.run(arguments + ["--json"]).output
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(output.utf8)) }
        }
    }
}
