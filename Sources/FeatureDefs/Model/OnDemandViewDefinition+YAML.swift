extension OnDemandViewDefinition {
    private typealias Shape = OnDemandViewShape

    /// `ticket_ratio: {request: {amount: float64}, features: {amount_vs_usual: "amount / card_activity.spend_7d"}}`
    init(_ entry: YAMLNode.Entry, into sink: inout DiagnosticSink) {
        name = entry.key
        let what = "on-demand feature view `\(entry.key.text)`"
        guard let reader = MappingReader(entry.value, what: what, shape: Shape.shape, at: entry.key.span, into: &sink) else {
            (views, request, features) = ([], [], [])
            notes = DefinitionNotes()
            return
        }
        views = reader.mapping(Shape.views, into: &sink).map { ViewAlias($0, into: &sink) }
        let inputs = reader.mapping(Shape.request, into: &sink)
        request = MappingReader.types(of: inputs, what: "a request input", into: &sink).map {
            Input(name: $0.name, type: $0.type)
        }
        features = reader.mapping(Shape.features, into: &sink).map { feature in
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
            let reader = MappingReader(
                entry.value, what: what, shape: ViewAliasShape.shape, at: entry.key.span, into: &sink)
        else {
            (view, keys) = (nil, [])
            return
        }
        view = reader.text(ViewAliasShape.view, into: &sink)
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
            tolerance = nil
            notes = DefinitionNotes()
            return
        }
        let what = "feature `\(entry.key.text)`"
        guard
            let reader = MappingReader(
                entry.value, what: what, shape: OnDemandFeatureShape.shape, at: entry.key.span, into: &sink)
        else {
            (expression, tolerance) = (nil, nil)
            notes = DefinitionNotes()
            return
        }
        expression = reader.expression(OnDemandFeatureShape.expression, into: &sink)
        tolerance = ToleranceDefinition(of: reader, into: &sink)
        notes = reader.notes(into: &sink)
    }
}
