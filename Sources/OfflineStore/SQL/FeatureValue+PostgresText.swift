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
        let date = CivilDate(daysSinceEpoch: days)
        let isBeforeChrist = date.year < 1
        let seconds = microsecondsOfDay / 1_000_000
        let fraction = microsecondsOfDay % 1_000_000
        let year = Self.padded(isBeforeChrist ? 1 - date.year : date.year, to: 4)
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { Self.padded($0, to: 2) }.joined(separator: ":")
        return "\(year)-\(Self.padded(date.month, to: 2))-\(Self.padded(date.day, to: 2)) \(clock)"
            + (fraction == 0 ? "" : "." + Self.padded(fraction, to: 6)) + "+00" + (isBeforeChrist ? " BC" : "")
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
