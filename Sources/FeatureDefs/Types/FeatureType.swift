/// The type of a feature, a join key, a request input or an expression (DESIGN §3).
package enum FeatureType: Hashable, Sendable {
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
    /// `list<int64>`: any number of values of one scalar type, NULL among them; in Postgres a one-dimensional array. It can
    /// be compared for equality, element by element, and has no order.
    case list(Scalar)
    /// `vector<384>`: exactly so many float32, none of them NULL, such as an embedding.
    case vector(Int)

    /// The types that are not made of others.
    package enum Scalar: String, Hashable, Sendable, Codable, CaseIterable {
        case int64, float64, float32, string, bool, timestamp, bytes, uuid
    }
}

extension FeatureType {
    package static let scalars = Scalar.allCases.map { FeatureType($0) }

    package init(_ scalar: Scalar) {
        self =
            switch scalar {
            case .int64: .int64
            case .float64: .float64
            case .float32: .float32
            case .string: .string
            case .bool: .bool
            case .timestamp: .timestamp
            case .bytes: .bytes
            case .uuid: .uuid
            }
    }

    /// nil for lists and vectors.
    package var scalar: Scalar? {
        switch self {
        case .int64: .int64
        case .float64: .float64
        case .float32: .float32
        case .string: .string
        case .bool: .bool
        case .timestamp: .timestamp
        case .bytes: .bytes
        case .uuid: .uuid
        case .list, .vector: nil
        }
    }

    /// Whether a value of this type may identify an entity: floats may not, since equality of keys must be plain.
    package var isAllowedAsJoinKey: Bool {
        switch self {
        case .int64, .string, .bool, .timestamp, .bytes, .uuid: true
        case .float64, .float32, .list, .vector: false
        }
    }

    package var isNumeric: Bool {
        switch self {
        case .int64, .float64, .float32: true
        case .string, .bool, .timestamp, .bytes, .uuid, .list, .vector: false
        }
    }

    package var isFloatingPoint: Bool {
        switch self {
        case .float64, .float32: true
        case .int64, .string, .bool, .timestamp, .bytes, .uuid, .list, .vector: false
        }
    }

    /// Whether it is or holds text, which Postgres compares under a collation.
    package var isCollated: Bool {
        switch self {
        case .string, .list(.string): true
        case .int64, .float64, .float32, .bool, .timestamp, .bytes, .uuid, .list, .vector: false
        }
    }
}
