extension FeaturePlan {
    /// In words: `sum(amount) over 7d, or 0 when missing`.
    package var readableText: String {
        computation.readableText + (defaultValue.map { ", or \(CanonicalText.literal($0, of: type)) when missing" } ?? "")
    }
}

extension FeatureComputation {
    /// In words: `sum(amount) over 7d where country <> home_country`.
    package var readableText: String {
        switch self {
        case .latest(let expression, let filter):
            "latest \(expression.readableText)" + Self.condition(filter)
        case .window(let aggregate, let argument, let length, let filter):
            "\(aggregate.spelled(argument?.readableText ?? "*")) over \(length)" + Self.condition(filter)
        }
    }

    private static func condition(_ filter: TypedExpression<ColumnReference>?) -> String {
        filter.map { " where \($0.readableText)" } ?? ""
    }

    /// What selects the feature's rows among its view's.
    package var filter: TypedExpression<ColumnReference>? {
        switch self {
        case .latest(_, let filter), .window(_, _, _, let filter): filter
        }
    }

    /// What is taken of each row; nil for `*`.
    package var argument: TypedExpression<ColumnReference>? {
        switch self {
        case .latest(let expression, _): expression
        case .window(_, let argument, _, _): argument
        }
    }
}

extension SourcePlan.Relation {
    /// `table raw.transactions`, or the query on one line.
    package var readableText: String {
        switch self {
        case .table(let parts): "table " + parts.joined(separator: ".")
        case .query(let query):
            "query " + query.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }.joined(separator: " ")
        }
    }
}

extension Schedule {
    package var readableText: String { "every \(every), served \(lag) later" }
}
