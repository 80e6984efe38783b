package import FeatureDefs

/// A source row of one entity, and what became of it for one value of one feature.
package struct ExplainedRow: Hashable, Sendable {
    package enum Part: String, Hashable, Sendable, Codable, CaseIterable {
        /// The value is made of it.
        case contributes
        /// Of `latest`: a row that is visible and not the chosen one.
        case notLatest = "not_latest"
        /// Its event is too old for the window.
        case beforeWindow = "before_window"
        /// It does not pass the view's filter, or the feature's.
        case filtered
        /// It happened by the cut and could not be known by then.
        case availableLater = "available_later"
        /// It happened after the cut, and by the instant asked about: the next cut will have it.
        case afterCut = "after_cut"
        /// It happened after the instant asked about.
        case future
        /// Its event is NULL: it is never visible.
        case noEvent = "no_event"
    }

    package let part: Part
    package let event: Timestamp?
    package let available: Timestamp?
    /// What the feature takes of the row, as Postgres writes it; nil for NULL, and for a row that its expression is not asked of.
    package let argument: String?
}

/// How one stored feature's value for one entity at one instant comes about.
package struct ValueExplanation: Sendable {
    package let view: FeatureViewPlan
    package let feature: FeaturePlan
    package let instant: Timestamp
    /// The cut of the contract; the instant itself without a schedule.
    package let cut: Timestamp
    /// Events later than this are in the window; nil for `latest`.
    package let windowStart: Timestamp?
    /// By knowledge mode, in order.
    package let values: [(knowledge: KnowledgeMode, value: FeatureValue)]
    /// Of each part, how many rows there are.
    package let counts: [ExplainedRow.Part: Int]
    /// The newest of each part, newest first.
    package let rows: [ExplainedRow]
    package let sql: String
}
