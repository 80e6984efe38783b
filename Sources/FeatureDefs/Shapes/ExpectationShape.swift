/// The keys of a source's `expect`: what its rows are held to.
enum ExpectationShape {
    static let freshness = KeyShape.optional(
        "freshness", .period(isPositive: true), "How old the newest visible row's event may be.")
    static let unique = KeyShape.optional(
        "unique", .list(of: .name(of: "a column"), mayBeEmpty: false),
        "Columns that together identify a row. A row with a NULL among them is equal to no other.")
    static let columns = KeyShape.optional(
        "columns", .entries(key: .text("a column"), of: .mapping(ColumnExpectationShape.shape), mayBeEmpty: false),
        "What single columns are held to.")
    static let gate = KeyShape.optional(
        "gate", .flag,
        "Whether `asof materialize` and `asof push` refuse rows that break any of this, without being asked by `--gate`. `false` when left out."
    )

    static let shape = MappingShape(
        "expectations", title: "Expectations", "What `asof check` holds the rows of a source to.",
        example: """
            sources:
              transactions:
                table: transactions
                event_timestamp: occurred_at
                expect:
                  freshness: 2h
                  unique: [transaction_id]
                  columns:
                    amount: {type: float64, min: 0, max: 100000, nulls: 0, gate: true}
                    country: {in: [DE, FR, IT], nulls: 0.02, allow: 0.001}
            """,
        keys: [freshness, unique, columns, gate])
}

/// The keys of what one column is held to.
enum ColumnExpectationShape {
    static let type = KeyShape.optional(
        "type", .type, "The type that the column has for expressions; `float64` of a decimal column.")
    static let minimum = KeyShape.optional(
        "min", .constant, "The least value, itself allowed. NULL is judged by `nulls` alone.")
    static let maximum = KeyShape.optional("max", .constant, "The greatest value, itself allowed.")
    static let domain = KeyShape.optional("in", .list(of: .constant, mayBeEmpty: false), "All values there may be.")
    static let nulls = KeyShape.optional("nulls", .number(0...1), "The greatest share of rows that may be NULL.")
    static let nans = KeyShape.optional(
        "nans", .number(0...1),
        "The greatest share of values that may be NaN. Left out, a NaN lies outside of every `min` and `max`.")
    static let allowed = KeyShape.optional(
        "allow", .number(0...1), "The share of values that may break `min`, `max` and `in`. `0` when left out.")
    static let gate = KeyShape.optional("gate", .flag, "As that of the source, for this column alone.")

    static let shape = MappingShape(
        "column_expectations", title: "Expectations of a column",
        "What `asof check` holds a column to. A share is exact to nine decimals.",
        example: "columns: {amount: {min: 0, max: 100000, nulls: 0.01}}",
        keys: [type, minimum, maximum, domain, nulls, nans, allowed, gate])
}
