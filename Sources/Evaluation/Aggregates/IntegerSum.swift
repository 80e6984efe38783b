/// A sum of int64s in 128 bits, which no number of rows overflows; whether it fits is judged when it is read.
package struct IntegerSum: Sendable {
    package private(set) var total: Int128 = 0

    package init() {}

    package mutating func add(_ value: Int64) { total += Int128(value) }

    /// Takes out a value that was added before.
    package mutating func remove(_ value: Int64) { total -= Int128(value) }

    package mutating func merge(_ other: IntegerSum) { total += other.total }

    /// `sum(x)::int8`
    package func narrowed() throws(EvaluationError) -> Int64 {
        guard let value = Int64(exactly: total) else { throw .integerOverflow }
        return value
    }

    /// `sum(x)::float8`, rounded once.
    package var rounded: Double { Double(total) }
}
