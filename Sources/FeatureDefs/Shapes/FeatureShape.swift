/// The keys of a feature: `latest` or one aggregate, and what goes with it.
enum FeatureShape {
    static let latest = KeyShape.optional(
        "latest", .expression, "The expression on the entity's latest visible row that passes the filters.")
    static let window = KeyShape.optional(
        "window", .period(isPositive: true), "How far back the aggregate looks from the cut: rows with `cut - window < e <= cut`."
    )
    static let count = KeyShape.optional(
        "n", .wholeNumber(AggregateFunction.lastNCounts), "How many rows `last_n` takes.")
    static let filter = KeyShape.optional("filter", .expression, "A condition: other rows do not count for this feature.")
    static let defaultValue = KeyShape.optional(
        "default", .constant,
        "What stands in for NULL, online and in training alike: a value of the feature's type. Texts in quotes.")

    static let aggregates = AggregateFunction.allCases.map(key)

    static let shape = MappingShape(
        "feature", title: "Features", "A value of each entity at each instant: its latest row's, or an aggregate over a window.",
        example: """
            features:
              last_country: {latest: lower(country), default: "unknown"}
              txn_count_7d: {count: "*", window: 7d}
              abroad_spend_7d: {sum: amount, window: 7d, filter: "country <> home_country"}
              last_amounts: {last_n: amount, n: 5, window: 30d}
            """,
        keys: [latest] + aggregates + [count, window, filter, defaultValue, ToleranceShape.key] + NotesShape.keys,
        variants: [.init(latest, without: [window, count])]
            + AggregateFunction.allCases.map { aggregate in
                aggregate.rowLimit == nil
                    ? .init(key(aggregate), window, without: [count]) : .init(key(aggregate), window, count)
            }
    )

    private static func key(_ aggregate: AggregateFunction) -> KeyShape {
        .optional(
            aggregate.name, aggregate.resultType(of: nil) == nil ? .expression : .rowsOrExpression, aggregate.referenceText)
    }
}
