/// Diagnostics for machines: what `--json` prints, one element each, the place's members among its own.
///
///     {"code": "AS0102", "message": "unknown column `amuont`", "file": "features/orders.yaml", "line": 14, "column": 19, ...}
package struct DiagnosticReport: Hashable, Sendable, Encodable {
    /// A place: lines and columns from 1, columns in characters; offsets in bytes of UTF-8; ends are past the last one.
    package struct Place: Hashable, Sendable, Encodable {
        package let file: String
        package let line: Int
        package let column: Int
        package let endLine: Int
        package let endColumn: Int
        package let offset: Int
        package let endOffset: Int
        package let label: String
    }

    package let code: DiagnosticCode
    package let severity: Diagnostic.Severity
    package let message: String
    package let place: Place
    package let related: [Place]
    package let help: [String]

    private enum CodingKeys: String, CodingKey {
        case code, severity, message, related, help
    }

    package func encode(to encoder: any Encoder) throws {
        try place.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(code, forKey: .code)
        try container.encode(severity, forKey: .severity)
        try container.encode(message, forKey: .message)
        try container.encode(related, forKey: .related)
        try container.encode(help, forKey: .help)
    }
}

extension Diagnostics {
    package var reports: [DiagnosticReport] {
        all.map { diagnostic in
            DiagnosticReport(
                code: diagnostic.code,
                severity: diagnostic.severity,
                message: diagnostic.message,
                place: place(diagnostic.primary),
                related: diagnostic.secondary.map(place),
                help: diagnostic.help
            )
        }
    }

    private func place(_ label: Diagnostic.Label) -> DiagnosticReport.Place {
        let excerpt = SourceExcerpt(label.span, in: sources)
        return DiagnosticReport.Place(
            file: excerpt.path,
            line: excerpt.line,
            column: excerpt.column,
            endLine: excerpt.endLine,
            endColumn: excerpt.endColumn,
            offset: Int(label.span.utf8.lowerBound),
            endOffset: Int(label.span.utf8.upperBound),
            label: label.text
        )
    }
}

extension Diagnostics: CustomStringConvertible {
    /// The text a terminal shows, without colour.
    package var description: String { DiagnosticRenderer().text(self) }
}
