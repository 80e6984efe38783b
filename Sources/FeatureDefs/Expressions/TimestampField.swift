/// A part of a timestamp, in UTC, that `extract(field from t)` takes out, as int64 (float64 for `epoch`).
package enum TimestampField: String, Hashable, Sendable, Codable, CaseIterable {
    /// As Postgres counts: 1 BC is -1.
    case year
    case month, day, hour, minute
    /// Whole seconds, 0...59; the fraction is dropped.
    case second
    /// 0 is Sunday.
    case dow
    /// 1 is Monday, 7 Sunday.
    case isodow
    /// 1...366
    case doy
    /// Seconds since 1970-01-01, with the fraction: float64.
    case epoch

    package var resultType: FeatureType {
        switch self {
        case .epoch: .float64
        case .year, .month, .day, .hour, .minute, .second, .dow, .isodow, .doy: .int64
        }
    }
}
