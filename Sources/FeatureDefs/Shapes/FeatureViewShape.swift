/// The keys of a feature view and its schedule.
enum FeatureViewShape {
    static let entities = KeyShape.required(
        "entities", .list(of: .name(of: "an entity"), mayBeEmpty: true), example: "entities: [card]",
        "Whose features they are: one value for each combination of their join keys. `[]`: one value for everybody.")
    static let source = KeyShape.required(
        "source", .name(of: "a source"), example: "source: transactions", "Whose rows the features are computed from.")
    static let filter = KeyShape.optional("filter", .expression, "A condition: other rows count for none of the view's features.")
    static let schedule = KeyShape.optional(
        "schedule", .mapping(ScheduleShape.shape),
        "When the view is computed. Window features need one to be served; without one they can be trained on.")
    static let ttl = KeyShape.optional(
        "ttl", .period(isPositive: true), "The greatest age of a `latest` value: an older one is NULL.")
    static let features = KeyShape.required(
        "features", .entries(key: .name(of: "a feature"), of: .mapping(FeatureShape.shape), mayBeEmpty: false),
        example: "features: {amount: {latest: amount}}", "The features, by name.")

    static let shape = MappingShape(
        "feature_view", title: "Feature views", "Features of one entity, computed from the rows of one source.",
        example: """
            feature_views:
              card_activity:
                entities: [card]
                source: transactions
                filter: "status = 'settled'"
                schedule: {every: 1h, lag: 5m}
                ttl: 30d
                features:
                  last_amount: {latest: amount}
                  spend_7d: {sum: amount, window: 7d}
            """,
        keys: [entities, source, filter, schedule, ttl, features] + NotesShape.keys
    )
}

/// The keys of a `schedule`.
enum ScheduleShape {
    static let every = KeyShape.required(
        "every", .period(isPositive: true), example: "schedule: {every: 1h, lag: 5m}",
        "The view is computed as of every whole multiple of this, counted from 1970-01-01.")
    static let lag = KeyShape.optional(
        "lag", .period(isPositive: false), "How long after that the value is served. `0s` when left out.")

    static let shape = MappingShape(
        "schedule", title: "Schedules", "When a feature view is computed, and from when on that is served.",
        example: "schedule: {every: 1h, lag: 5m}", keys: [every, lag])
}
