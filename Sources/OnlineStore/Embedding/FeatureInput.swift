import FeatureDefs

/// A join key's value, or what an on-demand feature takes with the request. Literals will do: `["card_id": 4711, "country": "CH"]`.
public struct FeatureInput: Hashable, Sendable {
    private enum Content: Hashable {
        case null, integer(Int64), real(Double), text(String), truth(Bool), bytes([UInt8]), microseconds(Int64)
    }

    private let content: Content

    private init(_ content: Content) { self.content = content }

    public init(_ value: some BinaryInteger) { content = Int64(exactly: value).map(Content.integer) ?? .real(Double(value)) }
    public init(_ value: Double) { content = .real(value) }
    /// Text; also a uuid or a timestamp as it is printed.
    public init(_ value: String) { content = .text(value) }
    public init(_ value: Bool) { content = .truth(value) }
    public init(_ value: [UInt8]) { content = .bytes(value) }
    /// An instant, in microseconds since 1970 (UTC).
    public static func timestamp(microseconds: Int64) -> FeatureInput { FeatureInput(.microseconds(microseconds)) }
    /// Matches no entity, and is NULL to expressions.
    public static let null = FeatureInput(.null)

    /// The value of a column; nil when it is not of the type. Nothing is rounded.
    func value(as type: FeatureType) -> FeatureValue? {
        switch (content, type) {
        case (.null, _): .null
        case (.integer(let value), .int64): .int64(value)
        case (.integer(let value), .float64): Double(exactly: value).map(FeatureValue.float64)
        case (.integer(let value), .float32): Float(exactly: value).map(FeatureValue.float32)
        case (.real(let value), .float64): .float64(value)
        case (.real(let value), .float32): .float32(Float(value))
        case (.text(let value), .string): .string(value)
        case (.text(let value), .uuid), (.text(let value), .timestamp): FeatureValue(parsing: value, as: type)
        case (.truth(let value), .bool): .bool(value)
        case (.bytes(let value), .bytes): .bytes(value)
        case (.microseconds(let value), .timestamp): .timestamp(Timestamp(microseconds: value))
        case (.integer, _), (.real, _), (.text, _), (.truth, _), (.bytes, _), (.microseconds, _): nil
        }
    }
}

extension FeatureInput: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
    ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral
{
    public init(integerLiteral value: Int64) { self.init(value) }
    public init(floatLiteral value: Double) { self.init(value) }
    public init(stringLiteral value: String) { self.init(value) }
    public init(booleanLiteral value: Bool) { self.init(value) }
    public init(nilLiteral: ()) { self = .null }
}
