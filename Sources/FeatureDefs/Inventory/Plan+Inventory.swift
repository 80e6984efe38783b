extension Plan {
    /// `freshness` is what is known of each view's last materialization, by view name.
    package func inventory(freshness: [String: InventoryFreshness] = [:]) -> Inventory {
        let uses = FeatureUses(self)
        return Inventory(
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
            featureViews: featureViews.map { item(of: $0, uses, freshness: freshness[$0.name]) },
            onDemandViews: onDemandViews.map { item(of: $0, uses) },
            services: services.map(item)
        )
    }

    private var inventorySources: [InventorySource] {
        let views = Dictionary(grouping: featureViews, by: \.source)
        return views.keys.sorted { $0.name < $1.name }.map { source in
            InventorySource(
                name: source.name,
                relation: source.relation.readableText,
                eventTimestamp: source.eventTimestamp.name,
                createdTimestamp: source.createdTimestamp?.name,
                delay: source.delay.description,
                featureViews: (views[source] ?? []).map(\.name)
            )
        }
    }

    private func item(of view: FeatureViewPlan, _ uses: FeatureUses, freshness: InventoryFreshness?) -> InventoryView {
        let features = view.features.map { feature in
            InventoryFeature(
                name: feature.name,
                type: feature.type,
                notes: feature.notes,
                computation: feature.readableText,
                readBy: uses.directReaders(of: .init(view: view.name, feature: feature.name)).map(\.description),
                services: uses.services(serving: .init(view: view.name, feature: feature.name))
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
            services: uses.services(using: Set(view.references)),
            lastMaterialization: freshness
        )
    }

    private func item(of view: OnDemandViewPlan, _ uses: FeatureUses) -> InventoryOnDemandView {
        let features = view.features.map { feature in
            InventoryFeature(
                name: feature.name,
                type: feature.expression.type,
                notes: feature.notes,
                computation: feature.expression.readableText,
                readBy: uses.directReaders(of: .init(view: view.name, feature: feature.name)).map(\.description),
                services: uses.services(serving: .init(view: view.name, feature: feature.name))
            )
        }
        return InventoryOnDemandView(
            name: view.name,
            notes: view.notes,
            request: view.request.map { InventoryKey(name: $0.name, type: $0.type) },
            features: features,
            services: uses.services(using: Set(view.references))
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
}

extension InventoryKey {
    fileprivate init(_ key: JoinKey) {
        self.init(name: key.name, type: key.type)
    }
}
