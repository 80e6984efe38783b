/// The keys of a feature's `tolerance`, and the words that stand for a whole one.
enum ToleranceShape {
    static let relative = KeyShape.optional(
        "rel", .number(0...1), "Equal when apart by at most this share of the greater one.")
    static let absolute = KeyShape.optional("abs", .number(0...1e9), "Equal when apart by at most this much.")
    static let unitsInLastPlace = KeyShape.optional(
        "ulp", .wholeNumber(1...1_000_000), "Equal when at most so many representable numbers apart.")
    static let decimals = KeyShape.optional(
        "decimals", .wholeNumber(0...15), "Equal when the same after rounding to so many decimals.")
    static let cosine = KeyShape.optional(
        "cosine", .number(0...1),
        "For vectors: equal when their directions are apart by at most this (1 - cos), their lengths by 1e-4 of each other and no "
            + "element by more than 1e-4.")
    static let list = KeyShape.optional(
        "list", .word(["set", "multiset"]),
        "For lists: `set` ignores order and repetition, `multiset` order alone.")

    /// `tolerance: float32`
    static let words = ["exact", "float32", "set", "multiset"]

    static let shape = MappingShape(
        "tolerance", title: "Tolerances",
        "When a served value counts as equal to the recomputed one, in `asof skew`. Changes no value: nothing is materialized anew. "
            + "Without one floats are equal within `{rel: 1e-9, abs: 1e-12}`, and everything else exactly. `exact`, `float32` (the "
            + "same after rounding to float32), `set` and `multiset` stand alone. One way of comparing numbers at a time: `rel` and "
            + "`abs` (either suffices), `ulp`, `decimals` or `cosine`.",
        example: """
            features:
              spend_7d: {sum: amount, window: 7d, tolerance: {rel: 1e-6}}
              last_countries: {last_n: country, n: 5, window: 30d, tolerance: multiset}
            """,
        keys: [relative, absolute, unitsInLastPlace, decimals, cosine, list])

    static let key = KeyShape.optional(
        "tolerance", .either(.word(words), .mapping(shape)), "When `asof skew` takes two values of the feature for equal.")
}
