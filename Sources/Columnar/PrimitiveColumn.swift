/// Rows of one fixed-width type. A NULL has a place in `values`, whose content says nothing.
package struct PrimitiveColumn<Element: BitwiseCopyable & Hashable & Sendable>: Sendable {
    package internal(set) var values: ContiguousArray<Element>
    package internal(set) var validity: Validity

    package init() {
        values = []
        validity = Validity()
    }

    /// Rows without a NULL.
    package init(_ values: ContiguousArray<Element>) {
        self.values = values
        validity = Validity(validCount: values.count)
    }

    package init(_ values: ContiguousArray<Element>, validity: Validity) {
        precondition(values.count == validity.count, "a column has a value and a validity for each row")
        self.values = values
        self.validity = validity
    }

    package var count: Int { values.count }

    /// The row's value, or nil for NULL.
    package subscript(index: Int) -> Element? {
        validity.isValid(index) ? values[index] : nil
    }

    package mutating func reserveCapacity(_ rows: Int) {
        values.reserveLarge(rows)
    }

    @inline(__always)
    package mutating func append(_ value: Element) {
        values.append(value)
        validity.appendValid()
    }

    /// Appends a NULL; `placeholder` takes its place among the values.
    package mutating func appendNull(placeholder: Element) {
        values.append(placeholder)
        validity.appendNull()
    }
}
