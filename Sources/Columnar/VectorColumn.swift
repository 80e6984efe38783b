/// Rows of as many float32 each. Row `i` is `values[i * dimension ..< (i + 1) * dimension]`; a NULL has a place there too.
package struct VectorColumn: Sendable {
    package let dimension: Int
    package let values: ContiguousArray<Float>
    package let validity: Validity

    package init(dimension: Int, values: ContiguousArray<Float>, validity: Validity) {
        precondition(values.count == validity.count * dimension, "a vector column has its dimension's floats for each row")
        self.dimension = dimension
        self.values = values
        self.validity = validity
    }

    package var count: Int { validity.count }
}
