import FeatureDefs

/// Timestamps as Postgres' `extract` and subtraction see them, in UTC.
enum TimestampKernels {
    /// `extract(epoch from lhs) - extract(epoch from rhs)`: exact, rounded once. Infinities follow IEEE 754.
    static func secondsBetween(_ lhs: Timestamp, _ rhs: Timestamp) -> Double {
        guard lhs.isFinite, rhs.isFinite else {
            return (lhs.isFinite ? 0 : infiniteSeconds(lhs)) - (rhs.isFinite ? 0 : infiniteSeconds(rhs))
        }
        return seconds(Int128(lhs.microseconds) - Int128(rhs.microseconds))
    }

    /// A part of a timestamp. nil for the parts that an infinite timestamp does not have.
    static func extract(_ field: TimestampField, from timestamp: Timestamp) throws(EvaluationError) -> FeatureValue {
        guard timestamp.isFinite else {
            switch field {
            case .epoch: return .float64(infiniteSeconds(timestamp))
            // Infinity as a year, which no integer holds.
            case .year: throw .yearOfInfinity
            case .month, .day, .hour, .minute, .second, .dow, .isodow, .doy: return .null
            }
        }
        let (days, microsecondsOfDay) = timestamp.splitIntoDays
        let date = CivilDate(daysSinceEpoch: days)
        switch field {
        case .epoch: return .float64(seconds(Int128(timestamp.microseconds)))
        // There is no year 0: 1 BC is -1.
        case .year: return integer(date.year > 0 ? date.year : date.year - 1)
        case .month: return integer(date.month)
        case .day: return integer(date.day)
        case .hour: return integer(microsecondsOfDay / 3_600_000_000)
        case .minute: return integer(microsecondsOfDay / 60_000_000 % 60)
        case .second: return integer(microsecondsOfDay / 1_000_000 % 60)
        case .dow: return integer(date.dayOfWeek)
        case .isodow: return integer(date.dayOfWeek == 0 ? 7 : date.dayOfWeek)
        case .doy: return integer(date.dayOfYear)
        }
    }

    private static func integer(_ value: Int) -> FeatureValue { .int64(Int64(value)) }

    private static func infiniteSeconds(_ timestamp: Timestamp) -> Double {
        timestamp == .infinity ? .infinity : -.infinity
    }

    /// A whole number of microseconds in seconds, rounded once.
    private static func seconds(_ microseconds: Int128) -> Double {
        let exactDoubles = Int128(1) << 53
        if microseconds.magnitude <= exactDoubles.magnitude { return Double(microseconds) / 1_000_000 }
        // Enough bits below the quotient's last that one bit for "and some more" decides every tie.
        let scale = 40
        let (quotient, remainder) = (microseconds.magnitude << scale).quotientAndRemainder(dividingBy: 1_000_000)
        let rounded = Double(remainder == 0 ? quotient : quotient | 1)
        let magnitude = Double(sign: .plus, exponent: -scale, significand: rounded)
        return microseconds < 0 ? -magnitude : magnitude
    }
}
