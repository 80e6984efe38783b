/// An aggregate over the rows of a window, `c - W < e <= c` (DESIGN §2). NULL arguments are not counted.
package enum AggregateFunction: String, Hashable, Sendable, Codable, CaseIterable {
    /// `*` counts rows, an expression its non-NULL values. int64; an empty window gives 0.
    case count
    /// int64 of int64 (overflow is an error), float64 of floats. An empty window gives NULL.
    case sum
    /// float64: the exact sum over the count. An empty window gives NULL.
    case mean
    /// Of the argument's type, in the order of `FeatureValueOrder`. An empty window gives NULL.
    case min, max
}

extension AggregateFunction {
    /// The type of the result for an argument's type (nil: `*`), or nil when the aggregate does not take it.
    package func resultType(of argument: FeatureType?) -> FeatureType? {
        switch (self, argument) {
        case (.count, _): .int64
        case (.sum, .int64): .int64
        case (.sum, .float64), (.sum, .float32): .float64
        case (.mean, .int64), (.mean, .float64), (.mean, .float32): .float64
        case (.min, .some(let type)), (.max, .some(let type)): Self.isOrdered(type) ? type : nil
        case (.sum, _), (.mean, _), (.min, nil), (.max, nil): nil
        }
    }

    /// The value over no rows.
    package var valueWhenNoRows: FeatureValue {
        switch self {
        case .count: .int64(0)
        case .sum, .mean, .min, .max: .null
        }
    }

    /// Postgres 15 has no `min` or `max` of bool, bytea or uuid.
    private static func isOrdered(_ type: FeatureType) -> Bool {
        switch type {
        case .int64, .float64, .float32, .string, .timestamp: true
        case .bool, .bytes, .uuid: false
        }
    }
}
