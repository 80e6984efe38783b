/// Rows of lists. Row `i` is the elements `offsets[i] ..< offsets[i + 1]`, which may be NULL; a NULL row is empty there.
package struct ListColumn: Sendable {
    /// One more than there are rows; the first is 0.
    package let offsets: ContiguousArray<Int>
    package let elements: Column
    package let validity: Validity

    package init(offsets: ContiguousArray<Int>, elements: Column, validity: Validity) {
        precondition(offsets.count == validity.count + 1, "a list column has an offset before each row and one at the end")
        precondition(offsets.last == elements.count, "a list column's last offset is its number of elements")
        self.offsets = offsets
        self.elements = elements
        self.validity = validity
    }

    package var count: Int { validity.count }
}
