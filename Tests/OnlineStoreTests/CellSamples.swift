import FeatureDefs
import Oracle

/// Values that a careless codec changes, by type.
enum CellSamples {
    static let types = FeatureType.scalars + FeatureType.Scalar.allCases.map { .list($0) } + [.vector(1), .vector(5)]

    static func values(of type: FeatureType) -> [FeatureValue] {
        switch type {
        case .int64: [.int64(0), .int64(-1), .int64(.min), .int64(.max), .int64(9_007_199_254_740_993)]
        case .float64:
            [
                .float64(0), .float64(-0.0), .float64(.infinity), .float64(.nan), .float64(0.1),
                .float64(Double(bitPattern: 0xFFF8_0000_0000_1234)), .float64(.leastNonzeroMagnitude),
            ]
        case .float32:
            [.float32(0), .float32(-0.0), .float32(0.1), .float32(Float(bitPattern: 0x7FC0_1234)), .float32(-.infinity)]
        case .string: [.string(""), .string("\0"), .string("é"), .string("e\u{301}"), .string("naïve 🙂")]
        case .bool: [.bool(false), .bool(true)]
        case .timestamp:
            [.timestamp(.epoch), .timestamp(Timestamp(microseconds: -1)), .timestamp(.infinity), .timestamp(.negativeInfinity)]
        case .bytes: [.bytes([]), .bytes([0]), .bytes([0xFF, 0x00, 0xFE])]
        case .uuid: [.uuid(UUIDBytes(high: 1, low: 2)), .uuid(UUIDBytes(high: .max, low: .max))]
        case .list(let element): lists(of: element)
        case .vector(let length):
            [0, -0.0, 0.1, Float(bitPattern: 0x7FC0_1234), -.infinity].map { .vector(Array(repeating: $0, count: length)) }
                + [.vector((0..<length).map { Float($0) + 0.1 })]
        }
    }

    /// Empty, of NULLs alone, and long enough for a bitmap of more than a byte.
    private static func lists(of element: FeatureType.Scalar) -> [FeatureValue] {
        let values = values(of: FeatureType(element))
        let long = (0..<19).map { $0 % 3 == 1 ? FeatureValue.null : values[$0 % values.count] }
        let lists: [[FeatureValue]] = [[], [.null], Array(repeating: .null, count: 8), values, [.null] + values, long]
        return lists.map { .list(FeatureList($0, of: element)) }
    }

    static func random(of type: FeatureType, using generator: inout SeededGenerator) -> FeatureValue {
        Int.random(in: 0..<4, using: &generator) == 0
            ? .null : values(of: type).randomElement(using: &generator) ?? .null
    }

    /// The value's bits: NaNs by payload, zeros by sign, text by bytes.
    static func bits(_ value: FeatureValue) -> String {
        switch value {
        case .null: "null"
        case .float64(let number): "float64 \(number.bitPattern)"
        case .float32(let number): "float32 \(number.bitPattern)"
        case .string(let text): "string \(Array(text.utf8))"
        case .bytes(let bytes): "bytes \(bytes)"
        case .list(let list): "list \(list.element) \(list.values.map(bits))"
        case .vector(let elements): "vector \(elements.map(\.bitPattern))"
        case .int64, .bool, .timestamp, .uuid: "\(value)"
        }
    }
}
