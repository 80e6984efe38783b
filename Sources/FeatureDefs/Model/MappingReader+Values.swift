/// The kinds of value that several definitions share: periods, types, notes.
extension MappingReader {
    /// A period above 0, or of 0 or more, as the key's shape has it.
    func period(_ key: KeyShape, into sink: inout DiagnosticSink) -> Period? {
        guard let scalar = text(key, into: &sink) else { return nil }
        guard let period = Period(scalar.text) else {
            sink.report(.invalidPeriod(scalar.text, key: key.name, at: scalar.span))
            return nil
        }
        if case .period(isPositive: true) = key.value, period <= .zero {
            sink.report(.periodNotPositive(period, key: key.name, at: scalar.span))
            return nil
        }
        guard period >= .zero else {
            sink.report(.negativePeriod(period, key: key.name, at: scalar.span))
            return nil
        }
        return period
    }

    /// `true` or `false`; nil when the key is absent.
    func flag(_ key: KeyShape, into sink: inout DiagnosticSink) -> Bool? {
        guard let scalar = text(key, into: &sink) else { return nil }
        switch (scalar.style, scalar.text.lowercased()) {
        case (.plain, "true"): return true
        case (.plain, "false"): return false
        default:
            sink.report(.invalidSetting(key.name, expected: "`true` or `false`", found: scalar.text, at: scalar.span))
            return nil
        }
    }

    /// A number from 0 to 1; nil when the key is absent.
    func share(_ key: KeyShape, into sink: inout DiagnosticSink) -> Share? {
        guard let scalar = text(key, into: &sink) else { return nil }
        guard scalar.style == .plain, let number = Double(scalar.text), let share = Share(number) else {
            sink.report(.invalidSetting(key.name, expected: "a number from 0 to 1", found: scalar.text, at: scalar.span))
            return nil
        }
        return share
    }

    /// A type's name; nil when the key is absent.
    func type(_ key: KeyShape, into sink: inout DiagnosticSink) -> FeatureType? {
        guard let scalar = text(key, into: &sink) else { return nil }
        guard let type = FeatureType(scalar.text) else {
            sink.report(.unknownType(scalar.text, at: scalar.span))
            return nil
        }
        return type
    }

    /// `{name: type, ...}`
    static func types(
        of entries: [YAMLNode.Entry], what: String, into sink: inout DiagnosticSink
    ) -> [(name: ScalarText, type: FeatureType?, typeSpan: SourceSpan)] {
        entries.map { entry in
            NameRule.check(entry.key, of: what, into: &sink)
            guard case .scalar(let scalar) = entry.value.content, !entry.value.isNull else {
                sink.report(
                    .wrongShape(
                        of: "the type of `\(entry.key.text)`", expected: "a type's name", found: entry.value.kind,
                        at: entry.key.span))
                return (entry.key, nil, entry.key.span)
            }
            guard let type = FeatureType(scalar.text) else {
                sink.report(.unknownType(scalar.text, at: scalar.span))
                return (entry.key, nil, scalar.span)
            }
            return (entry.key, type, scalar.span)
        }
    }

    func notes(into sink: inout DiagnosticSink) -> DefinitionNotes {
        var tags: [String: String] = [:]
        for entry in mapping(NotesShape.tags, into: &sink) {
            guard case .scalar(let scalar) = entry.value.content else {
                sink.report(
                    .wrongShape(
                        of: "tag `\(entry.key.text)`", expected: "a single value", found: entry.value.kind, at: entry.value.span))
                continue
            }
            tags[entry.key.text] = scalar.text
        }
        return DefinitionNotes(
            description: scalar(NotesShape.description, into: &sink)?.text,
            owner: scalar(NotesShape.owner, into: &sink)?.text,
            tags: tags
        )
    }
}
