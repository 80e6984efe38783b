/// A project's definitions, compiled: a value, deterministic and serialisable. Every list is sorted by name, so that
/// the order of files and keys does not show; features keep the order written.
package struct Plan: Hashable, Sendable, Codable {
    package let project: String
    package let entities: [EntityPlan]
    package let featureViews: [FeatureViewPlan]
    package let onDemandViews: [OnDemandViewPlan]
    package let services: [FeatureServicePlan]

    package init(
        project: String,
        entities: [EntityPlan],
        featureViews: [FeatureViewPlan],
        onDemandViews: [OnDemandViewPlan],
        services: [FeatureServicePlan]
    ) {
        self.project = project
        self.entities = entities
        self.featureViews = featureViews
        self.onDemandViews = onDemandViews
        self.services = services
    }

    package func featureView(named name: String) -> FeatureViewPlan? { featureViews.first { $0.name == name } }
    package func onDemandView(named name: String) -> OnDemandViewPlan? { onDemandViews.first { $0.name == name } }
    package func service(named name: String) -> FeatureServicePlan? { services.first { $0.name == name } }
}

/// A thing that features describe, and the columns that identify it.
package struct EntityPlan: Hashable, Sendable, Codable {
    package let name: String
    package let joinKeys: [JoinKey]
    package let notes: DefinitionNotes

    package init(name: String, joinKeys: [JoinKey], notes: DefinitionNotes) {
        self.name = name
        self.joinKeys = joinKeys
        self.notes = notes
    }
}

/// The features that one model reads, in its order.
package struct FeatureServicePlan: Hashable, Sendable, Codable {
    package let name: String
    /// Views named whole are expanded to their features, in the view's order.
    package let features: [FeatureReference]
    /// The share of entity keys whose lookups are logged, 0...1; nil when the service logs nothing.
    package let logSample: Double?
    package let notes: DefinitionNotes

    package init(name: String, features: [FeatureReference], logSample: Double?, notes: DefinitionNotes) {
        self.name = name
        self.features = features
        self.logSample = logSample
        self.notes = notes
    }
}
