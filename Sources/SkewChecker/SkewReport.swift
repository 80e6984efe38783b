package import FeatureDefs

/// What a skew check found: each served value against its offline recomputation.
package struct SkewReport: Hashable, Sendable {
    package enum Verdict: String, Hashable, Sendable, Codable {
        /// Every compared value is equal.
        case pass
        case fail
        /// Nothing was compared.
        case inconclusive
    }

    package let project: String
    /// Rows served from this instant on were checked.
    package let since: Timestamp
    package let checkedAt: Timestamp
    package let services: [ServiceSkew]
    /// What was chosen for the log and is not in it, and so is not checked.
    package let losses: [ServedLogLoss]

    package var verdict: Verdict {
        let features = services.flatMap(\.features)
        if features.contains(where: { $0.different > 0 }) { return .fail }
        return features.contains { $0.compared > 0 } ? .pass : .inconclusive
    }
}

/// A service under one plan.
package struct ServiceSkew: Hashable, Sendable {
    package let service: String
    package let planFingerprint: String
    package let rows: Int
    /// In the service's order.
    package let features: [FeatureSkew]
}

/// One feature of a service.
package struct FeatureSkew: Hashable, Sendable {
    package let feature: SelectedFeature
    package internal(set) var compared = 0
    package internal(set) var different = 0
    /// The first few that differ.
    package internal(set) var examples: [SkewExample] = []

    package var equal: Int { compared - different }

    /// The share of compared values that differ; nil when none was compared.
    package var mismatchRate: Double? { compared == 0 ? nil : Double(different) / Double(compared) }
}

/// A served value that its recomputation does not equal.
package struct SkewExample: Hashable, Sendable {
    package let servedID: Int64
    package let servedAt: Timestamp
    package let keys: [FeatureValue]
    package let served: FeatureValue
    package let status: FeatureStatus
    package let recomputed: FeatureValue
}
