/// One mistake in the definitions, with its place and its mend.
package struct Diagnostic: Error, Hashable, Sendable {
    package enum Severity: String, Hashable, Sendable, Codable {
        case error
        case warning
    }

    /// A place with a short text about it.
    package struct Label: Hashable, Sendable {
        package let span: SourceSpan
        /// May be empty: the place alone says it.
        package let text: String

        package init(_ span: SourceSpan, _ text: String = "") {
            self.span = span
            self.text = text
        }
    }

    package let severity: Severity
    package let code: DiagnosticCode
    /// Stands alone, one line.
    package let message: String
    package let primary: Label
    /// Other places that took part.
    package let secondary: [Label]
    /// What to write instead.
    package let help: [String]

    /// Private to the folder by habit: every diagnostic is made by the static function of its code.
    init(
        _ code: DiagnosticCode,
        _ message: String,
        at primary: Label,
        also secondary: [Label] = [],
        help: [String] = []
    ) {
        severity = .error
        self.code = code
        self.message = message
        self.primary = primary
        self.secondary = secondary
        self.help = help
    }
}
