import Yams

/// Reads one file's YAML into located nodes.
struct YAMLReader {
    /// Definitions need six; this leaves room for mistakes to be seen as what they are.
    static let depthLimit = 50

    private let source: SourceText
    private var locator: MarkLocator

    /// The file's root, or nil when it is empty or not YAML (reported).
    static func read(_ file: SourceFile, as source: SourceText, into sink: inout DiagnosticSink) -> YAMLNode? {
        guard source.utf8.count <= SourceFile.sizeLimit else {
            sink.report(.fileTooLarge(limit: SourceFile.sizeLimit, at: source.span(0..<1)))
            return nil
        }
        guard !file.isUTF16 else {
            sink.report(.isUTF16(at: source.span(0..<1)))
            return nil
        }
        if let offsetInFile = file.invalidUTF8Offset {
            let byteOrderMark = file.text.utf8.count - source.utf8.count
            let offset = max(0, offsetInFile - byteOrderMark)
            sink.report(.notUTF8(at: source.span(offset..<min(offset + 3, source.utf8.count))))
            return nil
        }
        guard !AliasBomb.isLikely(in: source.utf8) else {
            sink.report(.unsupportedYAML("an alias", at: source.span(0..<1)))
            return nil
        }
        var reader = YAMLReader(source: source)
        return reader.read(into: &sink)
    }

    private init(source: SourceText) {
        self.source = source
        locator = MarkLocator(source)
    }

    private mutating func read(into sink: inout DiagnosticSink) -> YAMLNode? {
        // Yams hands libyaml a pointer into the string, which holds only for strings too long to be stored inline.
        var text = source.string(0..<source.utf8.count)
        if source.utf8.count < 16 { text += String(repeating: "\n", count: 16) }
        text.makeContiguousUTF8()
        do {
            // `.basic` resolves no types: definitions know theirs, and the default spends its time in regexes.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            guard let root = try parser.nextRoot() else { return nil }
            if let second = try parser.nextRoot() {
                sink.report(.multipleDocuments(at: locator.firstByte(second.mark)))
                return nil
            }
            // Nodes hold their anchors weakly: the parser owns them.
            return withExtendedLifetime(parser) { convert(root, depth: 0, into: &sink) }
        } catch {
            sink.report(YAMLErrorDiagnosis(source: source).diagnostic(for: error))
            return nil
        }
    }

    private mutating func convert(_ node: Node, depth: Int, into sink: inout DiagnosticSink) -> YAMLNode? {
        let start = locator.offset(node.mark)
        guard depth <= Self.depthLimit else {
            sink.report(.nestingTooDeep("YAML", limit: Self.depthLimit, at: locator.firstByte(node.mark)))
            return nil
        }
        guard node.anchor == nil else {
            sink.report(.unsupportedYAML("an anchor", at: locator.firstByte(node.mark)))
            return nil
        }
        guard Self.hasNoTag(node) else {
            sink.report(.unsupportedYAML("a tag", at: locator.firstByte(node.mark)))
            return nil
        }
        switch node {
        case .scalar(let scalar):
            return convert(scalar, start: start, into: &sink).map {
                YAMLNode(content: .scalar($0), start: start, source: source)
            }
        case .sequence(let sequence):
            var items: [YAMLNode] = []
            for item in sequence {
                if let converted = convert(item, depth: depth + 1, into: &sink) { items.append(converted) }
            }
            return YAMLNode(content: .sequence(items), start: start, source: source)
        case .mapping(let mapping):
            var entries: [YAMLNode.Entry] = []
            for (key, value) in mapping {
                let keyText = convertKey(key, into: &sink)
                let converted = convert(value, depth: depth + 1, into: &sink)
                if let keyText, let converted { entries.append(.init(key: keyText, value: converted)) }
            }
            return YAMLNode(content: .mapping(entries), start: start, source: source)
        case .alias:
            sink.report(.unsupportedYAML("an alias", at: locator.firstByte(node.mark)))
            return nil
        }
    }

    private mutating func convertKey(_ key: Node, into sink: inout DiagnosticSink) -> ScalarText? {
        let start = locator.offset(key.mark)
        guard key.anchor == nil else {
            sink.report(.unsupportedYAML("an anchor", at: locator.firstByte(key.mark)))
            return nil
        }
        guard case .scalar(let scalar) = key else {
            sink.report(.keyIsNotText(found: nil, at: locator.firstByte(key.mark)))
            return nil
        }
        guard Self.hasNoTag(key) else {
            sink.report(.unsupportedYAML("a tag", at: locator.firstByte(key.mark)))
            return nil
        }
        guard let text = convert(scalar, start: start, into: &sink) else { return nil }
        if text.style == .plain, text.text == "<<" {
            sink.report(.unsupportedYAML("a merge key", at: text.span))
            return nil
        }
        if text.style == .plain, ["", "~", "null", "true", "false"].contains(text.text.lowercased()) || Double(text.text) != nil {
            sink.report(.keyIsNotText(found: text.text, at: text.text.isEmpty ? locator.firstByte(key.mark) : text.span))
            return nil
        }
        return text
    }

    private func convert(_ scalar: Node.Scalar, start: Int, into sink: inout DiagnosticSink) -> ScalarText? {
        let style: ScalarText.Style =
            switch scalar.style {
            case .any, .plain: .plain
            case .singleQuoted: .singleQuoted
            case .doubleQuoted: .doubleQuoted
            case .literal, .folded: .block
            }
        let text = ScalarText(text: scalar.string, style: style, start: start, source: source)
        if let nul = scalar.string.utf8.firstIndex(of: 0) {
            let offset = scalar.string.utf8.distance(from: scalar.string.utf8.startIndex, to: nul)
            sink.report(.nulCharacter(at: text.span(of: offset..<offset + 1)))
            return nil
        }
        return text
    }

    /// Yams gives quoted scalars the tag of text.
    private static func hasNoTag(_ node: Node) -> Bool {
        let tag =
            switch node {
            case .scalar(let scalar): scalar.tag
            case .sequence(let sequence): sequence.tag
            case .mapping(let mapping): mapping.tag
            case .alias(let alias): alias.tag
            }
        return ["", Tag.Name.str.rawValue, Tag.Name.seq.rawValue, Tag.Name.map.rawValue].contains(tag.rawValue)
    }
}
