extension FeatureViewDefinition {
    private typealias Shape = FeatureViewShape

    /// `card_activity: {entities: [card], source: transactions, features: {...}}`
    init(_ entry: YAMLNode.Entry, into sink: inout DiagnosticSink) {
        name = entry.key
        let what = "feature view `\(entry.key.text)`"
        guard let reader = MappingReader(entry.value, what: what, shape: Shape.shape, at: entry.key.span, into: &sink) else {
            (entities, source, filter, schedule, ttl, features) = ([], nil, nil, nil, nil, [])
            notes = DefinitionNotes()
            return
        }
        entities = reader.names(Shape.entities, into: &sink)
        source = reader.text(Shape.source, into: &sink)
        filter = reader.expression(Shape.filter, into: &sink)
        schedule = Self.schedule(reader, into: &sink)
        ttl = reader.period(Shape.ttl, into: &sink)
        features = reader.mapping(Shape.features, into: &sink).map { feature in
            FeatureDefinition(feature, in: entry.key, into: &sink)
        }
        notes = reader.notes(into: &sink)
    }

    private static func schedule(_ view: MappingReader, into sink: inout DiagnosticSink) -> Schedule? {
        guard let node = view.node(Shape.schedule) else { return nil }
        let span = view.keySpan(Shape.schedule)
        guard let reader = MappingReader(node, what: "`schedule`", shape: ScheduleShape.shape, at: span, into: &sink) else {
            return nil
        }
        let every = reader.period(ScheduleShape.every, into: &sink)
        let lag = reader.has(ScheduleShape.lag) ? reader.period(ScheduleShape.lag, into: &sink) : .zero
        guard let every, let lag else { return nil }
        return Schedule(every: every, lag: lag)
    }
}
