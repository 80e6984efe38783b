extension SQLExpression {
    /// A `float4[]` of so many elements, none NULL: itself, or an error, which the cast of a text that is no array raises and
    /// whose message holds the text. NULL stays NULL.
    func vector(ofLength count: Int) -> SQLExpression {
        let list = operand(atLeast: .primary)
        let length = SQLFragment(number: count)
        return SQLExpression(
            """
            CASE WHEN cardinality(\(list)) <> \(length) OR array_position(\(list), NULL) IS NOT NULL \
            THEN ('a vector has \(length) elements, none NULL; this list has ' || cardinality(\(list)))::float4[] \
            ELSE \(list) END
            """,
            .primary
        )
    }
}
