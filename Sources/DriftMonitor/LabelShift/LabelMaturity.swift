/// How complete a cohort's labels are: F(age), the share of past labels that had come by that age. A cohort of 30-day-late labels
/// that looks fine on day 3 has only shown its fast ones. Vector: labeldelay.maturity_correction.
package struct LabelMaturity: Hashable, Sendable {
    package enum Stage: String, Hashable, Sendable, Codable {
        /// F below 0.5: no number is shown.
        case hidden
        /// F at least 0.5: the corrected rate is shown, as provisional.
        case provisional
        /// F at least 0.95.
        case final
    }

    /// A cohort of rows of one age.
    package struct Estimate: Hashable, Sendable {
        /// F(age).
        package let completeness: Double
        package let stage: Stage
        /// positives seen / n, which is too low while labels are missing.
        package let naiveRate: Double
        /// positives seen / (n F); NaN where F is 0.
        package let rate: Double
        /// sqrt(positives seen) / (n F), by the delta method.
        package let deviation: Double

        /// Whether the rate may be shown.
        package var isReportable: Bool { stage != .hidden }
    }

    /// Rising.
    private let delays: [Double]

    /// From the delays of labels that are old enough for all to have come; any unit, that of the ages.
    package init(delays: [Double]) { self.delays = delays.sorted() }

    /// F(age): the share of delays at most the age; 0 where there is no history.
    package func completeness(age: Double) -> Double {
        guard !delays.isEmpty else { return 0 }
        return Double(delays.count { $0 <= age }) / Double(delays.count)
    }

    package func estimate(age: Double, count: Double, positivesSeen: Double) -> Estimate {
        let f = completeness(age: age)
        return Estimate(
            completeness: f, stage: f >= 0.95 ? .final : f >= 0.5 ? .provisional : .hidden,
            naiveRate: positivesSeen / count, rate: f > 0 ? positivesSeen / (count * f) : .nan,
            deviation: f > 0 ? positivesSeen.squareRoot() / (count * f) : .nan)
    }
}
