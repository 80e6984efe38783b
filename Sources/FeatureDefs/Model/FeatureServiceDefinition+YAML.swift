extension FeatureServiceDefinition {
    /// `fraud_v1: {features: [card_activity, {feature: ticket_ratio.amount_vs_usual, as: ratio}], log: {sample: 1.0}}`
    init(_ entry: YAMLNode.Entry, into sink: inout DiagnosticSink) {
        name = entry.key
        let what = "feature service `\(entry.key.text)`"
        let known = ["features", "log"] + MappingReader.notesKeys
        guard let reader = MappingReader(entry.value, what: what, known: known, at: entry.key.span, into: &sink) else {
            (features, logSample) = ([], nil)
            notes = DefinitionNotes()
            return
        }
        features = reader.requiredSequence("features", example: "features: [card_activity]", into: &sink).compactMap {
            Entry($0, into: &sink)
        }
        logSample = Self.logSample(reader, into: &sink)
        notes = reader.notes(into: &sink)
    }

    private static func logSample(_ service: MappingReader, into sink: inout DiagnosticSink) -> Double? {
        guard let node = service.node("log") else { return nil }
        let span = service.keySpan("log")
        guard let reader = MappingReader(node, what: "`log`", known: ["sample"], at: span, into: &sink),
            let text = reader.requiredText("sample", example: "log: {sample: 1.0}", into: &sink)
        else { return nil }
        guard let sample = Double(text.text), (0...1).contains(sample) else {
            sink.report(.invalidSetting("sample", expected: "a number from 0 to 1", found: text.text, at: text.span))
            return nil
        }
        return sample
    }
}
