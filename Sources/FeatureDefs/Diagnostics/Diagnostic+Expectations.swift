// AS0221, AS0222: what a source's rows are held to.
extension Diagnostic {
    static func expectationOfWrongType(
        _ key: String, of column: String, type: FeatureType, isQuoted: Bool, at span: SourceSpan
    ) -> Diagnostic {
        let help: String =
            switch type {
            case .string: "put it in quotes to make it a text"
            case .int64, .float64, .float32, .bool: isQuoted ? "write it without quotes" : "write a value of that type"
            case .timestamp: "write a time such as 2024-01-31T10:00:00Z"
            case .bytes, .uuid, .list, .vector: "write a value of that type"
            }
        return Diagnostic(
            .expectationOfWrongType, "`\(key)` of column `\(column)` must be \(type)", at: Label(span, "not \(type)"),
            help: [help]
        )
    }

    /// `needs`: "single values".
    static func expectationNotApplicable(
        _ key: String, to column: ColumnReference, needs: String, at span: SourceSpan
    ) -> Diagnostic {
        Diagnostic(
            .expectationNotApplicable, "`\(key)` is for columns of \(needs)",
            at: Label(span, "`\(column.name)` is \(column.storage.featureType)"), help: ["remove it"]
        )
    }
}
