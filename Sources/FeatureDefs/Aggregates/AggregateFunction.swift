/// An aggregate over the rows of a window, `c - W < e <= c` (DESIGN §2). NULL arguments are not counted, but by `first` and
/// `last_n`.
package enum AggregateFunction: Hashable, Sendable {
    /// `*` counts rows, an expression its non-NULL values. int64; an empty window gives 0.
    case count
    /// The different non-NULL values of any type, counted exactly: NaN is one value, -0.0 is 0.0, text differs by its
    /// bytes, lists by their elements. int64; an empty window gives 0.
    case distinctCount
    /// int64 of int64 (overflow is an error), float64 of floats. An empty window gives NULL.
    case sum
    /// float64: the exact sum over the count. An empty window gives NULL.
    case mean
    /// The sample variance and its square root, float64 of numbers: `Σ(x - mean)² / (n - 1)`. NULL for fewer than two
    /// values, NaN where one is NaN or infinite. A strategy may miss the exact value by what float64 addition loses, at
    /// most 1e-12 of it: the sum is one of squares, so the value is its own sum of magnitudes (DESIGN §2, Numbers).
    /// Values more than 1e150 apart may overflow, which is an error; closer than 1e-150, digits are lost.
    case variance, stddev
    /// Of the argument's type, in the order of `FeatureValueOrder`. An empty window gives NULL.
    case min, max
    /// Of the argument's type: its value, NULL or not, on the row with the least (event, available) time, ties broken
    /// as for `latest` and the other way round. An empty window gives NULL. Like every aggregate's, the argument is
    /// computed on all rows of the window, and an error on one is an error.
    case first
    /// A list of the argument's values, NULL or not, on the last so many rows of the window, or all where there are fewer:
    /// newest first, in the order in which `latest` prefers rows, so that the first element is the latest one and a
    /// smaller number gives the start of the same list. Of scalars only. An empty window gives NULL, not an empty list.
    case lastN(Int)
}

extension AggregateFunction {
    /// How many rows `last_n` may look back.
    package static let lastNCounts = 1...1000

    /// The type of the result for an argument's type (nil: `*`), or nil when the aggregate does not take it.
    package func resultType(of argument: FeatureType?) -> FeatureType? {
        switch (self, argument) {
        case (.count, _), (.distinctCount, .some): .int64
        case (.sum, .int64): .int64
        case (.sum, .float64), (.sum, .float32): .float64
        case (.mean, .int64), (.mean, .float64), (.mean, .float32): .float64
        case (.variance, .some(let type)), (.stddev, .some(let type)): type.isNumeric ? .float64 : nil
        case (.min, .some(let type)), (.max, .some(let type)): Self.isOrdered(type) ? type : nil
        case (.first, .some(let type)): type
        case (.lastN, .some(let type)): type.scalar.map { .list($0) }
        case (.distinctCount, nil), (.sum, _), (.mean, _), (.variance, nil), (.stddev, nil), (.min, nil), (.max, nil),
            (.first, nil), (.lastN, nil):
            nil
        }
    }

    /// The value over no rows.
    package var valueWhenNoRows: FeatureValue {
        switch self {
        case .count, .distinctCount: .int64(0)
        case .sum, .mean, .variance, .stddev, .min, .max, .first, .lastN: .null
        }
    }

    /// Whether it picks rows by their times, so that a view's tie-break has a say in it.
    package var choosesRows: Bool {
        switch self {
        case .first, .lastN: true
        case .count, .distinctCount, .sum, .mean, .variance, .stddev, .min, .max: false
        }
    }

    /// Postgres 15 has no `min` or `max` of bool, bytea or uuid.
    private static func isOrdered(_ type: FeatureType) -> Bool {
        switch type {
        case .int64, .float64, .float32, .string, .timestamp: true
        case .bool, .bytes, .uuid, .list, .vector: false
        }
    }
}
