import FeatureDefs

/// One definition in full, for a terminal.
extension InventoryText {
    static func description(of inventory: Inventory) -> String {
        let blocks =
            inventory.entities.map(text) + inventory.sources.map(text) + inventory.featureViews.map(text)
            + inventory.onDemandViews.map(text) + inventory.services.map(text)
        return blocks.joined(separator: "\n\n")
    }

    private static func text(_ entity: InventoryEntity) -> String {
        block(
            "entity", entity.name,
            notes(entity.notes) + [
                ("join keys", keys(entity.joinKeys)), ("feature views", list(entity.featureViews)),
            ])
    }

    private static func text(_ source: InventorySource) -> String {
        block(
            "source", source.name,
            [
                ("reads", source.relation), ("event timestamp", source.eventTimestamp),
                ("created timestamp", source.createdTimestamp ?? "none: a row counts as known \(source.delay) after its event"),
                ("feature views", list(source.featureViews)),
            ])
    }

    private static func text(_ view: InventoryView) -> String {
        block(
            "feature view", view.name,
            notes(view.notes) + [
                ("entities", list(view.entities)),
                ("join keys", view.joinKeys.isEmpty ? "none: one value for everybody" : keys(view.joinKeys)),
                ("source", view.source),
                ("filter", view.filter ?? "none"), ("schedule", schedule(view.schedule)), ("ttl", view.ttl ?? "none"),
                ("served", view.isServable ? "yes" : "no: window features need a schedule"),
                ("fresh to", freshness(view) + (view.lastMaterialization.map { ", run finished \($0.finishedAt)" } ?? "")),
                ("services", list(view.services)), ("fingerprint", String(view.fingerprint.prefix(12))),
            ]) + "\n" + features(view.features)
    }

    private static func text(_ view: InventoryOnDemandView) -> String {
        block(
            "on-demand view", view.name,
            notes(view.notes) + [
                ("request", view.request.isEmpty ? "nothing" : keys(view.request)), ("services", list(view.services)),
            ]) + "\n" + features(view.features)
    }

    private static func text(_ service: InventoryService) -> String {
        block(
            "service", service.name,
            notes(service.notes) + [
                ("join keys", service.joinKeys.isEmpty ? "none" : keys(service.joinKeys)),
                ("request", service.request.isEmpty ? "nothing" : keys(service.request)),
                ("feature views", list(service.featureViews)),
                ("served log", service.logSample.map { "\($0 * 100) % of entity keys" } ?? "none"),
            ]) + "\n  features, in the model's order:\n" + service.features.map { "    \(served($0))" }.joined(separator: "\n")
    }

    /// `origin.last_delay: airport_delays.last_delay by origin_airport`
    private static func served(_ feature: InventoryServedFeature) -> String {
        guard feature.name != feature.feature || feature.columns != nil else { return feature.name }
        let columns = feature.columns?.entries.map(\.column).joined(separator: ", ")
        return "\(feature.name): \(feature.feature)" + (columns.map { " by \($0)" } ?? "")
    }

    private static func features(_ features: [InventoryFeature]) -> String {
        let name = features.map(\.name.count).max() ?? 0
        let type = features.map(\.type.description.count).max() ?? 0
        let lines = features.flatMap { feature in
            let used = feature.services.map { "service \($0)" } + feature.readBy
            return ["    \(feature.name.padded(to: name))  \(feature.type.description.padded(to: type))  \(feature.computation)"]
                + notes(feature.notes).map { "      \($0.0): \($0.1)" }
                + ["      used by: \(list(used))"]
        }
        return (["  features:"] + lines).joined(separator: "\n")
    }

    private static func notes(_ notes: DefinitionNotes) -> [(String, String)] {
        [("description", notes.description), ("owner", notes.owner), ("tags", notes.tags.isEmpty ? nil : tags(notes))]
            .compactMap { label, text in text.map { (label, $0) } }
    }

    private static func block(_ kind: String, _ name: String, _ fields: [(String, String)]) -> String {
        let width = fields.map(\.0.count).max() ?? 0
        return (["\(kind) \(name)"] + fields.map { "  \($0.0.padded(to: width))  \($0.1)" }).joined(separator: "\n")
    }

    private static func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
}
