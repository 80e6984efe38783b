import Foundation
import Testing

@testable import FeatureDefs

@Suite struct PlanDifferenceTests {
    struct Edit: CustomTestStringConvertible {
        let edits: [(old: String, new: String)]
        let expected: [String]
        var testDescription: String { edits.map { "\($0.old) -> \($0.new)" }.joined(separator: "; ") }

        init(_ old: String, _ new: String, _ expected: [String]) {
            edits = [(old, new)]
            self.expected = expected
        }
    }

    private func edited(_ edits: [(old: String, new: String)]) throws -> Plan {
        var text = SampleProject.text
        for edit in edits {
            #expect(text.contains(edit.old))
            text = text.replacing(edit.old, with: edit.new)
        }
        return try SampleProject.compiled(text)
    }

    private func lines(_ difference: PlanDifference) -> [String] {
        difference.items.map { "\($0.change.rawValue) \($0.kind.rawValue) \($0.name): \($0.details.joined(separator: "; "))" }
    }

    @Test func whatIsExpectedOfASourceIsAChangeThatTouchesNoService() throws {
        let before = try edited([("delay: 0s", "expect: {unique: [token], columns: {amount: {max: 10, min: -1, nulls: 0.29}}}")])
        let after = try edited([("delay: 0s", "expect: {unique: [token], columns: {amount: {max: 11, nulls: 0.29, min: -1}}}")])
        #expect(
            lines(PlanDifference(from: before, to: after)) == [
                "changed source_expectations transactions: - column \"amount\" min -1.0 max 10.0 nulls 0.29; "
                    + "+ column \"amount\" min -1.0 max 11.0 nulls 0.29"
            ])
        #expect(PlanDifference(from: before, to: after).services.isEmpty)
        #expect(PlanDifference(from: before, to: before).isEmpty)
        let removed = PlanDifference(from: before, to: try SampleProject.compiled())
        #expect(lines(removed) == ["removed source_expectations transactions: "] && removed.viewsToRewrite.isEmpty)
    }

    @Test(arguments: [
        Edit(
            "{sum: amount, window: 7d}", "{sum: amount, window: 14d}", ["changed feature card_activity.spend_7d: window 7d → 14d"]
        ),
        Edit(
            "{sum: amount, window: 7d}", "{mean: amount, window: 7d}",
            ["changed feature card_activity.spend_7d: aggregate sum → mean"]),
        Edit(
            "{latest: amount}", "{last_n: amount, n: 5, window: 7d}",
            [
                "changed feature card_activity.last_amount: type float64 → list<float64>; aggregate latest → last_n; n added: 5; "
                    + "window added: 7d"
            ]),
        Edit(
            "{latest: amount}", "{latest: small}",
            [
                "changed feature card_activity.last_amount: type float64 → float32; of amount → small"
            ]),
        Edit(
            ", filter: \"country <> home_country\"", "",
            [
                "changed feature card_activity.abroad_spend_7d: filter removed: country <> home_country"
            ]),
        Edit(
            "{count: \"*\", window: 7d}", "{count: \"*\", window: 7d, filter: \"amount > 100\"}",
            [
                "changed feature card_activity.txn_count_7d: filter added: amount > 100.0"
            ]),
        Edit(
            "      last_amount:     {latest: amount}\n",
            "      last_amount:     {latest: amount}\n      last_small:     {latest: small}\n",
            [
                "changed feature_view card_activity: rows of equal times, for last_amount, ordered by ingested_at, amount → "
                    + "ingested_at, amount, small",
                "added feature card_activity.last_small: float32 = latest small",
                "changed feature_service fraud_v1: feature card_activity.last_small added",
            ]),
        Edit("delay: 0s", "delay: 1h", ["changed feature_view card_activity: source delay 0s → 1h"]),
        Edit(
            "lag: 5m", "lag: 6m",
            [
                "changed feature_view card_activity: schedule every 1h, served 5m later → every 1h, served 6m later"
            ]),
        Edit("    ttl: 30d\n", "", ["changed feature_view card_activity: ttl removed: 30d"]),
        Edit(
            "\"status = 'settled'\"", "\"status = 'Settled'\"",
            [
                "changed feature_view card_activity: filter status = 'settled' → status = 'Settled'"
            ]),
        Edit(
            "    created_timestamp: ingested_at\n", "",
            [
                "changed feature_view card_activity: created timestamp removed: ingested_at"
            ]),
        Edit(
            "      last_amount:     {latest: amount}\n", "",
            [
                "removed feature card_activity.last_amount: ",
                "changed feature_service fraud_v1: feature card_activity.last_amount removed",
            ]),
        Edit(
            "amount / nullif", "2 * amount / nullif",
            [
                "changed on_demand_feature ticket_ratio.amount_vs_usual: expression request.amount / nullif("
                    + "card_activity.spend_7d / card_activity.txn_count_7d, 0.0) → 2.0 * request.amount / nullif("
                    + "card_activity.spend_7d / card_activity.txn_count_7d, 0.0)"
            ]),
        Edit("log: {sample: 1.0}", "log: {sample: 0.5}", ["changed feature_service fraud_v1: log sample 1.0 → 0.5"]),
        Edit(
            "card_activity, ticket_ratio.amount_vs_usual", "ticket_ratio.amount_vs_usual, card_activity",
            [
                "changed feature_service fraud_v1: order of features card_activity.last_amount, card_activity.txn_count_7d, "
                    + "card_activity.spend_7d, card_activity.abroad_spend_7d, ticket_ratio.amount_vs_usual → "
                    + "ticket_ratio.amount_vs_usual, card_activity.last_amount, card_activity.txn_count_7d, card_activity.spend_7d, "
                    + "card_activity.abroad_spend_7d"
            ]),
    ])
    func changesAreSaidInWords(_ edit: Edit) throws {
        let difference = try PlanDifference(from: SampleProject.compiled(), to: edited(edit.edits))
        #expect(lines(difference) == edit.expected)
        #expect(difference.services == ["fraud_v1"])
        #expect(!difference.isInNotesOnly)
    }

    @Test func anotherNumberOfRowsIsSaid() throws {
        let plans = try [5, 10].map { try edited([("{latest: amount}", "{last_n: amount, n: \($0), window: 7d}")]) }
        let difference = PlanDifference(from: plans[0], to: plans[1])
        #expect(lines(difference) == ["changed feature card_activity.last_amount: n 5 → 10"])
        #expect(difference.viewsToRewrite == ["card_activity"])
    }

    @Test(arguments: [
        ("owner: risk@example.com", "description: Anything"), ("tags: {tier: gold}", "tags: {tier: silver}"),
    ])
    func notesAreNoChange(_ old: String, _ new: String) throws {
        let difference = try PlanDifference(from: SampleProject.compiled(), to: edited([(old, new)]))
        #expect(difference.isEmpty && difference.isInNotesOnly && difference.viewsToRewrite.isEmpty)
    }

    @Test func nothingDiffersFromItself() throws {
        let difference = try PlanDifference(from: SampleProject.compiled(), to: SampleProject.compiled())
        #expect(difference.isEmpty && !difference.isInNotesOnly && difference.services.isEmpty)
    }

    @Test func withoutAnAppliedPlanEverythingIsAdded() throws {
        let plan = try SampleProject.compiled()
        let difference = PlanDifference(from: nil, to: plan)
        #expect(difference.items.allSatisfy { $0.change == .added })
        #expect(difference.viewsToRewrite == ["card_activity"])
        try expectGolden(lines(difference).joined(separator: "\n") + "\n", "difference/added.txt")
    }

    @Test func whatGoesIsRemovedAndTouchesThoseWhoUsedIt() throws {
        let plan = try SampleProject.compiled()
        let empty = Plan(project: plan.project, entities: [], featureViews: [], onDemandViews: [], services: [])
        let difference = PlanDifference(from: plan, to: empty)
        #expect(difference.items.allSatisfy { $0.change == .removed && ($0.services == ["fraud_v1"] || $0.kind == .entity) })
        #expect(difference.items.count == PlanDifference(from: nil, to: plan).items.count)
        #expect(difference.viewsToRewrite.isEmpty)
    }

    @Test func onlyAChangeOfAViewsMeaningRewritesItsRows() throws {
        let plan = try SampleProject.compiled()
        #expect(try PlanDifference(from: plan, to: edited([("delay: 0s", "delay: 1h")])).viewsToRewrite == ["card_activity"])
        #expect(try PlanDifference(from: plan, to: edited([("log: {sample: 1.0}", "log: {sample: 0.5}")])).viewsToRewrite.isEmpty)
    }

    @Test func expressionsReadAsTheyWereWritten() throws {
        let expressions = [
            "amount - (1.0 - amount)", "(amount - 1.0) - amount", "(amount > 1.0 or is_chip) and not is_chip",
            "not (is_chip and is_chip)", "(amount is null) = is_chip", "-amount", "-(-amount)",
            "case when is_chip then 'a' else 'it\\'s' end",
            "extract(hour from occurred_at)", "cast(amount as int64)", "lossy_float64(price)", "\"Mixed Case\" + 1",
            "coalesce(status, 'x') || country", "seconds_between(ingested_at, occurred_at)",
        ]
        let written = try expressions.map { expression in
            let text = SampleProject.withExpression(expression.replacing("it\\'s", with: "it''s"))
            let plan = try SampleProject.compiled(text)
            let feature = try #require(plan.featureViews.first?.features.first)
            let argument = try #require(feature.computation.argument)
            return argument.readableText
        }
        let expected = expressions.map { $0 == "(amount - 1.0) - amount" ? "amount - 1.0 - amount" : $0 }
        #expect(written == expected)
    }
}
