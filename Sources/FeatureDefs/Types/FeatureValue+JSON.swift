import Foundation

/// What a caller may send for a type, in JSON.
extension FeatureValue {
    /// Reads what a caller sent for a join key, a request input or a pushed column; nil when it is not of the type.
    ///
    /// As Feast, it takes `"1"` and `1.0` for an int64 and `5` for a string; unlike Feast it rounds nothing: `1.5` is no
    /// int64, and no digit of a large integer is lost.
    package init?(json: JSONValue, as type: FeatureType) {
        switch (json, type) {
        case (.null, _): self = .null
        case (.number(let text), .int64), (.string(let text), .int64):
            guard let value = Self.integer(text) else { return nil }
            self = .int64(value)
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
        case (.string(let text), .string):
            // Postgres has no text with a NUL, so no feature was ever trained on one.
            guard !text.utf8.contains(0) else { return nil }
            self = .string(text)
        case (.number(let text), .float64), (.number(let text), .float32), (.string(let text), .float64),
            (.string(let text), .float32), (.string(let text), .timestamp), (.string(let text), .uuid):
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
