import FeatureDefs

/// The inventory for a terminal: one line for each definition.
enum InventoryText {
    static func list(_ inventory: Inventory) -> String {
        [
            section(
                "ENTITY", ["JOIN KEYS", "OWNER", "DESCRIPTION"],
                inventory.entities.map { [$0.name, keys($0.joinKeys), $0.notes.owner ?? "", $0.notes.description ?? ""] }),
            section(
                "SOURCE", ["READS", "DELAY", "FEATURE VIEWS"],
                inventory.sources.map { [$0.name, cut($0.relation), $0.delay, $0.featureViews.joined(separator: ", ")] }),
            section(
                "FEATURE VIEW", ["ENTITIES", "FEATURES", "SCHEDULE", "FRESH TO", "OWNER", "TAGS", "DESCRIPTION"],
                inventory.featureViews.map { view in
                    [
                        view.name, view.entities.joined(separator: ", "), "\(view.features.count)", schedule(view.schedule),
                        freshness(view), view.notes.owner ?? "", tags(view.notes), view.notes.description ?? "",
                    ]
                }),
            section(
                "ON-DEMAND VIEW", ["FEATURES", "REQUEST", "OWNER", "TAGS", "DESCRIPTION"],
                inventory.onDemandViews.map { view in
                    [
                        view.name, "\(view.features.count)", keys(view.request), view.notes.owner ?? "", tags(view.notes),
                        view.notes.description ?? "",
                    ]
                }),
            section(
                "SERVICE", ["FEATURES", "KEYS", "OWNER", "TAGS", "DESCRIPTION"],
                inventory.services.map { service in
                    [
                        service.name, "\(service.features.count)", service.joinKeys.map(\.name).joined(separator: ", "),
                        service.notes.owner ?? "", tags(service.notes), service.notes.description ?? "",
                    ]
                }),
        ].compactMap { $0 }.joined(separator: "\n\n")
    }

    /// nil for a kind that the project has none of. Columns that are empty throughout are left out.
    private static func section(_ kind: String, _ header: [String], _ rows: [[String]]) -> String? {
        guard !rows.isEmpty else { return nil }
        let kept = (0...header.count).filter { column in column == 0 || rows.contains { !$0[column].isEmpty } }
        var table = TextTable(header: kept.map { ([kind] + header)[$0] })
        for row in rows { table.add(kept.map { row[$0] }) }
        return table.text
    }

    static func keys(_ keys: [InventoryKey]) -> String { keys.map { "\($0.name) \($0.type)" }.joined(separator: ", ") }

    static func schedule(_ schedule: InventorySchedule?) -> String {
        schedule.map { "every \($0.every), served \($0.lag) later" } ?? "none"
    }

    static func freshness(_ view: InventoryView) -> String {
        guard let last = view.lastMaterialization else { return "never" }
        let remarks = [last.lateBy.map { "late by \($0)" }, last.isOfThisDefinition ? nil : "an older definition"]
            .compactMap { $0 }
        return last.cut + (remarks.isEmpty ? "" : " (\(remarks.joined(separator: ", ")))")
    }

    static func tags(_ notes: DefinitionNotes) -> String {
        notes.tags.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    }

    private static func cut(_ text: String) -> String { text.count > 48 ? "\(text.prefix(47))…" : text }
}
