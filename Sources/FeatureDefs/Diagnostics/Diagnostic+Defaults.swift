// AS0215, AS0216: what stands in for missing values.
extension Diagnostic {
    static func defaultOfWrongType(
        of feature: String, type: FeatureType, found: String, isQuoted: Bool, at span: SourceSpan
    ) -> Diagnostic {
        let help: String =
            switch type {
            case .string: "put it in quotes to make it a text: `default: \"\(found)\"`"
            case .int64, .float64, .float32, .bool:
                isQuoted && !found.isEmpty
                    ? "write it without quotes, if it is a value of that type" : "write a value of that type"
            case .timestamp: "write a time as in `default: 2024-01-31T10:00:00Z`"
            case .bytes: "write bytes in hexadecimal, as in `default: '\\x0a1b'`"
            case .list: "write it as Postgres writes an array, as in `default: '{}'`"
            case .vector: "write its numbers as Postgres writes an array, as in `default: '{0.5,0,1}'`"
            case .uuid: "write a uuid as in `default: 6f1c8a52-0000-4000-8000-000000000000`"
            }
        return Diagnostic(
            .defaultOfWrongType, "the default of feature `\(feature)` must be \(type)",
            at: Label(span, "not \(type)"), help: [help]
        )
    }

    static func defaultNeverUsed(of feature: String, aggregate: AggregateFunction, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .defaultNeverUsed, "feature `\(feature)` is a `\(aggregate.name)`, which is never missing", at: Label(span),
            help: ["without rows it is 0; remove the default"]
        )
    }
}
