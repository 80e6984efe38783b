// AS02xx: types that do not fit.
extension Diagnostic {
    static func operandMismatch(
        _ operation: String, _ left: FeatureType, _ right: FeatureType, at span: SourceSpan, leftAt: SourceSpan,
        rightAt: SourceSpan
    ) -> Diagnostic {
        let help: String =
            switch (left, right) {
            case (.string, let other) where other.isNumeric:
                "write the number without quotes, or convert the column in a source query"
            case (let other, .string) where other.isNumeric:
                "write the number without quotes, or convert the column in a source query"
            case (.timestamp, .string), (.string, .timestamp): "write a time as in `timestamp '2024-01-31T10:00:00Z'`"
            case (.bool, _), (_, .bool):
                "write `true` or `false` for a bool, or turn it into a number with `case when b then 1 else 0 end`"
            case (_, _): "both sides must have one type"
            }
        return Diagnostic(
            .operandMismatch, "`\(operation)` cannot take \(left.rawValue) and \(right.rawValue)", at: Label(span),
            also: [Label(leftAt, left.rawValue), Label(rightAt, right.rawValue)], help: [help]
        )
    }

    static func wrongArgumentType(_ operation: String, takes expected: String, found: FeatureType, at span: SourceSpan)
        -> Diagnostic
    {
        let help: [String] =
            switch found {
            case .timestamp: ["`extract(epoch from t)` makes a number of a time, `seconds_between(a, b)` of two"]
            case .bool: ["`case when b then 1 else 0 end` makes a number of a bool"]
            case .string: expected.contains("float64") ? ["convert the column in a source query"] : []
            case .int64, .float64, .float32, .bytes, .uuid: []
            }
        return Diagnostic(
            .wrongArgumentType, "`\(operation)` takes \(expected), not \(found.rawValue)", at: Label(span, found.rawValue),
            help: help
        )
    }

    static func wrongArgumentCount(_ function: String, takes expected: String, found: Int, at span: SourceSpan) -> Diagnostic {
        Diagnostic(.wrongArgumentCount, "`\(function)` takes \(expected), not \(found)", at: Label(span))
    }

    static func filterIsNotBool(found: FeatureType, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .filterIsNotBool, "a filter must be bool, not \(found.rawValue)", at: Label(span, found.rawValue),
            help: ["compare it with something, as in `status = 'settled'`"]
        )
    }

    static func aggregateOfWrongType(_ aggregate: AggregateFunction, found: FeatureType?, at span: SourceSpan) -> Diagnostic {
        let taken = FeatureType.allCases.filter { aggregate.resultType(of: $0) != nil }.map(\.rawValue).joined(separator: ", ")
        let found = found?.rawValue ?? "`*`"
        return Diagnostic(
            .aggregateOfWrongType, "`\(aggregate.rawValue)` cannot take \(found)", at: Label(span, found),
            help: ["it takes \(taken)"]
        )
    }

    static func untypedNull(at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .untypedNull, "nothing says which type this `null` has", at: Label(span),
            help: ["write `cast(null as float64)` for a null of that type"]
        )
    }

    static func unknownType(_ name: String, known: [String], at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .unknownType, "unknown type `\(name)`", at: Label(span),
            help: (Self.foreignTypes[name.lowercased()].map { ["write `\($0)`"] })
                ?? Suggestion.help(for: name, among: known, available: "types").map { [$0] } ?? []
        )
    }

    /// What other systems call our types.
    private static let foreignTypes: [String: String] = [
        "int": "int64", "integer": "int64", "bigint": "int64", "int8": "int64", "int32": "int64", "long": "int64",
        "float": "float64", "double": "float64", "real": "float32", "number": "float64", "numeric": "float64",
        "decimal": "float64",
        "text": "string", "varchar": "string", "str": "string", "boolean": "bool", "datetime": "timestamp",
        "timestamptz": "timestamp",
        "date": "timestamp", "bytea": "bytes", "binary": "bytes",
    ]

    static func floatJoinKey(_ name: String, type: FeatureType, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .floatJoinKey, "join key `\(name)` cannot be \(type.rawValue)", at: Label(span, "not exact"),
            help: [
                "equality of floats is not plain; use \(FeatureType.allCases.filter(\.isAllowedAsJoinKey).map(\.rawValue).joined(separator: ", "))"
            ]
        )
    }

    static func joinKeyTypeMismatch(
        _ name: String, entity: String, declared: FeatureType, source: String, found: String, at span: SourceSpan,
        declaredAt: SourceSpan
    ) -> Diagnostic {
        Diagnostic(
            .joinKeyTypeMismatch,
            "join key `\(name)` of entity `\(entity)` is \(declared.rawValue), but \(found) in source `\(source)`",
            at: Label(span, "joins on `\(name)`"), also: [Label(declaredAt, "declared \(declared.rawValue) here")],
            help: ["declare the type the column has, or convert the column in a source query"]
        )
    }

    static func decimalColumn(_ name: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .decimalColumn, "column `\(name)` is numeric, which no feature type holds exactly", at: Label(span, "numeric"),
            help: ["write `lossy_float64(\(name))` to accept float64's rounding, or convert it in a source query"]
        )
    }

    static func unsupportedColumn(_ name: String, databaseType: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .unsupportedColumn, "column `\(name)` has the type \(databaseType), which features cannot have",
            at: Label(span, databaseType),
            help: ["convert it in a source query, as in `query: SELECT ..., \(name)::text AS \(name) FROM ...`"]
        )
    }

    static func invalidCast(from: FeatureType, to: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .invalidCast, "cannot cast \(from.rawValue) to \(to)", at: Label(span, from.rawValue),
            help: ["`cast` turns numbers into int64 or float64; convert others in a source query"]
        )
    }

    static func lossyFloat64NeedsDecimal(at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .wrongArgumentType, "`lossy_float64` takes a numeric column, and nothing else", at: Label(span),
            help: ["write `cast(x as float64)` for other numbers"]
        )
    }

    static func constantFails(_ reason: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .constantFails, "this constant cannot be computed: \(reason)", at: Label(span),
            help: ["Postgres computes constants before it looks at any row, even in a branch that is never taken"]
        )
    }

    static func unknownField(_ name: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .unknownField, "`extract` knows no field `\(name)`", at: Label(span),
            help: Suggestion.help(for: name, among: TimestampField.allCases.map(\.rawValue)).map { [$0] } ?? []
        )
    }
}
