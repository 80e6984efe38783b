/// An instant in UTC, in whole microseconds since 1970-01-01 (Postgres `timestamptz`).
package struct Timestamp: Hashable, Sendable, Codable, Comparable {
    /// Microseconds since the Unix epoch. `Int64.min` and `.max` stand for -infinity and infinity, as in Postgres.
    package var microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package static let epoch = Timestamp(microseconds: 0)
    package static let negativeInfinity = Timestamp(microseconds: .min)
    package static let infinity = Timestamp(microseconds: .max)

    /// The finite instants: from Postgres' first, 4713-11-24 BC, to the last that microseconds since 1970 can hold, in
    /// 294247. (Postgres goes on to 294276.)
    package static let finiteRange =
        Timestamp(microseconds: -210_866_803_200_000_000)...Timestamp(microseconds: 9_223_372_036_854_775_806)

    package var isFinite: Bool { self != .negativeInfinity && self != .infinity }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.microseconds < rhs.microseconds }

    /// The instant a period later. Infinities stay; a sum outside `finiteRange` stops at its end.
    package static func + (lhs: Self, rhs: Period) -> Self { lhs.moved(by: rhs.microseconds) }

    /// The instant a period earlier. Infinities stay; a difference outside `finiteRange` stops at its end.
    package static func - (lhs: Self, rhs: Period) -> Self { lhs.moved(by: -rhs.microseconds) }

    private func moved(by offset: Int64) -> Self {
        guard isFinite else { return self }
        let (sum, overflow) = microseconds.addingReportingOverflow(offset)
        let unbounded = Timestamp(microseconds: overflow ? (offset < 0 ? .min : .max) : sum)
        return max(Self.finiteRange.lowerBound, min(Self.finiteRange.upperBound, unbounded))
    }

    /// The greatest whole multiple of `step` since the epoch that is not after this instant (DESIGN §2: rounds toward
    /// minus infinity). Infinities stay.
    package func floored(toMultipleOf step: Period) -> Self {
        guard isFinite else { return self }
        let remainder = microseconds % step.microseconds
        let (floored, overflow) = microseconds.subtractingReportingOverflow(
            remainder < 0 ? remainder + step.microseconds : remainder)
        return overflow ? .negativeInfinity : Timestamp(microseconds: floored)
    }
}
