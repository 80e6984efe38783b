/// Reads the keys of one mapping: reports those it does not know, and values of the wrong shape.
struct MappingReader {
    /// As messages name the mapping: "feature `spend_7d`".
    let what: String
    /// Where a missing key is reported: at the mapping's name.
    let span: SourceSpan
    private let entries: [String: YAMLNode.Entry]

    init?(_ node: YAMLNode, what: String, known: [String], at span: SourceSpan, into sink: inout DiagnosticSink) {
        guard case .mapping(let entries) = node.content else {
            sink.report(.wrongShape(of: what, expected: "a mapping", found: node.kind, at: node.isNull ? span : node.span))
            return nil
        }
        self.what = what
        self.span = span
        for entry in entries where !known.contains(entry.key.text) {
            sink.report(.unknownKey(entry.key.text, in: what, known: known, at: entry.key.span))
        }
        self.entries = Dictionary(entries.map { ($0.key.text, $0) }) { first, _ in first }
    }

    func node(_ key: String) -> YAMLNode? { entries[key]?.value }

    func keySpan(_ key: String) -> SourceSpan { entries[key]?.key.span ?? span }

    func has(_ key: String) -> Bool { entries[key] != nil }

    /// A single value; nil when the key is absent, or its value is not one (reported).
    func scalar(_ key: String, into sink: inout DiagnosticSink) -> ScalarText? {
        guard let node = node(key) else { return nil }
        guard case .scalar(let scalar) = node.content else {
            sink.report(.wrongShape(of: "`\(key)`", expected: "a single value", found: node.kind, at: node.span))
            return nil
        }
        return scalar
    }

    /// A single value that must say something.
    func text(_ key: String, into sink: inout DiagnosticSink) -> ScalarText? {
        guard let scalar = scalar(key, into: &sink) else { return nil }
        guard !scalar.text.isEmpty else {
            sink.report(.wrongShape(of: "`\(key)`", expected: "a text", found: "nothing", at: keySpan(key)))
            return nil
        }
        return scalar
    }

    /// A single value, which may be the empty text in quotes.
    func value(_ key: String, into sink: inout DiagnosticSink) -> ScalarText? {
        guard let node = node(key) else { return nil }
        guard !node.isNull else {
            sink.report(.wrongShape(of: "`\(key)`", expected: "a value", found: node.kind, at: keySpan(key)))
            return nil
        }
        return scalar(key, into: &sink)
    }

    /// As `text`, and the key must be there.
    func requiredText(_ key: String, example: String, into sink: inout DiagnosticSink) -> ScalarText? {
        guard has(key) else {
            sink.report(.missingKey(key, in: what, example: example, at: span))
            return nil
        }
        return text(key, into: &sink)
    }

    /// An expression; nil when the key is absent or the expression has a mistake (reported).
    func expression(_ key: String, into sink: inout DiagnosticSink) -> ParsedExpression? {
        guard let scalar = scalar(key, into: &sink) else { return nil }
        return ExpressionParser.parse(scalar, into: &sink)
    }

    /// The entries of a mapping under a key, in the order written.
    func mapping(_ key: String, into sink: inout DiagnosticSink) -> [YAMLNode.Entry] {
        guard let node = node(key), !node.isNull else { return [] }
        guard case .mapping(let entries) = node.content else {
            sink.report(.wrongShape(of: "`\(key)`", expected: "a mapping", found: node.kind, at: node.span))
            return []
        }
        return entries
    }

    /// The entries of a mapping that must be there and not empty.
    func requiredMapping(_ key: String, example: String, into sink: inout DiagnosticSink) -> [YAMLNode.Entry] {
        guard let node = node(key) else {
            sink.report(.missingKey(key, in: what, example: example, at: span))
            return []
        }
        if case .mapping(let entries) = node.content, entries.isEmpty {
            sink.report(.emptyList(key, in: what, at: keySpan(key)))
        } else if node.isNull {
            sink.report(.emptyList(key, in: what, at: keySpan(key)))
        }
        return mapping(key, into: &sink)
    }

    /// The items of a list that must be there and not empty, unless it may be.
    func requiredSequence(
        _ key: String, example: String, mayBeEmpty: Bool = false, into sink: inout DiagnosticSink
    ) -> [YAMLNode] {
        guard let node = node(key) else {
            sink.report(.missingKey(key, in: what, example: example, at: span))
            return []
        }
        if node.isNull {
            sink.report(.emptyList(key, in: what, at: keySpan(key)))
            return []
        }
        guard case .sequence(let items) = node.content else {
            sink.report(.wrongShape(of: "`\(key)`", expected: "a list", found: node.kind, at: node.span))
            return []
        }
        if items.isEmpty, !mayBeEmpty { sink.report(.emptyList(key, in: what, at: keySpan(key))) }
        return items
    }

    /// The names of a list that must be there.
    func requiredNames(_ key: String, example: String, mayBeEmpty: Bool, into sink: inout DiagnosticSink) -> [ScalarText] {
        requiredSequence(key, example: example, mayBeEmpty: mayBeEmpty, into: &sink).compactMap { item in
            guard case .scalar(let scalar) = item.content, !scalar.text.isEmpty else {
                sink.report(.wrongShape(of: "an entry of `\(key)`", expected: "a name", found: item.kind, at: item.span))
                return nil
            }
            return scalar
        }
    }
}
