/// A feature's `tolerance` as written: sound in itself, not yet held against the feature's type.
struct ToleranceDefinition: Sendable {
    let equality: ValueEquality
    /// The key or word that says how numbers are compared, if any does.
    let numbersKey: Key?
    /// The key or word that says what a list's order means.
    let listKey: Key?

    struct Key: Sendable {
        let name: String
        let span: SourceSpan
    }
}

extension ToleranceDefinition {
    private typealias Shape = ToleranceShape

    /// The feature's tolerance; nil when it has none, or one with a mistake (reported).
    init?(of feature: MappingReader, into sink: inout DiagnosticSink) {
        guard let node = feature.node(Shape.key) else { return nil }
        if case .scalar(let word) = node.content, !node.isNull {
            self.init(word: word, into: &sink)
            return
        }
        let span = feature.keySpan(Shape.key)
        guard let reader = MappingReader(node, what: "`tolerance`", shape: Shape.shape, at: span, into: &sink) else { return nil }
        self.init(reader, at: span, into: &sink)
    }

    private init?(word: ScalarText, into sink: inout DiagnosticSink) {
        switch word.text {
        case "exact": self.init(equality: ValueEquality(numbers: .exact), numbersKey: nil, listKey: nil)
        case "float32":
            self.init(equality: ValueEquality(numbers: .float32), numbersKey: Key(name: word.text, span: word.span), listKey: nil)
        default:
            guard let lists = ValueEquality.Lists(rawValue: word.text), lists != .ordered else {
                sink.report(
                    .invalidSetting(
                        Shape.key.name, expected: "\(Self.list(Shape.words)), or a mapping such as `{rel: 1e-6}`",
                        found: word.text, at: word.span))
                return nil
            }
            self.init(
                equality: ValueEquality(numbers: ValueEquality.standard.numbers, lists: lists), numbersKey: nil,
                listKey: Key(name: word.text, span: word.span))
        }
    }

    private init?(_ reader: MappingReader, at span: SourceSpan, into sink: inout DiagnosticSink) {
        let ways = [Shape.relative, Shape.absolute, Shape.unitsInLastPlace, Shape.decimals, Shape.cosine].filter(reader.has)
        let isPair = ways.map(\.name) == [Shape.relative.name, Shape.absolute.name]
        if ways.count > 1, !isPair {
            let keys = ways.map { (name: $0.name, span: reader.keySpan($0)) }.sorted { $0.span < $1.span }
            sink.report(.conflictingKeys(keys[1].name, keys[0].name, in: reader.what, at: keys[1].span, and: keys[0].span))
            return nil
        }
        guard !ways.isEmpty || reader.has(Shape.list) else {
            if reader.unknown.isEmpty { sink.report(.emptyList(Shape.key.name, in: "the feature", at: span)) }
            return nil
        }
        var isSound = true
        var lists = ValueEquality.Lists.ordered
        if reader.has(Shape.list) {
            let word = reader.text(Shape.list, into: &sink)
            if let word, let meant = ValueEquality.Lists(rawValue: word.text), meant != .ordered {
                lists = meant
            } else {
                if let word {
                    sink.report(
                        .invalidSetting(Shape.list.name, expected: "`set` or `multiset`", found: word.text, at: word.span))
                }
                isSound = false
            }
        }
        func number(_ key: KeyShape, in range: ClosedRange<Double>) -> Double? {
            guard let text = reader.text(key, into: &sink) else { return nil }
            if let number = Double(text.text), range.contains(number) { return number }
            sink.report(.invalidSetting(key.name, expected: key.value.words, found: text.text, at: text.span))
            return nil
        }
        func whole(_ key: KeyShape, in range: ClosedRange<Int>) -> Int? {
            guard let text = reader.text(key, into: &sink) else { return nil }
            if let number = Int(text.text), range.contains(number) { return number }
            sink.report(.invalidSetting(key.name, expected: key.value.words, found: text.text, at: text.span))
            return nil
        }
        var numbers: ValueEquality.Numbers? = ValueEquality.standard.numbers
        var cosine: Double?
        if reader.has(Shape.relative) || reader.has(Shape.absolute) {
            let relative = reader.has(Shape.relative) ? number(Shape.relative, in: 0...1) : 0
            let absolute = reader.has(Shape.absolute) ? number(Shape.absolute, in: 0...1e9) : 0
            numbers = relative.flatMap { relative in absolute.map { .within(relative: relative, absolute: $0) } }
        } else if reader.has(Shape.unitsInLastPlace) {
            numbers = whole(Shape.unitsInLastPlace, in: 1...1_000_000).map { .unitsInLastPlace($0) }
        } else if reader.has(Shape.decimals) {
            numbers = whole(Shape.decimals, in: 0...15).map { .decimals($0) }
        } else if reader.has(Shape.cosine) {
            cosine = number(Shape.cosine, in: 0...1)
            isSound = isSound && cosine != nil
        }
        guard isSound, reader.unknown.isEmpty, let numbers else { return nil }
        self.init(
            equality: ValueEquality(numbers: numbers, lists: lists, cosine: cosine),
            numbersKey: ways.first.map { Key(name: $0.name, span: reader.keySpan($0)) },
            listKey: reader.has(Shape.list) ? Key(name: Shape.list.name, span: reader.keySpan(Shape.list)) : nil)
    }

    /// `exact`, `float32`, `set` or `multiset`
    private static func list(_ words: [String]) -> String {
        words.dropLast().map { "`\($0)`" }.joined(separator: ", ") + words.suffix(1).map { " or `\($0)`" }.joined()
    }
}
