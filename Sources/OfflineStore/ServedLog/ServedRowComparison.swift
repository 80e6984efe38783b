package import FeatureDefs

/// A served row beside the stored features recomputed for its instant by the same point-in-time join as training.
package struct ServedRowComparison: Hashable, Sendable {
    package let servedID: Int64
    package let servedAt: Timestamp
    /// One for each join key of the service.
    package let keys: [FeatureValue]
    /// One for each request input of the service.
    package let request: [FeatureValue]
    /// What was served: one for each feature of the service.
    package let servedValues: [FeatureValue]
    package let servedStatuses: [FeatureStatus]
    /// One for each feature of the recomputed selection.
    package let recomputed: [FeatureValue]
}
