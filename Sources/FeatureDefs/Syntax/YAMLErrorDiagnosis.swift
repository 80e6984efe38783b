import Yams

/// Says in our words, and at our places, what Yams could not read.
struct YAMLErrorDiagnosis {
    let source: SourceText

    func diagnostic(for error: any Error) -> Diagnostic {
        guard let error = error as? YamlError else { return .invalidYAML("\(error)", at: beginning) }
        switch error {
        case .scanner(let context?, _, _, _) where context.text.contains("alias"):
            // An unquoted `count: *`.
            return .unsupportedYAML("an alias", at: place(context.mark))
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            return diagnostic(problem, at: place(mark), context: context)
        case .composer(_, _, let mark, _):
            // The only thing Yams composes and we let through to it: an alias without its anchor.
            return .unsupportedYAML("an alias", at: place(mark))
        case .reader(let problem, _, _, _):
            return .invalidYAML(problem, at: firstForbiddenCharacter)
        case .memory:
            return .nestingTooDeep("YAML", limit: YAMLReader.depthLimit, at: beginning)
        case .duplicatedKeysInMapping(let keys, let context):
            return duplicate(keys.first ?? "", firstAt: place(context.mark))
        case .no, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return .invalidYAML("\(error)", at: beginning)
        }
    }

    private func diagnostic(_ problem: String, at span: SourceSpan, context: YamlError.Context?) -> Diagnostic {
        let offset = Int(span.utf8.lowerBound)
        let label = context.map { Diagnostic.Label(place($0.mark), $0.text) }
        guard offset < source.utf8.count else { return .invalidYAML(problem, at: span, context: label) }
        // libyaml stops at the tab, or at the value that the tab made it misread.
        let line = source.bytes(ofLine: source.line(at: offset))
        let indentation = source.utf8[line].prefix { $0 == 0x20 || $0 == 0x09 }
        if source.utf8[offset] == 0x09 { return .tab(at: source.span(offset..<offset + 1)) }
        if let tab = indentation.firstIndex(of: 0x09) { return .tab(at: source.span(tab..<tab + 1)) }
        return .invalidYAML(problem, at: span, context: label)
    }

    private func place(_ mark: Mark) -> SourceSpan {
        var locator = MarkLocator(source)
        return locator.firstByte(mark)
    }

    /// libyaml reads printable characters only; it names the offset in a way that Yams may lose.
    private var firstForbiddenCharacter: SourceSpan {
        for (offset, byte) in source.utf8.enumerated() where byte < 0x20 && ![0x09, 0x0A, 0x0D].contains(byte) || byte == 0x7F {
            return source.span(offset..<offset + 1)
        }
        return beginning
    }

    private var beginning: SourceSpan { source.span(0..<min(1, source.utf8.count)) }

    // MARK: Duplicate keys

    /// Yams tells the first place only. The second is the next line of the same mapping that begins with the key; in a
    /// flow mapping, the next place that reads like it.
    private func duplicate(_ key: String, firstAt first: SourceSpan) -> Diagnostic {
        let start = quoteSkipped(Int(first.utf8.lowerBound))
        let keyBytes = Array(key.utf8)
        let whole = source.span(start..<min(start + keyBytes.count, source.utf8.count))
        let second = secondInBlock(keyBytes, after: start) ?? secondInFlow(keyBytes, after: start)
        guard let second else { return .duplicateKey(key, at: whole, first: nil) }
        return .duplicateKey(key, at: source.span(second..<second + keyBytes.count), first: whole)
    }

    private func secondInBlock(_ key: [UInt8], after start: Int) -> Int? {
        let line = source.line(at: start)
        let column = start - source.lineStarts[line]
        let before = source.utf8[source.lineStarts[line]..<start]
        guard before.allSatisfy({ $0 == 0x20 || $0 == UInt8(ascii: "-") }) else { return nil }
        for next in source.lineStarts.indices.dropFirst(line + 1) {
            let bytes = source.bytes(ofLine: next)
            let indentation = source.utf8[bytes].prefix { $0 == 0x20 }.count
            if indentation == bytes.count { continue }
            if indentation < column { return nil }
            if indentation == column, isKey(key, at: bytes.lowerBound + column) { return quoteSkipped(bytes.lowerBound + column) }
        }
        return nil
    }

    private func secondInFlow(_ key: [UInt8], after start: Int) -> Int? {
        guard !key.isEmpty else { return nil }
        var offset = start + key.count
        while offset + key.count < source.utf8.count {
            let isStart = !isWordByte(source.utf8[offset - 1])
            if isStart, isKey(key, at: offset) { return quoteSkipped(offset) }
            offset += 1
        }
        return nil
    }

    private func isKey(_ key: [UInt8], at offset: Int) -> Bool {
        let start = quoteSkipped(offset)
        guard source.utf8[start...].starts(with: key) else { return false }
        return source.utf8[(start + key.count)...].first { $0 != 0x20 && $0 != 0x22 && $0 != 0x27 } == UInt8(ascii: ":")
    }

    private func quoteSkipped(_ offset: Int) -> Int {
        offset < source.utf8.count && (source.utf8[offset] == 0x22 || source.utf8[offset] == 0x27) ? offset + 1 : offset
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= 0x80 || Character(UnicodeScalar(byte)).isLetter
            || Character(UnicodeScalar(byte)).isNumber
    }
}
