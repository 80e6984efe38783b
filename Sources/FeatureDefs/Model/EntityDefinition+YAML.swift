extension EntityDefinition {
    /// `card: {join_keys: {card_id: int64}, description: A payment card}`
    init(_ entry: YAMLNode.Entry, into sink: inout DiagnosticSink) {
        name = entry.key
        guard
            let reader = MappingReader(
                entry.value, what: "entity `\(entry.key.text)`", shape: EntityShape.shape, at: entry.key.span, into: &sink)
        else {
            joinKeys = []
            notes = DefinitionNotes()
            return
        }
        let entries = reader.mapping(EntityShape.joinKeys, into: &sink)
        joinKeys = MappingReader.types(of: entries, what: "a join key", into: &sink).map { key in
            if let type = key.type, !type.isAllowedAsJoinKey {
                sink.report(.floatJoinKey(key.name.text, type: type, at: key.typeSpan))
                return Key(name: key.name, type: nil)
            }
            return Key(name: key.name, type: key.type)
        }
        notes = reader.notes(into: &sink)
    }
}
