package import FeatureDefs

/// A constant of a definition as SQL text. The one place where a value becomes SQL; values of users' data never pass
/// here, they go by COPY or as parameters.
///
/// The text is right while `standard_conforming_strings` is on, as it is by default since Postgres 9.1.
package struct SQLLiteral: Hashable, Sendable {
    package let value: FeatureValue
    package let type: FeatureType
    /// Whether the text alone does not say its type: `5`, which beside a `bigint` becomes one.
    fileprivate let isBare: Bool

    /// A literal that says its type: `5::int8`, `'x'::text`, `NULL::float8`.
    package init(_ value: FeatureValue, type: FeatureType) {
        self.value = value
        self.type = type
        isBare = false
    }

    private init(bare value: FeatureValue, type: FeatureType) {
        self.value = value
        self.type = type
        isBare = true
    }

    /// A timestamp, as `'2024-01-31 10:00:00+00'::timestamptz`.
    package init(_ timestamp: Timestamp) {
        self.init(.timestamp(timestamp), type: .timestamp)
    }

    /// The same constant without its type, for a place where a neighbour of that type gives it; itself where the bare
    /// text would be read as something else.
    var withoutType: SQLLiteral {
        switch value {
        case .int64(let number) where number != .min:
            SQLLiteral(bare: value, type: type)
        case .float64(let number) where Self.isPlainDecimal(number):
            SQLLiteral(bare: value, type: type)
        case .string:
            SQLLiteral(bare: value, type: type)
        case .null, .int64, .float64, .float32, .bool, .timestamp, .bytes, .uuid, .list, .vector:
            self
        }
    }

    /// How tightly the text holds together.
    var precedence: SQLPrecedence {
        switch value {
        case .null, .float32, .timestamp, .bytes, .uuid, .list, .vector: .cast
        case .bool: .primary
        case .string: isBare ? .primary : .cast
        case .int64(let number): isBare ? (number < 0 ? .unaryMinus : .primary) : .cast
        case .float64(let number): isBare ? (number < 0 ? .unaryMinus : .primary) : .cast
        }
    }

    /// The constant as Postgres reads it.
    package var text: String {
        switch value {
        case .null: "NULL" + cast
        case .int64(let number):
            if isBare { String(number) } else { (number < 0 ? "'\(number)'" : "\(number)") + cast }
        case .float64(let number):
            if Self.isPlainDecimal(number), isBare || number >= 0 {
                number.description + cast
            } else {
                "'\(Self.floatText(number))'" + cast
            }
        case .float32(let number): "'\(Self.floatText(number))'" + cast
        case .string(let text): Self.quoted(text) + cast
        case .bool(let value): value ? "true" : "false"
        case .timestamp(let timestamp): "'\(timestamp.postgresText)'" + cast
        case .bytes(let bytes): "'\\x\(bytes.hexadecimal)'" + cast
        case .uuid(let uuid): "'\(uuid.description)'" + cast
        case .list(let list): Self.quoted(list.postgresText) + cast
        case .vector: Self.quoted(value.text ?? "") + cast
        }
    }

    private var cast: String { isBare ? "" : "::" + type.postgresName }
}

extension SQLLiteral {
    /// `'it''s'`. Postgres' text cannot hold a NUL; the compiler refuses such definitions (`constantError`).
    private static func quoted(_ text: String) -> String {
        precondition(!text.utf8.contains(0), "a string constant with a NUL reached the SQL emitter")
        var quoted = "'"
        for scalar in text.unicodeScalars {
            if scalar == "'" { quoted += "'" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "'"
    }

    /// Whether Swift's shortest text for the number is digits with a point, which Postgres reads as an exact decimal.
    private static func isPlainDecimal(_ number: Double) -> Bool {
        number.isFinite && !(number == 0 && number.sign == .minus)
            && number.description.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            }
    }

    /// The shortest text that reads back as the same bits.
    private static func floatText<Value: BinaryFloatingPoint & LosslessStringConvertible>(_ number: Value) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return number.description
    }
}

extension FeatureType {
    /// The Postgres type that holds values of this type: `int8`, `timestamptz`, ...
    package var postgresName: String {
        switch self {
        case .int64: "int8"
        case .float64: "float8"
        case .float32: "float4"
        case .string: "text"
        case .bool: "bool"
        case .timestamp: "timestamptz"
        case .bytes: "bytea"
        case .uuid: "uuid"
        case .list(let element): FeatureType(element).postgresName + "[]"
        case .vector: "float4[]"
        }
    }

    /// The type's name as a fragment.
    package var sqlType: SQLFragment { SQLFragment(stringLiteral: postgresName) }
}
