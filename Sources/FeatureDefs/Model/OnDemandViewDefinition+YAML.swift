extension OnDemandViewDefinition {
    /// `ticket_ratio: {request: {amount: float64}, features: {amount_vs_usual: "amount / card_activity.spend_7d"}}`
    init(_ entry: YAMLNode.Entry, into sink: inout DiagnosticSink) {
        name = entry.key
        let what = "on-demand feature view `\(entry.key.text)`"
        let known = ["views", "request", "features"] + MappingReader.notesKeys
        guard let reader = MappingReader(entry.value, what: what, known: known, at: entry.key.span, into: &sink) else {
            (views, request, features) = ([], [], [])
            notes = DefinitionNotes()
            return
        }
        views = reader.mapping("views", into: &sink).map { ViewAlias($0, into: &sink) }
        let inputs = reader.mapping("request", into: &sink)
        request = MappingReader.types(of: inputs, what: "a request input", into: &sink).map {
            Input(name: $0.name, type: $0.type)
        }
        let example = "features: {ratio: \"amount / card_activity.spend_7d\"}"
        features = reader.requiredMapping("features", example: example, into: &sink).map { feature in
            Feature(feature, in: entry.key, into: &sink)
        }
        notes = reader.notes(into: &sink)
    }
}

extension OnDemandViewDefinition.ViewAlias {
    /// `origin: {view: airport_delays, keys: {airport: origin_airport}}`
    init(_ entry: YAMLNode.Entry, into sink: inout DiagnosticSink) {
        name = entry.key
        NameRule.check(entry.key, of: "a view", into: &sink)
        let what = "view `\(entry.key.text)`"
        guard
            let reader = MappingReader(entry.value, what: what, known: ["view", "keys"], at: entry.key.span, into: &sink)
        else {
            (view, keys) = (nil, [])
            return
        }
        view = reader.requiredText("view", example: "view: airport_delays", into: &sink)
        keys = reader.joinKeyColumns(into: &sink)
    }
}

extension OnDemandViewDefinition.Feature {
    /// `ratio: "a / b"`, or `ratio: {expression: "a / b", description: ...}`
    init(_ entry: YAMLNode.Entry, in view: ScalarText, into sink: inout DiagnosticSink) {
        name = entry.key
        NameRule.check(feature: entry.key, of: view, into: &sink)
        if case .scalar(let scalar) = entry.value.content {
            expression = ExpressionParser.parse(scalar, into: &sink)
            notes = DefinitionNotes()
            return
        }
        let what = "feature `\(entry.key.text)`"
        let known = ["expression"] + MappingReader.notesKeys
        guard let reader = MappingReader(entry.value, what: what, known: known, at: entry.key.span, into: &sink) else {
            expression = nil
            notes = DefinitionNotes()
            return
        }
        if !reader.has("expression") {
            sink.report(.missingKey("expression", in: what, example: "expression: \"amount / 2\"", at: reader.span))
        }
        expression = reader.expression("expression", into: &sink)
        notes = reader.notes(into: &sink)
    }
}
