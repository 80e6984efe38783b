/// Instants as Postgres stores them: microseconds since 2000-01-01 UTC, with the two ends of Int64 for the infinities.
package enum PostgresEpoch {
    /// 2000-01-01, in microseconds since 1970.
    @inlinable package static var unixMicroseconds: Int64 { 946_684_800_000_000 }

    /// From microseconds since 1970. What would fall off the low end becomes an instant that the server refuses as out of range.
    package static func fromUnix(microseconds: Int64) -> Int64 {
        if microseconds == .min || microseconds == .max { return microseconds }
        let (value, overflow) = microseconds.subtractingReportingOverflow(unixMicroseconds)
        return overflow || value == .min ? .min + 1 : value
    }

    /// To microseconds since 1970; nil for the last years that Postgres has and an Int64 counted from 1970 does not.
    package static func toUnix(microseconds: Int64) -> Int64? {
        if microseconds == .min || microseconds == .max { return microseconds }
        let (value, overflow) = microseconds.addingReportingOverflow(unixMicroseconds)
        return overflow || value == .max ? nil : value
    }

    /// 2000-01-01, in days since 1970.
    private static let unixDays: Int32 = 10_957

    /// To days since 1970. A `date`'s infinities, the two ends of Int32, stay; Postgres' last date, in 5874897, has room.
    package static func toUnix(days: Int32) -> Int32 {
        if days == .min || days == .max { return days }
        return days &+ unixDays
    }
}
