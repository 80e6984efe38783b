/// A YAML value of a definition file, with its place. Aliases, tags and non-text keys are gone: they are refused.
struct YAMLNode: Sendable {
    struct Entry: Sendable {
        let key: ScalarText
        let value: YAMLNode
    }

    enum Content: Sendable {
        case scalar(ScalarText)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    let content: Content
    /// Where it begins.
    let start: Int
    let source: SourceText

    /// A scalar's text; of a list or mapping its first byte.
    var span: SourceSpan {
        switch content {
        case .scalar(let scalar): scalar.text.isEmpty ? firstByte : scalar.span
        case .sequence, .mapping: firstByte
        }
    }

    private var firstByte: SourceSpan {
        let begin = min(start, source.utf8.count)
        return source.span(begin..<min(begin + 1, source.utf8.count))
    }

    /// Nothing written after the colon, or `null`.
    var isNull: Bool {
        guard case .scalar(let scalar) = content, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.text)
    }

    /// What it is, for "found a list".
    var kind: String {
        switch content {
        case .scalar: isNull ? "nothing" : "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
