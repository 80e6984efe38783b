/// How Postgres stores a source column; each has one feature type, and the SQL emitter one cast to it.
package enum ColumnStorage: Hashable, Sendable {
    case int2, int4, int8
    case float4, float8
    case text, varchar, bpchar
    case bool
    case timestamptz
    /// Without a zone: read as UTC, whatever the session says.
    case timestamp
    /// Read as midnight UTC.
    case date
    case bytea
    case uuid
    /// Decimal. Only ever read through `lossy_float64(column)`, never rounded silently.
    case numeric
    /// Of one dimension: another is an error wherever it is read. Postgres' type does not say it, so only its values can.
    case array(Element)

    /// What an array may be of: what a session's time zone cannot change and no digit is lost of.
    package enum Element: String, Hashable, Sendable, Codable, CaseIterable {
        case int2, int4, int8, float4, float8, text, varchar, bpchar, bool, timestamptz, bytea, uuid
    }

    package var featureType: FeatureType {
        switch self {
        case .int2, .int4, .int8: .int64
        case .float4: .float32
        case .float8, .numeric: .float64
        case .text, .varchar, .bpchar: .string
        case .bool: .bool
        case .timestamptz, .timestamp, .date: .timestamp
        case .bytea: .bytes
        case .uuid: .uuid
        case .array(let element): .list(element.scalar)
        }
    }

    /// Whether the column may serve as event or created timestamp.
    package var isInstant: Bool {
        switch self {
        case .timestamptz, .timestamp, .date: true
        case .int2, .int4, .int8, .float4, .float8, .text, .varchar, .bpchar, .bool, .bytea, .uuid, .numeric, .array: false
        }
    }
}

extension ColumnStorage.Element {
    package var scalar: FeatureType.Scalar {
        switch self {
        case .int2, .int4, .int8: .int64
        case .float4: .float32
        case .float8: .float64
        case .text, .varchar, .bpchar: .string
        case .bool: .bool
        case .timestamptz: .timestamp
        case .bytea: .bytes
        case .uuid: .uuid
        }
    }
}
