// AS0001 to AS0016: what YAML cannot say, or says in the wrong shape.
extension Diagnostic {
    /// `context`: what libyaml was reading, and where that began.
    static func invalidYAML(_ problem: String, at span: SourceSpan, context: Label? = nil) -> Diagnostic {
        Diagnostic(
            .invalidYAML, "this is not valid YAML: \(problem)", at: Label(span), also: context.map { [$0] } ?? [],
            help: [
                "check the indentation and the quotes around here; an expression with `: `, `#` or quotes needs quotes around it"
            ]
        )
    }

    static func notUTF8(at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .notUTF8, "the file is not UTF-8", at: Label(span, "this byte begins no character"), help: ["save the file as UTF-8"])
    }

    static func isUTF16(at span: SourceSpan) -> Diagnostic {
        Diagnostic(.notUTF8, "the file is UTF-16, not UTF-8", at: Label(span), help: ["save the file as UTF-8"])
    }

    static func tab(at span: SourceSpan) -> Diagnostic {
        Diagnostic(.tab, "YAML does not allow a tab here", at: Label(span, "a tab"), help: ["indent with blanks"])
    }

    static func duplicateKey(_ key: String, at span: SourceSpan, first: SourceSpan?) -> Diagnostic {
        Diagnostic(
            .duplicateKey, "`\(key)` is written twice in one mapping",
            at: Label(span, first == nil ? "the first of them" : "again"),
            also: first.map { [Label($0, "first written here")] } ?? [], help: ["remove one of them, or rename it"]
        )
    }

    static func unsupportedYAML(_ what: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .unsupportedYAML, "definitions do not use YAML's anchors, aliases, merge keys and tags", at: Label(span, "\(what)"),
            help: ["write the value out where it is used; a text that begins with `*`, `&` or `!` needs quotes"]
        )
    }

    static func keyIsNotText(found: String?, at span: SourceSpan) -> Diagnostic {
        let found = found.map { $0.isEmpty ? "nothing" : "`\($0)`" } ?? "a list or mapping"
        return Diagnostic(
            .keyIsNotText, "a key must be a name, not \(found)", at: Label(span), help: ["begin the name with a letter"])
    }

    static func multipleDocuments(at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .multipleDocuments, "the file holds more than one YAML document", at: Label(span, "the second begins here"),
            help: ["remove the `---`, or put the second document in a file of its own"]
        )
    }

    static func fileTooLarge(limit: Int, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .fileTooLarge, "the file has more than \(limit) bytes", at: Label(span),
            help: ["split it: all files of the folder form one project"]
        )
    }

    static func nestingTooDeep(_ what: String, limit: Int, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .nestingTooDeep, "this \(what) is more than \(limit) levels deep", at: Label(span),
            help: ["split it into several features, or compute it in a source query"]
        )
    }

    static func wrongShape(of what: String, expected: String, found: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(.wrongShape, "\(what) must be \(expected), not \(found)", at: Label(span, "expected \(expected)"))
    }

    static func unknownKey(_ key: String, in what: String, known: [String], at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .unknownKey, "\(what) has no key `\(key)`", at: Label(span, "unknown key"),
            // The end of a call that YAML cut at its comma.
            help: key.hasSuffix(")") ? [commaInBraces] : Suggestion.help(for: key, among: known).map { [$0] } ?? []
        )
    }

    static func missingKey(_ key: String, in what: String, example: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .missingKey, "\(what) needs `\(key)`", at: Label(span, "has no `\(key)`"), help: ["write, for example, `\(example)`"])
    }

    static func conflictingKeys(_ key: String, _ other: String, in what: String, at span: SourceSpan, and first: SourceSpan)
        -> Diagnostic
    {
        Diagnostic(
            .conflictingKeys, "\(what) cannot have both `\(other)` and `\(key)`", at: Label(span, "a second one"),
            also: [Label(first, "the first one")], help: ["keep one of them"]
        )
    }

    static func nulCharacter(at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .nulCharacter, "texts cannot hold the NUL character", at: Label(span), help: ["Postgres has no such text; remove it"])
    }

    static func invalidSetting(_ key: String, expected: String, found: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(.invalidSetting, "`\(key)` must be \(expected), not `\(found)`", at: Label(span, "expected \(expected)"))
    }

    static func emptyList(_ key: String, in what: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(.emptyList, "\(what) needs at least one entry under `\(key)`", at: Label(span, "nothing here"))
    }
}
