extension FeatureViewDefinition {
    private static let keys =
        ["entities", "source", "filter", "schedule", "ttl", "features"] + MappingReader.notesKeys

    /// `card_activity: {entities: [card], source: transactions, features: {...}}`
    init(_ entry: YAMLNode.Entry, into sink: inout DiagnosticSink) {
        name = entry.key
        let what = "feature view `\(entry.key.text)`"
        guard let reader = MappingReader(entry.value, what: what, known: Self.keys, at: entry.key.span, into: &sink) else {
            (entities, source, filter, schedule, ttl, features) = ([], nil, nil, nil, nil, [])
            notes = DefinitionNotes()
            return
        }
        entities = reader.requiredNames("entities", example: "entities: [card]", mayBeEmpty: true, into: &sink)
        source = reader.requiredText("source", example: "source: transactions", into: &sink)
        filter = reader.expression("filter", into: &sink)
        schedule = Self.schedule(reader, into: &sink)
        ttl = reader.positivePeriod("ttl", into: &sink)
        let example = "features: {amount: {latest: amount}}"
        features = reader.requiredMapping("features", example: example, into: &sink).map { feature in
            FeatureDefinition(feature, in: entry.key, into: &sink)
        }
        notes = reader.notes(into: &sink)
    }

    private static func schedule(_ view: MappingReader, into sink: inout DiagnosticSink) -> Schedule? {
        guard let node = view.node("schedule") else { return nil }
        let span = view.keySpan("schedule")
        guard let reader = MappingReader(node, what: "`schedule`", known: ["every", "lag"], at: span, into: &sink) else {
            return nil
        }
        guard reader.has("every") else {
            sink.report(.missingKey("every", in: "`schedule`", example: "schedule: {every: 1h, lag: 5m}", at: span))
            return nil
        }
        let every = reader.positivePeriod("every", into: &sink)
        let lag = reader.has("lag") ? reader.nonNegativePeriod("lag", into: &sink) : .zero
        guard let every, let lag else { return nil }
        return Schedule(every: every, lag: lag)
    }
}
