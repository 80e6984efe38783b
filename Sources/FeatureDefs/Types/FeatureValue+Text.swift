/// Values as text: one spelling out, the usual ones in. Command lines, CSV spines and the served log use it.
extension FeatureValue {
    /// Reads a value of a type. nil when the text is not one; blanks around it are not forgiven.
    package init?(parsing text: String, as type: FeatureType) {
        switch type {
        case .int64:
            guard let value = Int64(text) else { return nil }
            self = .int64(value)
        case .float64:
            guard let value = Self.float(text, as: Double.self) else { return nil }
            self = .float64(value)
        case .float32:
            guard let value = Self.float(text, as: Float.self) else { return nil }
            self = .float32(value)
        case .string:
            self = .string(text)
        case .bool:
            guard let value = Self.boolSpellings[text.lowercased()] else { return nil }
            self = .bool(value)
        case .timestamp:
            guard let value = Timestamp(text) else { return nil }
            self = .timestamp(value)
        case .bytes:
            guard let value = Self.bytes(hex: text) else { return nil }
            self = .bytes(value)
        case .uuid:
            guard let value = UUIDBytes(text) else { return nil }
            self = .uuid(value)
        case .list(let element):
            guard let value = FeatureList(parsing: text, of: element) else { return nil }
            self = .list(value)
        case .vector(let count):
            guard let value = Self.vector(parsing: text, count: count) else { return nil }
            self = value
        }
    }

    /// The canonical text, which `init(parsing:as:)` reads back to an equal value; nil for NULL.
    package var text: String? {
        switch self {
        case .null: nil
        case .int64(let value): String(value)
        case .float64(let value): Self.text(of: value)
        case .float32(let value): Self.text(of: value)
        case .string(let value): value
        case .bool(let value): value ? "true" : "false"
        case .timestamp(let value): value.description
        case .bytes(let value): "\\x" + value.hexadecimal
        case .uuid(let value): value.description
        case .list(let list): list.text
        case .vector(let elements): FeatureList(elements.map(FeatureValue.float32), of: .float32).text
        }
    }

    private static let boolSpellings = ["true": true, "t": true, "1": true, "false": false, "f": false, "0": false]

    /// Decimal digits, or a spelling of NaN or infinity. As in Postgres, a number too large or too small for the type is
    /// refused, not turned into infinity or zero; hexadecimal is refused too.
    private static func float<Value: BinaryFloatingPoint & LosslessStringConvertible>(
        _ text: String,
        as type: Value.Type
    ) -> Value? {
        guard let value = Value(text), !text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "x") }) else { return nil }
        let isNumber = text.utf8.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        if value.isInfinite, isNumber { return nil }
        let mantissa = text.utf8.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        let isNonZero = mantissa.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }
        return value == 0 && isNonZero ? nil : value
    }

    /// Postgres' spelling of the values that are not numbers.
    private static func text<Value: BinaryFloatingPoint & CustomStringConvertible>(of value: Value) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return value.description
    }

    /// `\x` and pairs of hexadecimal digits, as Postgres prints bytea.
    private static func bytes(hex text: String) -> [UInt8]? {
        guard text.hasPrefix("\\x") else { return nil }
        let digits = text.dropFirst(2).map(\.hexDigitValue)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for pair in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[pair], let low = digits[pair + 1] else { return nil }
            bytes.append(UInt8(high * 16 + low))
        }
        return bytes
    }
}
