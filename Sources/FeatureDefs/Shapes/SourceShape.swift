/// The keys of a source.
enum SourceShape {
    static let table = KeyShape.required(
        "table", .name(of: "a table"), example: "table: transactions",
        "A table or view of the offline store, `name` or `schema.name`.")
    static let query = KeyShape.optional(
        "query", .text, "In place of `table`, a `SELECT` whose rows are the source's.")
    static let eventTimestamp = KeyShape.required(
        "event_timestamp", .name(of: "a column"), example: "event_timestamp: occurred_at",
        "The column that says when a row's event happened. A row without one is never visible.")
    static let createdTimestamp = KeyShape.optional(
        "created_timestamp", .name(of: "a column"),
        "The column that says when a row could first be known. Without it, or where it is NULL, that is `delay` after the event.")
    static let delay = KeyShape.optional(
        "delay", .period(isPositive: false),
        "How long after its event a row is known, where no created timestamp says so. `0s` when left out.")
    static let expectations = KeyShape.optional(
        "expect", .mapping(ExpectationShape.shape), "What `asof check` holds the rows to.")

    static let shape = MappingShape(
        "source", title: "Sources", "Rows of the offline store, with their two times.",
        example: """
            sources:
              transactions:
                table: transactions
                event_timestamp: occurred_at
                created_timestamp: ingested_at
            """,
        keys: [table, query, eventTimestamp, createdTimestamp, delay, expectations] + NotesShape.keys,
        variants: [.init(table), .init(query)]
    )
}
