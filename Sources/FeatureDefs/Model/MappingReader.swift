/// Reads the keys of one mapping: reports those that its shape does not know, those that it misses, and values of the wrong shape.
struct MappingReader {
    /// As messages name the mapping: "feature `spend_7d`".
    let what: String
    /// Where a missing key is reported: at the mapping's name.
    let span: SourceSpan
    /// Entries with keys that the shape does not have.
    let unknown: [YAMLNode.Entry]
    private let entries: [String: YAMLNode.Entry]

    /// Reports unknown keys, and a value that is no mapping: nil then.
    init?(_ node: YAMLNode, what: String, shape: MappingShape, at span: SourceSpan, into sink: inout DiagnosticSink) {
        self.init(unchecked: node, what: what, shape: shape, at: span, into: &sink)
        for entry in unknown { sink.report(.unknownKey(entry.key.text, in: what, known: shape.keyNames, at: entry.key.span)) }
    }

    /// Leaves it to the caller to report the unknown keys.
    init?(unchecked node: YAMLNode, what: String, shape: MappingShape, at span: SourceSpan, into sink: inout DiagnosticSink) {
        guard case .mapping(let entries) = node.content else {
            sink.report(.wrongShape(of: what, expected: "a mapping", found: node.kind, at: node.isNull ? span : node.span))
            return nil
        }
        self.what = what
        self.span = span
        unknown = entries.filter { entry in !shape.keys.contains { $0.name == entry.key.text } }
        self.entries = Dictionary(entries.map { ($0.key.text, $0) }) { first, _ in first }
    }

    func node(_ key: KeyShape) -> YAMLNode? { entries[key.name]?.value }

    func keySpan(_ key: KeyShape) -> SourceSpan { entries[key.name]?.key.span ?? span }

    func has(_ key: KeyShape) -> Bool { entries[key.name] != nil }

    /// The value of a key; nil when it is absent, which is reported if the key must be there.
    private func value(_ key: KeyShape, into sink: inout DiagnosticSink) -> YAMLNode? {
        if let node = node(key) { return node }
        if let example = key.example { sink.report(.missingKey(key.name, in: what, example: example, at: span)) }
        return nil
    }

    /// A single value; nil when the key is absent, or its value is not one (reported).
    func scalar(_ key: KeyShape, into sink: inout DiagnosticSink) -> ScalarText? {
        guard let node = value(key, into: &sink) else { return nil }
        guard case .scalar(let scalar) = node.content else {
            sink.report(.wrongShape(of: "`\(key.name)`", expected: "a single value", found: node.kind, at: node.span))
            return nil
        }
        return scalar
    }

    /// A single value that must say something.
    func text(_ key: KeyShape, into sink: inout DiagnosticSink) -> ScalarText? {
        guard let scalar = scalar(key, into: &sink) else { return nil }
        guard !scalar.text.isEmpty else {
            sink.report(.wrongShape(of: "`\(key.name)`", expected: "a text", found: "nothing", at: keySpan(key)))
            return nil
        }
        return scalar
    }

    /// A single value, which may be the empty text in quotes.
    func constant(_ key: KeyShape, into sink: inout DiagnosticSink) -> ScalarText? {
        guard let node = node(key) else { return nil }
        guard !node.isNull else {
            sink.report(.wrongShape(of: "`\(key.name)`", expected: "a value", found: node.kind, at: keySpan(key)))
            return nil
        }
        return scalar(key, into: &sink)
    }

    /// An expression; nil when the key is absent or the expression has a mistake (reported).
    func expression(_ key: KeyShape, into sink: inout DiagnosticSink) -> ParsedExpression? {
        guard let scalar = scalar(key, into: &sink) else { return nil }
        return ExpressionParser.parse(scalar, into: &sink)
    }

    /// The entries of a mapping under a key, in the order written. Of a key that must be there they must be some.
    func mapping(_ key: KeyShape, into sink: inout DiagnosticSink) -> [YAMLNode.Entry] {
        guard let node = value(key, into: &sink) else { return [] }
        if node.isNull {
            reportEmpty(key, into: &sink)
            return []
        }
        guard case .mapping(let entries) = node.content else {
            sink.report(.wrongShape(of: "`\(key.name)`", expected: "a mapping", found: node.kind, at: node.span))
            return []
        }
        if entries.isEmpty { reportEmpty(key, into: &sink) }
        return entries
    }

    /// The items of a list, in the order written, unless the shape allows none.
    func sequence(_ key: KeyShape, into sink: inout DiagnosticSink) -> [YAMLNode] {
        guard let node = value(key, into: &sink) else { return [] }
        if node.isNull {
            sink.report(.emptyList(key.name, in: what, at: keySpan(key)))
            return []
        }
        guard case .sequence(let items) = node.content else {
            sink.report(.wrongShape(of: "`\(key.name)`", expected: "a list", found: node.kind, at: node.span))
            return []
        }
        if items.isEmpty { reportEmpty(key, into: &sink) }
        return items
    }

    private func reportEmpty(_ key: KeyShape, into sink: inout DiagnosticSink) {
        guard !key.value.mayBeEmpty else { return }
        sink.report(.emptyList(key.name, in: what, at: keySpan(key)))
    }

    /// The names of a list.
    func names(_ key: KeyShape, into sink: inout DiagnosticSink) -> [ScalarText] {
        sequence(key, into: &sink).compactMap { item in
            guard case .scalar(let scalar) = item.content, !scalar.text.isEmpty else {
                sink.report(.wrongShape(of: "an entry of `\(key.name)`", expected: "a name", found: item.kind, at: item.span))
                return nil
            }
            return scalar
        }
    }
}

extension ValueShape {
    fileprivate var mayBeEmpty: Bool {
        switch self {
        case .list(_, let mayBeEmpty), .entries(_, _, let mayBeEmpty): mayBeEmpty
        case .text, .name, .expression, .rowsOrExpression, .period, .type, .number, .wholeNumber, .constant, .word, .flag,
            .mapping, .either:
            true
        }
    }
}
