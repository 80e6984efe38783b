/// One value of a feature, a key or an input, or NULL.
///
/// Equality is the contract's (DESIGN §2, Numbers): NaN equals NaN, -0.0 equals 0.0, text is equal when its bytes are.
/// Lists and vectors are equal when their elements are, one by one; a NULL element equals a NULL one. Values of different types
/// are never equal.
package enum FeatureValue: Sendable, Codable {
    case null
    case int64(Int64)
    case float64(Double)
    case float32(Float)
    case string(String)
    case bool(Bool)
    case timestamp(Timestamp)
    case bytes([UInt8])
    case uuid(UUIDBytes)
    case list(FeatureList)
    case vector([Float])
}

extension FeatureValue {
    /// The type of the value; nil for NULL, which has every type.
    package var type: FeatureType? {
        switch self {
        case .null: nil
        case .int64: .int64
        case .float64: .float64
        case .float32: .float32
        case .string: .string
        case .bool: .bool
        case .timestamp: .timestamp
        case .bytes: .bytes
        case .uuid: .uuid
        case .list(let list): .list(list.element)
        case .vector(let elements): .vector(elements.count)
        }
    }

    package var isNull: Bool {
        if case .null = self { true } else { false }
    }
}

extension FeatureValue: Hashable {
    package static func == (lhs: Self, rhs: Self) -> Bool {
        switch (lhs, rhs) {
        case (.null, .null): true
        case (.null, _), (_, .null): false
        default: FeatureValueOrder.compare(lhs, rhs) == .equal
        }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(type)
        switch self {
        case .null: break
        case .int64(let value): hasher.combine(value)
        case .float64(let value): hasher.combine(value.canonicalBits)
        case .float32(let value): hasher.combine(value.canonicalBits)
        case .string(let value): for byte in value.utf8 { hasher.combine(byte) }
        case .bool(let value): hasher.combine(value)
        case .timestamp(let value): hasher.combine(value)
        case .bytes(let value): hasher.combine(value)
        case .uuid(let value): hasher.combine(value)
        case .list(let list): hasher.combine(list.values)
        case .vector(let elements):
            for value in elements { hasher.combine(value.canonicalBits) }
        }
    }
}
