extension Inventory {
    /// Every name of a definition, of whatever kind.
    package var names: [String] {
        entities.map(\.name) + sources.map(\.name) + featureViews.map(\.name) + onDemandViews.map(\.name)
            + services.map(\.name)
    }

    /// Every feature, as `view.feature`.
    package var featureNames: [String] {
        featureViews.flatMap { view in view.features.map { "\(view.name).\($0.name)" } }
            + onDemandViews.flatMap { view in view.features.map { "\(view.name).\($0.name)" } }
    }

    /// The definitions of one name: usually one, though an entity and a source may share it.
    package func only(_ name: String) -> Inventory {
        Inventory(
            project: project,
            entities: entities.filter { $0.name == name },
            sources: sources.filter { $0.name == name },
            featureViews: featureViews.filter { $0.name == name },
            onDemandViews: onDemandViews.filter { $0.name == name },
            services: services.filter { $0.name == name }
        )
    }
}
