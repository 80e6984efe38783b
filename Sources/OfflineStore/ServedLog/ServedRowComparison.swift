package import FeatureDefs

/// A served row beside the stored features recomputed for its instant by the same point-in-time join as training.
package struct ServedRowComparison: Hashable, Sendable {
    /// The row's place in its window of the log, from 1: what `ServedLogWindow.keep` takes.
    package let ordinal: Int64
    package let servedID: Int64
    package let servedAt: Timestamp
    package let host: String
    /// The row stands for 1 / this many.
    package let sampleProbability: Double
    /// By Postgres' clock, how long after `servedAt` it was logged; nil in rows of an older asof.
    package let loggedAfter: Period?
    /// One for each join key of the service.
    package let keys: [FeatureValue]
    /// One for each request input of the service.
    package let request: [FeatureValue]
    /// What was served: one for each feature of the service.
    package let servedValues: [FeatureValue]
    package let servedStatuses: [FeatureStatus]
    /// The cut of the stored row that was read, one for each joined view of the recomputed selection; nil where there was none.
    package let recordCuts: [Timestamp?]
    /// One for each feature of the recomputed selection.
    package let recomputed: [FeatureValue]
}
