package import FeatureDefs

/// Values and columns as a test writes them into Postgres: by COPY in its text format.
package enum PostgresText {
    /// The type to declare a column with.
    package static func columnType(_ storage: ColumnStorage) -> String {
        switch storage {
        case .bpchar: "char(12)"
        case .array(.bpchar): "char(12)[]"
        case .int2, .int4, .int8, .float4, .float8, .text, .varchar, .bool, .timestamptz, .timestamp, .date, .bytea, .uuid,
            .numeric, .array:
            storage.description
        }
    }

    /// A row of `COPY ... FROM STDIN`, with its line end.
    package static func copyLine(_ values: [(value: FeatureValue, storage: ColumnStorage)]) -> String {
        values.map { field($0.value, storedAs: $0.storage) }.joined(separator: "\t") + "\n"
    }

    private static func field(_ value: FeatureValue, storedAs storage: ColumnStorage) -> String {
        guard let text = input(value, storedAs: storage) else { return "\\N" }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\t": escaped += "\\t"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// The text that Postgres reads as the value; nil for NULL.
    package static func input(_ value: FeatureValue, storedAs storage: ColumnStorage) -> String? {
        if case .list(let list) = value, list.element == .timestamp {
            let texts = list.values.map { input($0, storedAs: .timestamptz).map(FeatureValue.string) ?? .null }
            return FeatureList(texts, of: .string).text
        }
        guard case .timestamp(let timestamp) = value else { return value.text }
        guard timestamp.isFinite else { return timestamp.description }
        let (days, microseconds) = timestamp.splitIntoDays
        let date = CivilDate(daysSinceEpoch: days)
        let era = date.year < 1 ? " BC" : ""
        let day = "\(fourDigits(date.year < 1 ? 1 - date.year : date.year))-\(date.month)-\(date.day)"
        if storage == .date { return day + era }
        let seconds = microseconds / 1_000_000
        let fraction = String(String(1_000_000 + microseconds % 1_000_000).dropFirst())
        let clock = "\(seconds / 3600):\(seconds / 60 % 60):\(seconds % 60).\(fraction)"
        return "\(day) \(clock)" + (storage == .timestamptz ? "+00" : "") + era
    }

    private static func fourDigits(_ number: Int) -> String {
        String(repeating: "0", count: max(0, 4 - String(number).count)) + String(number)
    }
}
