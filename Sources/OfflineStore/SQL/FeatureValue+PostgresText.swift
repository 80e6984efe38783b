package import FeatureDefs

/// Values as text that Postgres casts to their type, whatever the session's settings. The canonical text, except for instants:
/// RFC 3339 has a year 0 and negative ones, Postgres has `BC`.
extension FeatureValue {
    /// nil for NULL.
    package var postgresText: String? {
        switch self {
        case .timestamp(let timestamp): timestamp.postgresText
        case .list(let list): list.postgresText
        case .null, .int64, .float64, .float32, .string, .bool, .bytes, .uuid, .vector: text
        }
    }
}

extension FeatureList {
    /// `{1,2,NULL}`
    package var postgresText: String {
        guard element == .timestamp else { return text }
        return FeatureList(values.map { $0.postgresText.map { .string($0) } ?? .null }, of: .string).text
    }
}

extension Timestamp {
    /// `2024-01-31 10:00:00.500000+00`, or with ` BC` at the end.
    package var postgresText: String {
        guard isFinite else { return description }
        let (days, microsecondsOfDay) = splitIntoDays
        let (date, isBeforeChrist) = CivilDate(daysSinceEpoch: days).inItsEra
        var text: [UInt8] = []
        text.reserveCapacity(36)
        text.append(date)
        text.append(UInt8(ascii: " "))
        text.append(clockOf: microsecondsOfDay / 1_000_000)
        let fraction = microsecondsOfDay % 1_000_000
        if fraction != 0 {
            text.append(UInt8(ascii: "."))
            text.append(digitsOf: fraction, width: 6)
        }
        text.append(contentsOf: (isBeforeChrist ? "+00 BC" : "+00").utf8)
        return String(decoding: text, as: UTF8.self)
    }
}

extension CivilDate {
    /// As Postgres has it: the year before 1 is 1 BC, which it says at the end.
    var inItsEra: (date: CivilDate, isBeforeChrist: Bool) {
        year < 1 ? (CivilDate(year: 1 - year, month: month, day: day), true) : (self, false)
    }
}
