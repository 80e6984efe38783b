/// What definitions may be called: names become columns of training sets, and so are identifiers that Postgres keeps whole.
enum NameRule {
    /// Postgres cuts longer identifiers.
    static let byteLimit = 63
    /// What compiled SQL calls its own tables and columns.
    static let reservedPrefix = "asof_"

    /// The rule as a regular expression, for JSON Schema.
    static let pattern = "^(?!\(reservedPrefix))(?!.*__)[A-Za-z_][A-Za-z0-9_]{0,\(byteLimit - 1)}$"

    static func check(_ name: ScalarText, of what: String, into sink: inout DiagnosticSink) {
        guard let reason = fault(in: name.text) else { return }
        sink.report(.invalidName(name.text, of: what, reason: reason, at: name.span))
    }

    /// A feature's full name, `view__feature`, must be a column's name too.
    static func check(feature: ScalarText, of view: ScalarText, into sink: inout DiagnosticSink) {
        if let reason = fault(in: feature.text) {
            sink.report(.invalidName(feature.text, of: "a feature", reason: reason, at: feature.span))
        } else if view.text.utf8.count + 2 + feature.text.utf8.count > byteLimit {
            let reason = "`\(view.text)__\(feature.text)` is longer than \(byteLimit) bytes"
            sink.report(.invalidName(feature.text, of: "a feature", reason: reason, at: feature.span))
        }
    }

    /// A view's name in a service, which begins its features' columns: `origin__last_delay`.
    static func check(alias: ScalarText, of features: [String], into sink: inout DiagnosticSink) {
        guard let longest = features.max(by: { $0.utf8.count < $1.utf8.count }),
            alias.text.utf8.count <= byteLimit, alias.text.utf8.count + 2 + longest.utf8.count > byteLimit
        else { return }
        let reason = "`\(alias.text)__\(longest)` is longer than \(byteLimit) bytes"
        sink.report(.invalidName(alias.text, of: "a view", reason: reason, at: alias.span))
    }

    private static func fault(in name: String) -> String? {
        guard let first = name.utf8.first else { return "empty" }
        guard name.utf8.count <= byteLimit else { return "longer than \(byteLimit) bytes" }
        guard !name.hasPrefix(reservedPrefix) else { return "begins with `\(reservedPrefix)`, which asof keeps for itself" }
        guard !isDigit(first) else { return "begins with a digit" }
        guard name.utf8.allSatisfy({ isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "_") }) else {
            return "has other characters"
        }
        // Between view and feature it separates the two.
        guard !name.contains("__") else { return "has a double `_`" }
        return nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func isLetter(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
    }
}
