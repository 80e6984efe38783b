import FeatureDefs

/// `GET /features`: every feature that can be asked for by name.
struct FeaturesCatalogue: Encodable {
    struct Feature: Encodable {
        /// `view:feature`, as requests name it.
        let name: String
        let view: String
        let feature: String
        let type: FeatureType
        let computation: String
        let joinKeys: [InventoryKey]
        let request: [InventoryKey]
        let description: String?
        let owner: String?
        let tags: [String: String]
    }

    let project: String
    let features: [Feature]

    init(_ inventory: Inventory) {
        project = inventory.project
        let stored = inventory.featureViews.filter(\.isServable).flatMap { view in
            view.features.map {
                Feature(view: view.name, feature: $0, notes: view.notes, joinKeys: view.joinKeys, request: [])
            }
        }
        let onDemand = inventory.onDemandViews.flatMap { view in
            view.features.map {
                Feature(view: view.name, feature: $0, notes: view.notes, joinKeys: [], request: view.request)
            }
        }
        features = stored + onDemand
    }
}

extension FeaturesCatalogue.Feature {
    fileprivate init(
        view: String, feature: InventoryFeature, notes: DefinitionNotes, joinKeys: [InventoryKey], request: [InventoryKey]
    ) {
        self.init(
            name: "\(view):\(feature.name)",
            view: view,
            feature: feature.name,
            type: feature.type,
            computation: feature.computation,
            joinKeys: joinKeys,
            request: request,
            description: feature.notes.description,
            owner: feature.notes.owner ?? notes.owner,
            tags: notes.tags.merging(feature.notes.tags) { $1 }
        )
    }
}
