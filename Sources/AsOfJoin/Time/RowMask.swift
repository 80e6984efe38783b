package import Columnar

/// Which rows of a source count: those where a condition is true, not false and not NULL.
package struct RowMask: Sendable {
    package let passes: ContiguousArray<Bool>

    package init(passes: ContiguousArray<Bool>) {
        self.passes = passes
    }

    package init(_ condition: PrimitiveColumn<Bool>) {
        let validity = condition.validity
        passes =
            validity.nullCount == 0
            ? condition.values
            : ContiguousArray(condition.values.indices.lazy.map { condition.values[$0] && validity.isValid($0) })
    }

    /// Rows that pass both; nil passes all.
    package static func both(_ lhs: RowMask?, _ rhs: RowMask?) -> RowMask? {
        guard let lhs else { return rhs }
        guard let rhs else { return lhs }
        return RowMask(passes: ContiguousArray(zip(lhs.passes, rhs.passes).lazy.map { $0 && $1 }))
    }

    @inline(__always)
    subscript(row: Int32) -> Bool { passes[Int(row)] }
}
