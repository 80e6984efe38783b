/// A project's definitions, compiled: a value, deterministic and serialisable. Every list is sorted by name, so that
/// the order of files and keys does not show; features keep the order written.
package struct Plan: Hashable, Sendable, Codable {
    package let project: String
    package let entities: [EntityPlan]
    package let featureViews: [FeatureViewPlan]
    package let onDemandViews: [OnDemandViewPlan]
    package let services: [FeatureServicePlan]
    /// Of the sources that declare any, whether a view reads them or not.
    package let expectations: [SourceExpectations]

    package init(
        project: String,
        entities: [EntityPlan],
        featureViews: [FeatureViewPlan],
        onDemandViews: [OnDemandViewPlan],
        services: [FeatureServicePlan],
        expectations: [SourceExpectations] = []
    ) {
        self.project = project
        self.entities = entities.sorted { $0.name < $1.name }
        self.featureViews = featureViews.sorted { $0.name < $1.name }
        self.onDemandViews = onDemandViews.sorted { $0.name < $1.name }
        self.services = services.sorted { $0.name < $1.name }
        self.expectations = expectations.sorted { $0.source.name < $1.source.name }
    }

    private enum CodingKeys: String, CodingKey {
        case project, entities, featureViews, onDemandViews, services, expectations
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            project: try container.decode(String.self, forKey: .project),
            entities: try container.decode([EntityPlan].self, forKey: .entities),
            featureViews: try container.decode([FeatureViewPlan].self, forKey: .featureViews),
            onDemandViews: try container.decode([OnDemandViewPlan].self, forKey: .onDemandViews),
            services: try container.decode([FeatureServicePlan].self, forKey: .services),
            expectations: try container.decodeIfPresent([SourceExpectations].self, forKey: .expectations) ?? []
        )
    }

    /// Without expectations, as plans were before there were any.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(project, forKey: .project)
        try container.encode(entities, forKey: .entities)
        try container.encode(featureViews, forKey: .featureViews)
        try container.encode(onDemandViews, forKey: .onDemandViews)
        try container.encode(services, forKey: .services)
        if !expectations.isEmpty { try container.encode(expectations, forKey: .expectations) }
    }

    package func featureView(named name: String) -> FeatureViewPlan? { Self.find(name, in: featureViews, by: \.name) }
    package func onDemandView(named name: String) -> OnDemandViewPlan? { Self.find(name, in: onDemandViews, by: \.name) }
    package func service(named name: String) -> FeatureServicePlan? { Self.find(name, in: services, by: \.name) }

    /// Halves the list, which is sorted by name: a project may have thousands.
    private static func find<Part>(_ name: String, in parts: [Part], by partName: (Part) -> String) -> Part? {
        var range = parts.indices
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            let found = partName(parts[middle])
            if found == name { return parts[middle] }
            range = found < name ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }
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
    package let features: [SelectedFeature]
    /// The share of entity keys whose lookups are logged, 0...1; nil when the service logs nothing.
    package let logSample: Double?
    package let notes: DefinitionNotes

    package init(name: String, features: [SelectedFeature], logSample: Double?, notes: DefinitionNotes) {
        self.name = name
        self.features = features
        self.logSample = logSample
        self.notes = notes
    }
}
