extension FeatureServiceDefinition.Entry {
    private typealias Shape = ServiceEntryShape

    /// `card_activity`, `card_activity.spend_7d`, `{view: airport_delays, as: origin, keys: {airport: origin_airport}}` or
    /// `{feature: card_activity.spend_7d, as: spend}`. nil when it has a mistake, which is reported.
    init?(_ node: YAMLNode, into sink: inout DiagnosticSink) {
        switch node.content {
        case .scalar(let scalar) where !scalar.text.isEmpty:
            self.init(target: .item(scalar), alias: nil, keys: [])
        case .mapping:
            self.init(mapping: node, into: &sink)
        case .scalar, .sequence:
            let expected = "a name, or a mapping with `view` or `feature`"
            sink.report(.wrongShape(of: "an entry of `features`", expected: expected, found: node.kind, at: node.span))
            return nil
        }
    }

    private init?(mapping node: YAMLNode, into sink: inout DiagnosticSink) {
        let what = "an entry of `features`"
        guard let reader = MappingReader(node, what: what, shape: Shape.shape, at: node.span, into: &sink) else { return nil }
        let alias = reader.text(Shape.alias, into: &sink)
        if let alias { NameRule.check(alias, of: reader.has(Shape.view) ? "a view" : "a feature", into: &sink) }
        let keys = reader.joinKeyColumns(into: &sink)
        if reader.has(Shape.view), reader.has(Shape.feature) {
            let (view, feature) = (reader.keySpan(Shape.view), reader.keySpan(Shape.feature))
            let areInOrder = view < feature
            sink.report(
                .conflictingKeys(
                    areInOrder ? "feature" : "view", areInOrder ? "view" : "feature", in: what, at: max(view, feature),
                    and: min(view, feature)))
            return nil
        }
        if reader.has(Shape.view) {
            guard let view = reader.text(Shape.view, into: &sink) else { return nil }
            self.init(target: .view(view), alias: alias, keys: keys)
            return
        }
        guard let feature = reader.text(Shape.feature, into: &sink)
        else { return nil }
        guard feature.text.contains(".") else {
            sink.report(.invalidSetting("feature", expected: "`view.feature`", found: feature.text, at: feature.span))
            return nil
        }
        self.init(target: .feature(feature), alias: alias, keys: keys)
    }
}
