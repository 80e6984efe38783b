/// The entities by name.
struct EntityTable {
    private let byName: [String: EntityDefinition]
    let names: [String]
    let plans: [EntityPlan]

    init(_ definitions: [EntityDefinition]) {
        byName = Dictionary(definitions.map { ($0.name.text, $0) }) { first, _ in first }
        names = definitions.map(\.name.text)
        plans = definitions.map { definition in
            let keys = definition.joinKeys.compactMap { key in key.type.map { JoinKey(name: key.name.text, type: $0) } }
            return EntityPlan(name: definition.name.text, joinKeys: keys, notes: definition.notes)
        }
    }

    subscript(name: String) -> EntityDefinition? { byName[name] }
}
