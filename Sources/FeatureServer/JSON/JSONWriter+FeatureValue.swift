import FeatureDefs
import Foundation

/// Feature values as Feast's server spells them (feast-compatibility.md §1.5).
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
        case .list(let list) where writesOnlyFeastLists && (list.values.isEmpty || list.values.contains(where: \.isNull)):
            raw("null")
        case .list(let values): list(values.values) { $0.value($1) }
        case .vector(let elements): list(elements) { $0.double(Double($1)) }
        }
    }

    /// With a point or an exponent always: Feast's client takes `1` for an integer.
    mutating func double(_ number: Double) {
        if number.isNaN { return raw("\"NaN\"") }
        if number.isInfinite { return raw(number < 0 ? "\"-Infinity\"" : "\"Infinity\"") }
        number.write(to: &self)
    }

    /// Whole seconds since 1970, rounded toward minus infinity, as Feast has its UnixTimestamp.
    private mutating func epochSeconds(_ instant: Timestamp) {
        guard instant.isFinite else { return string(instant.description) }
        raw(String(instant.floored(toMultipleOf: Period(microseconds: 1_000_000)).microseconds / 1_000_000))
    }

    /// `"2024-01-31T10:00:00Z"` with 0, 3 or 6 digits of fraction; 1970 for none, as Feast has it.
    mutating func eventTimestamp(_ instant: Timestamp?) {
        guard let instant, instant.isFinite else { return raw("\"1970-01-01T00:00:00Z\"") }
        // Features of one row have the same instant as often as not, and to spell one out takes a while.
        if let written = instants[instant.microseconds] { return copy(written) }
        let start = bytes.count
        string(instant.description)
        instants[instant.microseconds] = start..<bytes.count
    }
}
