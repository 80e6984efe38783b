import Testing

@testable import FeatureDefs

@Suite struct LineageTests {
    private func lineage(_ view: String, _ feature: String) throws -> Lineage {
        try SampleProject.compiled().lineage(of: FeatureReference(view: view, feature: feature))
    }

    @Test func aFeatureIsTracedFromItsColumnsToItsServices() throws {
        let lineage = try lineage("card_activity", "abroad_spend_7d")
        try expectGolden(lineage.text + "\n\n" + lineage.dot + "\n", "lineage/feature.txt")
    }

    @Test func anOnDemandFeatureIsTracedThroughTheFeaturesItReads() throws {
        let lineage = try lineage("ticket_ratio", "amount_vs_usual")
        try expectGolden(lineage.text + "\n\n" + lineage.dot + "\n", "lineage/on_demand.txt")
    }

    @Test func readersAreFoundAtAnyDepth() throws {
        let services = try lineage("card_activity", "spend_7d").edges.filter { $0.to == "service fraud_v1" }
        #expect(services.map(\.from).sorted() == ["feature card_activity.spend_7d", "feature ticket_ratio.amount_vs_usual"])
    }

    @Test func everyEdgeJoinsNodesOfTheGraph() throws {
        let plan = try SampleProject.compiled()
        for reference in plan.featureViews.flatMap(\.references) + plan.onDemandReferences {
            let lineage = try plan.lineage(of: reference)
            #expect(Set(lineage.nodes.map(\.id)).count == lineage.nodes.count)
            for edge in lineage.edges { #expect(lineage.node(edge.from) != nil && lineage.node(edge.to) != nil, "\(edge)") }
        }
    }

    @Test func anUnknownFeatureIsRefused() throws {
        #expect(throws: UnknownFeature(reference: FeatureReference(view: "card_activity", feature: "spend"))) {
            try lineage("card_activity", "spend")
        }
    }
}
