// AS02xx: types that do not fit.
extension Diagnostic {
    static func operandMismatch(
        _ operation: String, _ left: FeatureType, _ right: FeatureType, at span: SourceSpan, leftAt: SourceSpan,
        rightAt: SourceSpan
    ) -> Diagnostic {
        let help: String =
            switch (left, right) {
            case (.string, let other) where other.isNumeric, (let other, .string) where other.isNumeric:
                "`'1'` is a string and `1` a number: write both sides alike, or convert the column in a source query"
            case (.timestamp, .string), (.string, .timestamp): "write a time as in `timestamp '2024-01-31T10:00:00Z'`"
            case (.bool, _), (_, .bool):
                "write `true` or `false` for a bool, or turn it into a number with `case when b then 1 else 0 end`"
            case (_, _): "both sides must have one type"
            }
        return Diagnostic(
            .operandMismatch, "`\(operation)` cannot take \(left) and \(right)", at: Label(span),
            also: [Label(leftAt, left.description), Label(rightAt, right.description)], help: [help]
        )
    }

    static func wrongArgumentType(_ operation: String, takes expected: String, found: FeatureType, at span: SourceSpan)
        -> Diagnostic
    {
        let help: [String] =
            switch found {
            case .timestamp: ["`extract(epoch from t)` makes a number of a time, `a - b` of two"]
            case .bool: ["`case when b then 1 else 0 end` makes a number of a bool"]
            case .string: expected.contains("float64") ? ["convert the column in a source query"] : []
            case .list: ["`length(x)` is the number of a list's elements; for more, take it apart in a source query"]
            case .int64, .float64, .float32, .bytes, .uuid, .vector: []
            }
        return Diagnostic(
            .wrongArgumentType, "`\(operation)` takes \(expected), not \(found)", at: Label(span, found.description),
            help: help
        )
    }

    static func wrongArgumentCount(_ function: String, takes expected: String, found: Int, at span: SourceSpan) -> Diagnostic {
        Diagnostic(.wrongArgumentCount, "`\(function)` takes \(expected), not \(found)", at: Label(span))
    }

    static func filterIsNotBool(found: FeatureType, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .filterIsNotBool, "a filter must be bool, not \(found)", at: Label(span, found.description),
            help: ["compare it with something, as in `status = 'settled'`"]
        )
    }

    static func aggregateOfWrongType(_ aggregate: AggregateFunction, found: FeatureType?, at span: SourceSpan) -> Diagnostic {
        let taken = FeatureType.scalars.filter { aggregate.resultType(of: $0) != nil }.map(\.description).joined(separator: ", ")
        let found = found?.description ?? "`*`"
        return Diagnostic(
            .aggregateOfWrongType, "`\(aggregate.name)` cannot take \(found)", at: Label(span, found),
            help: ["it takes \(taken)"]
        )
    }

    static func aggregateOfList(_ aggregate: AggregateFunction, found: FeatureType, at span: SourceSpan) -> Diagnostic {
        let taken = AggregateFunction.allCases.filter { $0.resultType(of: found) != nil }.map { "`\($0.name)`" }
        return Diagnostic(
            .aggregateOfList, "`\(aggregate.name)` takes single values, not a \(found)", at: Label(span, found.description),
            help: [
                "for a \(found) there are `latest`, \(taken.joined(separator: ", "))",
                "to aggregate its elements make rows of them in a source query, with `unnest`",
            ]
        )
    }

    static func unorderedType(_ operation: String, _ type: FeatureType, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .unorderedType, "`\(operation)` needs an order, and a \(type) has none", at: Label(span, type.description),
            help: ["lists and vectors can be compared with `=` and `<>` only"]
        )
    }

    static func countOutsideLastN(of key: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .countOutsideLastN, "`n` belongs to `last_n`, and this is `\(key)`", at: Label(span),
            help: ["remove `n`, or write `last_n: x, n: 5` for a list of the last 5 values"]
        )
    }

    static func untypedNull(at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .untypedNull, "nothing says which type this `null` has", at: Label(span),
            help: ["write `cast(null as float64)` for a null of that type"]
        )
    }

    static func comparisonWithNull(_ operation: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .comparisonWithNull, "`\(operation)` with `null` is neither true nor false, whatever the other side is",
            at: Label(span), help: ["write `x is null` or `x is not null`"])
    }

    static func unknownType(_ name: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(.unknownType, "unknown type `\(name)`", at: Label(span), help: [helpForType(name)])
    }

    private static func helpForType(_ name: String) -> String {
        if let type = foreignTypes[name.lowercased()] { return "write `\(type)`" }
        if name.hasSuffix("[]") {
            let element = String(name.dropLast(2))
            if let type = FeatureType(foreignTypes[element] ?? element)?.scalar { return "write `list<\(type.rawValue)>`" }
        }
        if let element = FeatureType.parameter(of: "list", in: name) {
            if let type = foreignTypes[element.lowercased()] { return "write `list<\(type)>`" }
            return "a list is of one of \(FeatureType.scalars.map(\.description).joined(separator: ", "))"
        }
        if name.lowercased() == "vector" || FeatureType.parameter(of: "vector", in: name) != nil {
            let lengths = FeatureType.vectorLengths
            return "write the number of elements, \(lengths.lowerBound) to \(lengths.upperBound), as in `vector<384>`"
        }
        return Suggestion.help(for: name, among: FeatureType.spellings, available: "types") ?? ""
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
            .floatJoinKey, "join key `\(name)` cannot be \(type)",
            at: Label(span, type.isFloatingPoint ? "not exact" : "not a single value"),
            help: [
                (type.isFloatingPoint ? "equality of floats is not plain" : "a key is one value of a column")
                    + "; use \(FeatureType.scalars.filter(\.isAllowedAsJoinKey).map(\.description).joined(separator: ", "))"
            ]
        )
    }

    static func joinKeyTypeMismatch(
        _ name: String, entity: String, declared: FeatureType, source: String, found: String, at span: SourceSpan,
        declaredAt: SourceSpan
    ) -> Diagnostic {
        Diagnostic(
            .joinKeyTypeMismatch,
            "join key `\(name)` of entity `\(entity)` is \(declared), but \(found) in source `\(source)`",
            at: Label(span, "joins on `\(name)`"), also: [Label(declaredAt, "declared \(declared) here")],
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
            help: [
                "convert it in a source query, as in `query: SELECT ..., \(name)::\(neighbour(of: databaseType)) AS \(name) FROM ...`"
            ]
        )
    }

    /// The nearest type that features can have.
    private static func neighbour(of databaseType: String) -> String {
        if databaseType == "vector" || databaseType.hasPrefix("vector(") { return "real[]" }
        guard databaseType.hasSuffix("[]") else { return "text" }
        if databaseType.hasPrefix("numeric") { return "float8[]" }
        return databaseType.hasPrefix("timestamp") || databaseType.hasPrefix("date") ? "timestamptz[]" : "text[]"
    }

    static func invalidCast(from: FeatureType, to: String, at span: SourceSpan) -> Diagnostic {
        Diagnostic(
            .invalidCast, "cannot cast \(from) to \(to)", at: Label(span, from.description),
            help: [
                "`cast` turns numbers into int64 or float64 and a list<float32> into a vector; convert others in a source query"
            ]
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
