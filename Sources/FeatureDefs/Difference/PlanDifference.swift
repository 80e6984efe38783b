/// What stands between two plans, by meaning: what neither order, spelling nor description can put there.
package struct PlanDifference: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case entity
        case featureView = "feature_view"
        case feature
        case onDemandView = "on_demand_feature_view"
        case onDemandFeature = "on_demand_feature"
        case service = "feature_service"
        /// What a source's rows are held to.
        case expectations = "source_expectations"
    }

    package enum Change: String, Hashable, Sendable, Codable, CaseIterable {
        case added, changed, removed
    }

    package struct Item: Hashable, Sendable, Codable {
        package let change: Change
        package let kind: Kind
        /// `card_activity`, or `card_activity.spend_7d`
        package let name: String
        /// What it is, when it was added; what changed, in words: `window 7d → 14d`.
        package let details: [String]
        /// The services whose values it touches, at any depth.
        package let services: [String]
    }

    /// Entities, views with their features, services; each in the order of the plans.
    package let items: [Item]
    /// Every service that a change touches, by name.
    package let services: [String]
    /// The feature views whose online rows do not have all that the new plan means, and so must be written again.
    package let viewsToRewrite: [String]
    /// Whether the plans differ in descriptions, owners or tags (or in how the database stores a column) alone.
    package let isInNotesOnly: Bool

    package var isEmpty: Bool { items.isEmpty }
}

extension PlanDifference {
    /// Without an old plan everything is added.
    package init(from old: Plan?, to new: Plan) {
        let old = old ?? Plan(project: new.project, entities: [], featureViews: [], onDemandViews: [], services: [])
        items = PlanDifferenceBuilder(old: old, new: new).items
        services = Set(items.flatMap(\.services)).sorted()
        let rows = Dictionary(old.featureViews.map { ($0.name, $0.storedRow) }) { first, _ in first }
        viewsToRewrite = new.featureViews.filter { $0.isServable && rows[$0.name] != $0.storedRow }.map(\.name)
        isInNotesOnly = items.isEmpty && old != new
    }
}
