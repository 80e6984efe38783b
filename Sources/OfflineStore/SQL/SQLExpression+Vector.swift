extension SQLExpression {
    /// A `float4[]` of so many elements, none NULL: itself, or an error, which the cast of a text that is no array raises and
    /// whose message holds the text. NULL stays NULL.
    func vector(ofLength count: Int) -> SQLExpression {
        let length = SQLFragment(number: count)
        let array = storedArray ?? operand(atLeast: .primary)
        // What is a list already has one dimension and counts from 1.
        let isNested: SQLFragment = storedArray == nil ? "" : "array_ndims(\(array)) > 1 OR "
        let list: SQLFragment = storedArray == nil ? array : "\(array)[:]"
        return SQLExpression(
            """
            CASE WHEN cardinality(\(array)) <> \(length) OR \(isNested)array_position(\(array), NULL) IS NOT NULL \
            THEN ('a vector has \(length) elements in one dimension, none NULL; this array has ' || cardinality(\(array)))::float4[] \
            ELSE \(list) END
            """,
            .primary
        )
    }
}
