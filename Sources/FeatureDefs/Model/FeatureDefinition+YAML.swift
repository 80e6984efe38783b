extension FeatureDefinition {
    private typealias Shape = FeatureShape

    /// `spend_7d: {sum: amount, window: 7d, filter: "status = 'settled'"}`
    init(_ entry: YAMLNode.Entry, in view: ScalarText, into sink: inout DiagnosticSink) {
        name = entry.key
        NameRule.check(feature: entry.key, of: view, into: &sink)
        let what = "feature `\(entry.key.text)`"
        guard
            let reader = MappingReader(
                unchecked: entry.value, what: what, shape: Shape.shape, at: entry.key.span, into: &sink)
        else {
            (computation, filter, defaultValue, tolerance) = (nil, nil, nil, nil)
            notes = DefinitionNotes()
            return
        }
        computation = Self.computation(reader, name: entry.key.text, into: &sink)
        filter = reader.expression(Shape.filter, into: &sink)
        defaultValue = reader.constant(Shape.defaultValue, into: &sink)
        tolerance = ToleranceDefinition(of: reader, into: &sink)
        notes = reader.notes(into: &sink)
    }

    private static func computation(
        _ reader: MappingReader, name: String, into sink: inout DiagnosticSink
    ) -> Computation? {
        let written = ([Shape.latest] + Shape.aggregates).filter(reader.has)
        guard let key = written.first else {
            reportNoComputation(reader, name: name, into: &sink)
            return nil
        }
        reportUnknown(reader.unknown, in: reader, into: &sink)
        if written.count > 1 {
            let spans = written.map { (key: $0.name, span: reader.keySpan($0)) }.sorted { $0.span < $1.span }
            sink.report(.conflictingKeys(spans[1].key, spans[0].key, in: reader.what, at: spans[1].span, and: spans[0].span))
            return nil
        }
        let aggregate = aggregate(reader, key: key, name: name, into: &sink)
        guard let aggregate else {
            if reader.has(Shape.window) { sink.report(.windowOnLatest(of: name, at: reader.keySpan(Shape.window))) }
            return reader.expression(key, into: &sink).map { .latest($0) }
        }
        let argument = argument(reader, key: key, into: &sink)
        let length = window(reader, of: aggregate, key: key, name: name, into: &sink)
        return argument.map { .window(aggregate, $0, length: length) }
    }

    // MARK: Keys that are none

    /// A feature without `latest` or an aggregate: where it has one key that is none, that was meant to be it.
    private static func reportNoComputation(_ reader: MappingReader, name: String, into sink: inout DiagnosticSink) {
        let meant = reader.unknown.first { UnknownAggregate.meant(by: $0.key.text) != nil } ?? reader.unknown.first
        reportUnknown(reader.unknown.filter { $0.key.text != meant?.key.text }, in: reader, into: &sink)
        if let meant {
            sink.report(.unknownAggregate(meant.key.text, of: reader.what, at: meant.key.span))
        } else {
            sink.report(
                .missingKey(
                    "latest` or an aggregate such as `sum", in: reader.what, example: "\(name): {latest: amount}", at: reader.span
                )
            )
        }
    }

    private static func reportUnknown(
        _ entries: [YAMLNode.Entry], in reader: MappingReader, into sink: inout DiagnosticSink
    ) {
        for entry in entries {
            sink.report(.unknownKey(entry.key.text, in: reader.what, known: Shape.shape.keyNames, at: entry.key.span))
        }
    }

    // MARK: Aggregates

    /// The aggregate of a key; nil for `latest`. Where `n` is missing or wrong that is reported, and any stands in for it.
    private static func aggregate(
        _ reader: MappingReader, key: KeyShape, name: String, into sink: inout DiagnosticSink
    ) -> AggregateFunction? {
        guard let aggregate = AggregateFunction.allCases.first(where: { $0.name == key.name }) else {
            refuseCount(reader, of: key.name, into: &sink)
            return nil
        }
        guard let standIn = aggregate.rowLimit else {
            refuseCount(reader, of: key.name, into: &sink)
            return aggregate
        }
        let counts = AggregateFunction.lastNCounts
        guard reader.has(Shape.count) else {
            let example = "\(name): {last_n: amount, n: 5, window: 7d}"
            sink.report(.missingKey(Shape.count.name, in: reader.what, example: example, at: reader.keySpan(key)))
            return .lastN(standIn)
        }
        guard let text = reader.text(Shape.count, into: &sink) else { return .lastN(standIn) }
        guard let count = Int(text.text), counts.contains(count) else {
            let expected = "a whole number from \(counts.lowerBound) to \(counts.upperBound)"
            sink.report(.invalidSetting(Shape.count.name, expected: expected, found: text.text, at: text.span))
            return .lastN(standIn)
        }
        return .lastN(count)
    }

    private static func refuseCount(_ reader: MappingReader, of key: String, into sink: inout DiagnosticSink) {
        if reader.has(Shape.count) { sink.report(.countOutsideLastN(of: key, at: reader.keySpan(Shape.count))) }
    }

    /// The window. Where it is missing or wrong that is reported, and any length stands in for it, so that the argument
    /// is still checked.
    private static func window(
        _ reader: MappingReader, of aggregate: AggregateFunction, key: KeyShape, name: String, into sink: inout DiagnosticSink
    ) -> Period {
        guard reader.has(Shape.window) else {
            sink.report(.missingWindow(aggregate, of: name, at: reader.keySpan(key)))
            return Period(microseconds: 1)
        }
        return reader.period(Shape.window, into: &sink) ?? Period(microseconds: 1)
    }

    private static func argument(_ reader: MappingReader, key: KeyShape, into sink: inout DiagnosticSink) -> Argument? {
        guard let scalar = reader.scalar(key, into: &sink) else { return nil }
        if scalar.text.trimmingPrefix(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).elementsEqual("*") {
            return .rows(scalar)
        }
        return ExpressionParser.parse(scalar, into: &sink).map { .expression($0) }
    }
}
