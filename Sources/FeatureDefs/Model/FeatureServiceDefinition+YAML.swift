extension FeatureServiceDefinition {
    private typealias Shape = FeatureServiceShape

    /// `fraud_v1: {features: [card_activity, {feature: ticket_ratio.amount_vs_usual, as: ratio}], log: {sample: 1.0}}`
    init(_ entry: YAMLNode.Entry, into sink: inout DiagnosticSink) {
        name = entry.key
        let what = "feature service `\(entry.key.text)`"
        guard let reader = MappingReader(entry.value, what: what, shape: Shape.shape, at: entry.key.span, into: &sink) else {
            (features, logSample) = ([], nil)
            notes = DefinitionNotes()
            return
        }
        features = reader.sequence(Shape.features, into: &sink).compactMap {
            Entry($0, into: &sink)
        }
        logSample = Self.logSample(reader, into: &sink)
        notes = reader.notes(into: &sink)
    }

    private static func logSample(_ service: MappingReader, into sink: inout DiagnosticSink) -> Double? {
        guard let node = service.node(Shape.log) else { return nil }
        let span = service.keySpan(Shape.log)
        guard let reader = MappingReader(node, what: "`log`", shape: ServiceLogShape.shape, at: span, into: &sink),
            let text = reader.text(ServiceLogShape.sample, into: &sink)
        else { return nil }
        guard let sample = Double(text.text), (0...1).contains(sample) else {
            sink.report(
                .invalidSetting(ServiceLogShape.sample.name, expected: "a number from 0 to 1", found: text.text, at: text.span))
            return nil
        }
        return sample
    }
}
