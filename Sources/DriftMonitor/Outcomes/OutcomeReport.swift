/// What labels say on a day, and what cannot be known before more of them have come.
package struct OutcomeReport: Hashable, Sendable, Codable {
    /// A week of predictions and how complete its labels are.
    package struct Cohort: Hashable, Sendable, Codable {
        /// Days since 1970, the first included, the last not.
        package let from: Int
        package let to: Int
        package let rows: Int
        package let positivesSeen: Int
        /// F: the share of the positive labels that have come by now.
        package let completeness: Double
        package let stage: LabelMaturity.Stage
        /// What a dashboard shows that takes every prediction without a label for a negative.
        package let naiveRate: Double
        /// Corrected by F; nil while it is hidden.
        package let rate: Double?
        /// The rate that the scores expect, by the calibration of the reference.
        package let expectedRate: Double?
    }

    /// What the scores of the last week say without their labels; each valid only while P(Y | X) is unchanged.
    package struct Unlabelled: Hashable, Sendable, Codable {
        package let rows: Int
        package let scores: ShiftDiagnosis.Comparison
        package let expectedRate: Double
        /// BBSE; nil where the confusion does not bear it.
        package let boxedRate: Double?
        /// MLLS.
        package let likelyRate: Double
        /// CBPE: of the positives, the share above the threshold.
        package let expectedRecall: Double
    }

    /// Positive labels that have come for predictions that are not final yet, against those that should have come by now.
    package struct Early: Hashable, Sendable, Codable {
        package let from: Int
        package let observed: Int
        package let expected: Double
        /// Of so many or more, or so few or fewer, whichever is the smaller, twice.
        package let pValue: Double
        package let hasMoved: Bool
    }

    /// A figure as a dashboard has it, and as it is.
    package struct Dashboard: Hashable, Sendable, Codable {
        package let from: Int
        package let to: Int
        /// Of the positives that are known, the share that scored above the threshold.
        package let recall: Double?
        package let rate: Double
        /// F over its rows.
        package let completeness: Double
    }

    package let day: Int
    package let threshold: Double
    package let rows: Int
    /// The last day whose labels are final; nil when no delay is known.
    package let labelsThrough: Int?
    /// F there.
    package let completenessThere: Double?
    /// Weeks, the newest first.
    package let cohorts: [Cohort]
    /// The newest final predictions against older ones; nil when there are no two such sets.
    package let diagnosis: ShiftDiagnosis?
    package let diagnosisTo: Int?
    package let unlabelled: Unlabelled?
    package let early: Early?
    /// The last 30 days.
    package let dashboard: Dashboard?
    /// The recall of the newest final predictions.
    package let finalRecall: Double?
    /// What all that means, in words.
    package let sentences: [String]

    /// `2024-03-01`
    package static func dateText(_ day: Int) -> String { OutcomeWords.date(day) }

    /// Whether somebody should look: labels show concept drift, or more (or fewer) positives have come than scores explain.
    package var isAlert: Bool { diagnosis?.kind == .conceptDrift || early?.hasMoved == true }
}
