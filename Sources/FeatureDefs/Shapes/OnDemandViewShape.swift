/// The keys of an on-demand feature view.
enum OnDemandViewShape {
    static let views = KeyShape.optional(
        "views", .entries(key: .name(of: "a view"), of: .mapping(ViewAliasShape.shape), mayBeEmpty: true),
        "Feature views under names of this view's own, to read one by several columns.")
    static let request = KeyShape.optional(
        "request", .entries(key: .name(of: "a request input"), of: .type, mayBeEmpty: true),
        "What the caller sends with each lookup, with types; in training, columns of the spine.")
    static let features = KeyShape.required(
        "features",
        .entries(
            key: .name(of: "a feature"), of: .either(.expression, .mapping(OnDemandFeatureShape.shape)), mayBeEmpty: false),
        example: "features: {ratio: \"amount / card_activity.spend_7d\"}",
        "The features: expressions over request inputs and other features, written `view.feature`.")

    static let shape = MappingShape(
        "on_demand_feature_view", title: "On-demand feature views",
        "Features computed at the time of asking, from other features and from what is sent along.",
        example: """
            on_demand_feature_views:
              ticket_ratio:
                request: {amount: float64}
                features:
                  amount_vs_usual: "amount / nullif(card_activity.spend_7d / card_activity.txn_count_7d, 0)"
            """,
        keys: [views, request, features] + NotesShape.keys
    )
}

/// The keys of a name for a view, under `views`.
enum ViewAliasShape {
    static let view = KeyShape.required(
        "view", .name(of: "a feature view"), example: "view: airport_delays", "The feature view that is meant.")
    static let keys = KeyShape.optional(
        "keys", .entries(key: .text("join key"), of: .name(of: "a column"), mayBeEmpty: true),
        "From which of the caller's columns its join keys are read, where the names differ.")

    static let shape = MappingShape(
        "view_alias", title: "Names for views", "A feature view under another name, read by other columns.",
        example: "views: {origin: {view: airport_delays, keys: {airport: origin_airport}}}", keys: [view, keys])
}

/// The keys of an on-demand feature in its long form.
enum OnDemandFeatureShape {
    static let expression = KeyShape.required(
        "expression", .expression, example: "expression: \"amount / 2\"", "The feature's value.")

    static let shape = MappingShape(
        "on_demand_feature", title: "On-demand features", "An expression with notes.",
        example: "ratio: {expression: \"amount / 2\", description: Half of it}",
        keys: [expression, ToleranceShape.key] + NotesShape.keys)
}
