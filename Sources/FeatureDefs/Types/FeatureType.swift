/// The type of a feature, a join key, a request input or an expression (DESIGN §3).
package enum FeatureType: String, Hashable, Sendable, Codable, CaseIterable {
    /// 64-bit signed; overflow is an error, never a wrap.
    case int64
    /// IEEE 754 double; NaN is a value, equal to itself and greatest; -0.0 equals 0.0.
    case float64
    /// IEEE 754 single. Stored and passed through as such; arithmetic widens it to `float64`.
    case float32
    /// Unicode text, compared by its UTF-8 bytes (Postgres' collation "C").
    case string
    case bool
    /// An instant in UTC, in whole microseconds.
    case timestamp
    case bytes
    case uuid
}

extension FeatureType {
    /// Whether a value of this type may identify an entity: floats may not, since equality of keys must be plain.
    package var isAllowedAsJoinKey: Bool {
        switch self {
        case .int64, .string, .bool, .timestamp, .bytes, .uuid: true
        case .float64, .float32: false
        }
    }

    package var isNumeric: Bool {
        switch self {
        case .int64, .float64, .float32: true
        case .string, .bool, .timestamp, .bytes, .uuid: false
        }
    }

    package var isFloatingPoint: Bool {
        switch self {
        case .float64, .float32: true
        case .int64, .string, .bool, .timestamp, .bytes, .uuid: false
        }
    }
}
