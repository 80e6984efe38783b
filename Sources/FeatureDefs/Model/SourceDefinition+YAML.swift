extension SourceDefinition {
    private typealias Shape = SourceShape

    /// `transactions: {table: transactions, event_timestamp: occurred_at, created_timestamp: ingested_at, delay: 0s}`
    init(_ entry: YAMLNode.Entry, into sink: inout DiagnosticSink) {
        name = entry.key
        let what = "source `\(entry.key.text)`"
        guard let reader = MappingReader(entry.value, what: what, shape: Shape.shape, at: entry.key.span, into: &sink) else {
            (relation, relationText, eventTimestamp, createdTimestamp, delay) = (nil, nil, nil, nil, .zero)
            expectations = nil
            notes = DefinitionNotes()
            return
        }
        (relation, relationText) = Self.relation(reader, into: &sink)
        eventTimestamp = reader.text(Shape.eventTimestamp, into: &sink)
        createdTimestamp = reader.text(Shape.createdTimestamp, into: &sink)
        delay = reader.period(Shape.delay, into: &sink) ?? .zero
        expectations = reader.node(Shape.expectations).flatMap {
            ExpectationsDefinition($0, at: reader.keySpan(Shape.expectations), into: &sink)
        }
        notes = reader.notes(into: &sink)
    }

    private static func relation(
        _ reader: MappingReader, into sink: inout DiagnosticSink
    ) -> (SourcePlan.Relation?, ScalarText?) {
        if reader.has(Shape.table), reader.has(Shape.query) {
            let (table, query) = (reader.keySpan(Shape.table), reader.keySpan(Shape.query))
            sink.report(
                .conflictingKeys("query", "table", in: reader.what, at: max(table, query), and: min(table, query))
            )
            return (nil, nil)
        }
        if reader.has(Shape.query) {
            guard let text = reader.text(Shape.query, into: &sink) else { return (nil, nil) }
            // Ends are trimmed so that the query can stand inside another one.
            let query = String(text.text.reversed().drop { $0.isWhitespace || $0 == ";" }.reversed())
            guard !query.isEmpty else {
                sink.report(.wrongShape(of: "`query`", expected: "a SELECT", found: "nothing", at: text.span))
                return (nil, nil)
            }
            return (.query(query), text)
        }
        guard let text = reader.text(Shape.table, into: &sink) else { return (nil, nil) }
        let parts = text.text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.count <= NameRule.byteLimit }) else {
            sink.report(.invalidSetting("table", expected: "`name` or `schema.name`", found: text.text, at: text.span))
            return (nil, nil)
        }
        // Compiled SQL has tables of its own with such names, which would stand before the user's.
        guard parts.count == 2 || !text.text.hasPrefix(NameRule.reservedPrefix) else {
            let expected = "`schema.name` for a table whose name starts with `\(NameRule.reservedPrefix)`"
            sink.report(.invalidSetting("table", expected: expected, found: text.text, at: text.span))
            return (nil, nil)
        }
        return (.table(parts), text)
    }
}
