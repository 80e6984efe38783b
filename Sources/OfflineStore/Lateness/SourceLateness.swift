package import FeatureDefs

/// How late the rows of a source came, as far as Postgres and the record of runs can tell.
package struct SourceLateness: Hashable, Sendable {
    /// At which shares of the rows a lateness is told.
    package static let shares = [0.5, 0.9, 0.99, 0.999, 1]

    /// What was measured: at each of `shares`, the lateness that so many rows do not exceed.
    package struct Distribution: Hashable, Sendable {
        package let rows: Int
        package let quantiles: [Period]

        package init(rows: Int, quantiles: [Period]) {
            self.rows = rows
            self.quantiles = quantiles
        }
    }

    package let source: String
    package let views: [String]
    package let hasCreatedTimestamp: Bool
    /// What the definition says: of a source without a created timestamp.
    package let delay: Period
    /// The least of the views' schedules; nil without one.
    package let lag: Period?
    /// Available time minus event timestamp, of rows that say that they became available since; nil without a created timestamp.
    package let recorded: Distribution?
    /// How much later than their available time rows came in truth, at the least: a row of a transaction that began after a run did
    /// was not there when the run began. nil where the source has no row versions, as a query, or no run is recorded.
    package let arrival: Distribution?
    /// Of the rows of `arrival`, those that a run should have had, by the times they claim, and that were not there.
    package let missed: Int

    package init(
        source: String, views: [String], hasCreatedTimestamp: Bool, delay: Period, lag: Period?, recorded: Distribution?,
        arrival: Distribution?, missed: Int
    ) {
        self.source = source
        self.views = views
        self.hasCreatedTimestamp = hasCreatedTimestamp
        self.delay = delay
        self.lag = lag
        self.recorded = recorded
        self.arrival = arrival
        self.missed = missed
    }

    /// What the definition would have to say for all but a share of rows to come in time: a `delay`, or, of a source with a created
    /// timestamp, a `schedule.lag`; nil when what it says is enough.
    package func proposal(rate: Double) -> (key: String, value: Period)? {
        guard let arrival, Double(missed) > rate * Double(arrival.rows) else { return nil }
        let place = Self.shares.firstIndex { $0 >= 1 - rate } ?? Self.shares.count - 1
        let late = arrival.quantiles[place]
        guard late > .zero else { return nil }
        if hasCreatedTimestamp { return ("schedule.lag", Self.rounded(late)) }
        return ("delay", Self.rounded(Period(microseconds: delay.microseconds + late.microseconds)))
    }

    /// Up to a period that people write.
    static func rounded(_ period: Period) -> Period {
        let seconds: [Int64] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400]
        if let step = seconds.first(where: { $0 * 1_000_000 >= period.microseconds }) {
            return Period(microseconds: step * 1_000_000)
        }
        let day: Int64 = 86_400_000_000
        return Period(microseconds: (period.microseconds + day - 1) / day * day)
    }
}
