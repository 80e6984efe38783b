import Testing

@testable import FeatureDefs

@Suite struct CompilerTests {
    @Test func theDesignExampleCompiles() throws {
        let plan = try SampleProject.compiled()
        #expect(plan.project == "demo")
        #expect(plan.entities.map(\.name) == ["card", "merchant"])
        let view = try #require(plan.featureView(named: "card_activity"))
        #expect(view.features.map(\.name) == ["last_amount", "txn_count_7d", "spend_7d", "abroad_spend_7d"])
        #expect(view.features.map(\.type) == [.float64, .int64, .float64, .float64])
        #expect(view.joinKeys == [JoinKey(name: "card_id", type: .int64)])
        #expect(view.joinKeyColumns == [ColumnReference(name: "card_id", storage: .int8)])
        #expect(view.schedule == Schedule(every: Period(microseconds: 3_600_000_000), lag: Period(microseconds: 300_000_000)))
        #expect(view.ttl == Period(microseconds: 30 * 86_400_000_000))
        #expect(view.notes == DefinitionNotes(owner: "risk@example.com", tags: ["tier": "gold"]))
        #expect(view.source.relation == .table(["transactions"]))
        #expect(plan.onDemandView(named: "ticket_ratio")?.features.map(\.expression.type) == [.float64])
        let service = try #require(plan.service(named: "fraud_v1"))
        #expect(
            service.features.map(\.description) == [
                "card_activity.last_amount", "card_activity.txn_count_7d", "card_activity.spend_7d",
                "card_activity.abroad_spend_7d",
                "ticket_ratio.amount_vs_usual",
            ])
        #expect(service.logSample == 1)
        let selection = try plan.selection(of: service)
        #expect(selection.requestInputs == [RequestInput(name: "amount", type: .float64)])
    }
}
