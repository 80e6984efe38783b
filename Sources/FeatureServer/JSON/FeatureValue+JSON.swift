import FeatureDefs
import Foundation

/// Feature values as Feast's server spells them (feast-compatibility.md §1.5), and what a caller may send for a type.
extension JSONWriter {
    mutating func value(_ value: FeatureValue) {
        switch value {
        case .null: raw("null")
        case .int64(let number): raw(String(number))
        case .float64(let number): double(number)
        // Feast widens, so that 0.1 is 0.10000000149011612.
        case .float32(let number): double(Double(number))
        case .string(let text): string(text)
        case .bool(let flag): raw(flag ? "true" : "false")
        case .timestamp(let instant): epochSeconds(instant)
        case .bytes(let bytes): string(Data(bytes).base64EncodedString())
        case .uuid(let uuid): string(uuid.description)
        case .list(let values): list(values.values) { $0.value($1) }
        case .vector(let elements): list(elements) { $0.double(Double($1)) }
        }
    }

    /// With a point or an exponent always: Feast's client takes `1` for an integer.
    private mutating func double(_ number: Double) {
        if number.isNaN { return raw("\"NaN\"") }
        if number.isInfinite { return raw(number < 0 ? "\"-Infinity\"" : "\"Infinity\"") }
        raw(number.description)
    }

    /// Whole seconds since 1970, rounded toward minus infinity, as Feast has its UnixTimestamp.
    private mutating func epochSeconds(_ instant: Timestamp) {
        guard instant.isFinite else { return string(instant.description) }
        raw(String(instant.floored(toMultipleOf: Period(microseconds: 1_000_000)).microseconds / 1_000_000))
    }

    /// `"2024-01-31T10:00:00Z"` with 0, 3 or 6 digits of fraction; 1970 for none, as Feast has it.
    mutating func eventTimestamp(_ instant: Timestamp?) {
        guard let instant, instant.isFinite else { return raw("\"1970-01-01T00:00:00Z\"") }
        string(instant.description)
    }
}

extension FeatureValue {
    /// Reads what a caller sent for a join key or a request input; nil when it is not of the type.
    ///
    /// As Feast, it takes `"1"` and `1.0` for an int64 and `5` for a string; unlike Feast it rounds nothing: `1.5` is no
    /// int64, and no digit of a large integer is lost.
    init?(json: JSONValue, as type: FeatureType) {
        switch (json, type) {
        case (.null, _): self = .null
        case (.number(let text), .int64), (.string(let text), .int64):
            guard let value = Self.integer(text) else { return nil }
            self = .int64(value)
        case (.number(let text), .float64), (.string(let text), .float64):
            guard let value = Double(text), value.isFinite || json.isString else { return nil }
            self = .float64(value)
        case (.number(let text), .float32), (.string(let text), .float32):
            guard let value = Float(text), value.isFinite || json.isString else { return nil }
            self = .float32(value)
        case (.number(let text), .string): self = .string(text)
        case (.number(let text), .timestamp):
            guard let seconds = Self.integer(text) else { return nil }
            let (microseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
            let instant = Timestamp(microseconds: microseconds)
            guard !overflow, Timestamp.finiteRange.contains(instant) else { return nil }
            self = .timestamp(instant)
        case (.string(let text), .bytes):
            guard let data = Data(base64Encoded: text) else { return nil }
            self = .bytes([UInt8](data))
        case (.string(let text), .string), (.string(let text), .timestamp), (.string(let text), .uuid):
            self.init(parsing: text, as: type)
        case (.bool(let flag), .bool): self = .bool(flag)
        case (.array(let elements), .list(let element)):
            guard let list = FeatureList(json: elements, of: element) else { return nil }
            self = .list(list)
        case (.array(let elements), .vector(let length)):
            guard let list = FeatureList(json: elements, of: .float32) else { return nil }
            self.init(vectorOf: list, count: length)
        case (.bool, _), (.number, _), (.string, _), (.array, _), (.object, _): return nil
        }
    }

    /// `12`, and `12.0` with any number of zeros.
    private static func integer(_ text: String) -> Int64? {
        if let value = Int64(text) { return text.hasPrefix("+") ? nil : value }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty, parts[1].allSatisfy({ $0 == "0" }) else { return nil }
        return Int64(parts[0])
    }
}

extension FeatureList {
    /// Each element as one of the scalar type would be sent.
    fileprivate init?(json elements: [JSONValue], of element: FeatureType.Scalar) {
        var values: [FeatureValue] = []
        values.reserveCapacity(elements.count)
        for json in elements {
            guard let value = FeatureValue(json: json, as: FeatureType(element)) else { return nil }
            values.append(value)
        }
        self.init(values, of: element)
    }
}

extension JSONValue {
    fileprivate var isString: Bool {
        if case .string = self { true } else { false }
    }
}
