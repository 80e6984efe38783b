extension FeatureDefinition {
    private static let aggregates = AggregateFunction.allCases.map(\.name)
    private static let keys = ["latest"] + aggregates + ["n", "window", "filter", "default"] + MappingReader.notesKeys

    /// `spend_7d: {sum: amount, window: 7d, filter: "status = 'settled'"}`
    init(_ entry: YAMLNode.Entry, in view: ScalarText, into sink: inout DiagnosticSink) {
        name = entry.key
        NameRule.check(feature: entry.key, of: view, into: &sink)
        let what = "feature `\(entry.key.text)`"
        guard let reader = MappingReader(entry.value, what: what, known: Self.keys, at: entry.key.span, into: &sink) else {
            (computation, filter, defaultValue) = (nil, nil, nil)
            notes = DefinitionNotes()
            return
        }
        computation = Self.computation(reader, name: entry.key.text, into: &sink)
        filter = reader.expression("filter", into: &sink)
        defaultValue = reader.value("default", into: &sink)
        notes = reader.notes(into: &sink)
    }

    private static func computation(
        _ reader: MappingReader, name: String, into sink: inout DiagnosticSink
    ) -> Computation? {
        let written = (["latest"] + aggregates).filter(reader.has)
        guard let key = written.first else {
            sink.report(
                .missingKey(
                    "latest` or an aggregate such as `sum", in: reader.what, example: "\(name): {latest: amount}", at: reader.span
                )
            )
            return nil
        }
        if written.count > 1 {
            let spans = written.map { (key: $0, span: reader.keySpan($0)) }.sorted { $0.span < $1.span }
            sink.report(.conflictingKeys(spans[1].key, spans[0].key, in: reader.what, at: spans[1].span, and: spans[0].span))
            return nil
        }
        let aggregate = aggregate(reader, key: key, name: name, into: &sink)
        guard let aggregate else {
            if reader.has("window") { sink.report(.windowOnLatest(of: name, at: reader.keySpan("window"))) }
            return reader.expression(key, into: &sink).map { .latest($0) }
        }
        let argument = argument(reader, key: key, into: &sink)
        let length = window(reader, of: aggregate, key: key, name: name, into: &sink)
        return argument.map { .window(aggregate, $0, length: length) }
    }

    /// The aggregate of a key; nil for `latest`. Where `n` is missing or wrong that is reported, and any stands in for it.
    private static func aggregate(
        _ reader: MappingReader, key: String, name: String, into sink: inout DiagnosticSink
    ) -> AggregateFunction? {
        guard let aggregate = AggregateFunction.allCases.first(where: { $0.name == key }) else {
            refuseCount(reader, of: key, into: &sink)
            return nil
        }
        guard let standIn = aggregate.rowLimit else {
            refuseCount(reader, of: key, into: &sink)
            return aggregate
        }
        let counts = AggregateFunction.lastNCounts
        guard reader.has("n") else {
            let example = "\(name): {last_n: amount, n: 5, window: 7d}"
            sink.report(.missingKey("n", in: reader.what, example: example, at: reader.keySpan(key)))
            return .lastN(standIn)
        }
        guard let text = reader.text("n", into: &sink) else { return .lastN(standIn) }
        guard let count = Int(text.text), counts.contains(count) else {
            let expected = "a whole number from \(counts.lowerBound) to \(counts.upperBound)"
            sink.report(.invalidSetting("n", expected: expected, found: text.text, at: text.span))
            return .lastN(standIn)
        }
        return .lastN(count)
    }

    private static func refuseCount(_ reader: MappingReader, of key: String, into sink: inout DiagnosticSink) {
        if reader.has("n") { sink.report(.countOutsideLastN(of: key, at: reader.keySpan("n"))) }
    }

    /// The window. Where it is missing or wrong that is reported, and any length stands in for it, so that the argument
    /// is still checked.
    private static func window(
        _ reader: MappingReader, of aggregate: AggregateFunction, key: String, name: String, into sink: inout DiagnosticSink
    ) -> Period {
        guard reader.has("window") else {
            sink.report(.missingWindow(aggregate, of: name, at: reader.keySpan(key)))
            return Period(microseconds: 1)
        }
        return reader.positivePeriod("window", into: &sink) ?? Period(microseconds: 1)
    }

    private static func argument(_ reader: MappingReader, key: String, into sink: inout DiagnosticSink) -> Argument? {
        guard let scalar = reader.scalar(key, into: &sink) else { return nil }
        if scalar.text.trimmingPrefix(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).elementsEqual("*") {
            return .rows(scalar)
        }
        return ExpressionParser.parse(scalar, into: &sink).map { .expression($0) }
    }
}
