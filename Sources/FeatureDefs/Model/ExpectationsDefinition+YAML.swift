extension ExpectationsDefinition {
    private typealias Shape = ExpectationShape

    /// `{freshness: 2h, unique: [id], columns: {amount: {min: 0}}, gate: true}`
    init?(_ node: YAMLNode, at span: SourceSpan, into sink: inout DiagnosticSink) {
        guard let reader = MappingReader(node, what: "`expect`", shape: Shape.shape, at: span, into: &sink) else { return nil }
        freshness = reader.period(Shape.freshness, into: &sink)
        unique = reader.has(Shape.unique) ? reader.names(Shape.unique, into: &sink) : []
        columns = reader.has(Shape.columns) ? reader.mapping(Shape.columns, into: &sink).map { Column($0, into: &sink) } : []
        isGate = reader.flag(Shape.gate, into: &sink) ?? false
    }
}

extension ExpectationsDefinition.Column {
    private typealias Shape = ColumnExpectationShape

    /// `amount: {type: float64, min: 0, max: 100, in: [1, 2], nulls: 0.01, nans: 0, allow: 0.001, gate: true}`
    init(_ entry: YAMLNode.Entry, into sink: inout DiagnosticSink) {
        name = entry.key
        let what = "what is expected of column `\(entry.key.text)`"
        guard let reader = MappingReader(entry.value, what: what, shape: Shape.shape, at: entry.key.span, into: &sink) else {
            (type, minimum, maximum, domain, nulls, nans, allowed) = (nil, nil, nil, [], nil, nil, nil)
            (typeSpan, nansSpan, isGate) = (entry.key.span, nil, false)
            return
        }
        type = reader.type(Shape.type, into: &sink)
        typeSpan = reader.keySpan(Shape.type)
        minimum = reader.constant(Shape.minimum, into: &sink)
        maximum = reader.constant(Shape.maximum, into: &sink)
        domain = reader.has(Shape.domain) ? Self.constants(reader, into: &sink) : []
        nulls = reader.share(Shape.nulls, into: &sink)
        nans = reader.share(Shape.nans, into: &sink)
        nansSpan = reader.has(Shape.nans) ? reader.keySpan(Shape.nans) : nil
        allowed = reader.share(Shape.allowed, into: &sink)
        isGate = reader.flag(Shape.gate, into: &sink) ?? false
    }

    private static func constants(_ reader: MappingReader, into sink: inout DiagnosticSink) -> [ScalarText] {
        reader.sequence(Shape.domain, into: &sink).compactMap { item in
            guard case .scalar(let scalar) = item.content, !item.isNull else {
                sink.report(.wrongShape(of: "an entry of `in`", expected: "a value", found: item.kind, at: item.span))
                return nil
            }
            return scalar
        }
    }
}
