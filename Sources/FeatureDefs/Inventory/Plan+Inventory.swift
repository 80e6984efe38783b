extension Plan {
    /// `freshness` is what is known of each view's last materialization, by view name.
    package func inventory(freshness: [String: InventoryFreshness] = [:]) -> Inventory {
        Inventory(
            project: project,
            entities: entities.map { entity in
                InventoryEntity(
                    name: entity.name,
                    notes: entity.notes,
                    joinKeys: entity.joinKeys.map(InventoryKey.init),
                    featureViews: featureViews.filter { $0.entities.contains(entity.name) }.map(\.name)
                )
            },
            sources: inventorySources,
            featureViews: featureViews.map { item(of: $0, freshness: freshness[$0.name]) },
            onDemandViews: onDemandViews.map(item),
            services: services.map(item)
        )
    }

    private var inventorySources: [InventorySource] {
        let sources = Set(featureViews.map(\.source)).sorted { $0.name < $1.name }
        return sources.map { source in
            InventorySource(
                name: source.name,
                relation: source.relation.readableText,
                eventTimestamp: source.eventTimestamp.name,
                createdTimestamp: source.createdTimestamp?.name,
                delay: source.delay.description,
                featureViews: featureViews.filter { $0.source == source }.map(\.name)
            )
        }
    }

    private func item(of view: FeatureViewPlan, freshness: InventoryFreshness?) -> InventoryView {
        let features = view.features.map { feature in
            InventoryFeature(
                name: feature.name,
                type: feature.type,
                notes: feature.notes,
                computation: feature.readableText,
                readBy: directReaders(of: .init(view: view.name, feature: feature.name)).map(\.description),
                services: services(serving: .init(view: view.name, feature: feature.name))
            )
        }
        return InventoryView(
            name: view.name,
            notes: view.notes,
            fingerprint: view.fingerprint,
            entities: view.entities,
            joinKeys: view.joinKeys.map(InventoryKey.init),
            source: view.source.name,
            filter: view.filter?.readableText,
            schedule: view.schedule.map { InventorySchedule(every: "\($0.every)", lag: "\($0.lag)") },
            ttl: view.ttl?.description,
            isServable: view.isServable,
            features: features,
            services: services(using: Set(view.references)),
            lastMaterialization: freshness
        )
    }

    private func item(of view: OnDemandViewPlan) -> InventoryOnDemandView {
        let features = view.features.map { feature in
            InventoryFeature(
                name: feature.name,
                type: feature.expression.type,
                notes: feature.notes,
                computation: feature.expression.readableText,
                readBy: directReaders(of: .init(view: view.name, feature: feature.name)).map(\.description),
                services: services(serving: .init(view: view.name, feature: feature.name))
            )
        }
        return InventoryOnDemandView(
            name: view.name,
            notes: view.notes,
            request: view.request.map { InventoryKey(name: $0.name, type: $0.type) },
            features: features,
            services: services(using: Set(view.references))
        )
    }

    private func item(of service: FeatureServicePlan) -> InventoryService {
        // A compiled service names only features that there are.
        let selection = try? selection(of: service)
        return InventoryService(
            name: service.name,
            notes: service.notes,
            features: service.features.map { feature in
                InventoryServedFeature(
                    name: feature.description,
                    feature: feature.reference.definition.description,
                    columns: feature.reference.keys.isOwn ? nil : feature.reference.keys
                )
            },
            joinKeys: selection?.joinKeys.map(InventoryKey.init) ?? [],
            request: selection?.requestInputs.map { InventoryKey(name: $0.name, type: $0.type) } ?? [],
            featureViews: selection?.distinctViews.map(\.name) ?? [],
            logSample: service.logSample
        )
    }

    private func services(serving reference: FeatureReference) -> [String] {
        services.filter { $0.features.contains { $0.reference.definition == reference } }.map(\.name)
    }
}

extension InventoryKey {
    fileprivate init(_ key: JoinKey) {
        self.init(name: key.name, type: key.type)
    }
}
