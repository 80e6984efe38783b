/// The keys of a feature service.
enum FeatureServiceShape {
    static let features = KeyShape.required(
        "features",
        .list(of: .either(.name(of: "a view, or `view.feature`"), .mapping(ServiceEntryShape.shape)), mayBeEmpty: false),
        example: "features: [card_activity]", "The features, in the model's order. A view stands for all of its features.")
    static let log = KeyShape.optional(
        "log", .mapping(ServiceLogShape.shape), "Whether what is served is logged, for `asof skew`.")

    static let shape = MappingShape(
        "feature_service", title: "Feature services", "The features that one model reads.",
        example: """
            feature_services:
              fraud_v1:
                features: [card_activity, ticket_ratio.amount_vs_usual]
                log: {sample: 1.0}
            """,
        keys: [features, log] + NotesShape.keys
    )
}

/// The keys of an entry of a service's `features` in its long form.
enum ServiceEntryShape {
    static let view = KeyShape.optional("view", .name(of: "a view"), "A view: all of its features.")
    static let feature = KeyShape.required(
        "feature", .name(of: "`view.feature`"), example: "feature: card_activity.spend_7d, as: spend", "One feature.")
    static let alias = KeyShape.optional(
        "as", .name(of: "a view or feature"),
        "What the service calls it: a view's name before its features', or the feature's own.")
    static let keys = ViewAliasShape.keys

    static let shape = MappingShape(
        "feature_service_entry", title: "Entries of a feature service", "Features under names of the service's own.",
        example: """
            features:
              - {view: airport_delays, as: origin, keys: {airport: origin_airport}}
              - {feature: card_activity.spend_7d, as: spend}
            """,
        keys: [view, feature, alias, keys], variants: [.init(view), .init(feature)])
}

/// The keys of a service's `log`.
enum ServiceLogShape {
    static let sample = KeyShape.required(
        "sample", .number(0...1), example: "log: {sample: 1.0}", "The share of entity keys whose lookups are logged.")

    static let shape = MappingShape(
        "feature_service_log", title: "Logs of a feature service", "What is logged of what is served.",
        example: "log: {sample: 0.1}", keys: [sample])
}
