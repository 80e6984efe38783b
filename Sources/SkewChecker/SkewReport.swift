package import FeatureDefs
package import OfflineStore

/// What a skew check found: each served value against its offline recomputation, and why it differs.
package struct SkewReport: Sendable {
    package let project: String
    /// Rows served from this instant on were checked.
    package let since: Timestamp
    package let checkedAt: Timestamp
    package let limits: SkewLimits
    package let services: [ServiceSkew]
    /// What was chosen for the log and is not in it, and so is not checked.
    package let losses: [ServedLogLoss]

    /// How late the rows of the sources came that the services are computed from.
    package let sources: [SourceLateness]

    /// Any failure is one, of a source too; a pass takes that every feature passes.
    package var verdict: SkewVerdict {
        let features = services.flatMap(\.features)
        let verdicts = features.map { $0.verdict(limits) } + features.compactMap { $0.freshness.verdict(limits) }
        if verdicts.contains(.fail) || sources.contains(where: { $0.verdict(limits) == .fail }) { return .fail }
        return !verdicts.isEmpty && verdicts.allSatisfy { $0 == .pass } ? .pass : .inconclusive
    }
}

/// A service under one plan.
package struct ServiceSkew: Sendable {
    package let service: String
    package let planFingerprint: String
    package let rows: Int
    /// The greatest `served_id` that was checked.
    package let lastServedID: Int64
    /// When the first of them was served.
    package let first: Timestamp?
    /// The service's, in the order of an example's keys.
    package let joinKeys: [String]
    /// In the service's order.
    package let features: [FeatureSkew]
}

/// One feature of a service.
package struct FeatureSkew: Sendable {
    package let feature: SelectedFeature
    package let type: FeatureType
    /// The definition says that its values are not for everybody to see.
    package let isSensitive: Bool
    package let explained: ExplainedFeature?
    package internal(set) var rate: MismatchRate
    /// Most frequent first.
    package internal(set) var causes: [CauseTally]
    /// By the hour of serving, in order.
    package internal(set) var hours: [HourTally]
    /// By host, in order.
    package internal(set) var hosts: [HostTally]
    /// How old the stored row's cut was when it was served.
    package internal(set) var ages: AgeHistogram
    /// Of how many rows the stored row's cut was older than the schedule allows.
    package internal(set) var overdue: Int
    package internal(set) var freshness: FreshnessTally
    /// Of numbers: some of the values beside their recomputation, those that differ first.
    package internal(set) var pairs: [ValuePair]

    package var compared: Int { rate.compared }
    package var different: Int { rate.different }
    package var equal: Int { compared - different }
    package func verdict(_ limits: SkewLimits) -> SkewVerdict { rate.verdict(limits) }
}

/// A feature as `asof explain` takes it.
package struct ExplainedFeature: Hashable, Sendable {
    package struct Key: Hashable, Sendable {
        package let name: String
        /// Among the service's join keys.
        package let place: Int
    }

    package let reference: FeatureReference
    package let keys: [Key]
}

/// How often one cause was found, and where.
package struct CauseTally: Sendable, Codable {
    package let cause: SkewCause
    package internal(set) var count = 0
    package internal(set) var first: Timestamp
    package internal(set) var last: Timestamp
    /// Those whose ids hash to the least, so that the same log gives the same ones.
    package internal(set) var examples: [SkewExample] = []
}

package struct HourTally: Hashable, Sendable {
    package let hour: Timestamp
    package internal(set) var compared = 0
    package internal(set) var different = 0
}

package struct HostTally: Hashable, Sendable {
    package let host: String
    package internal(set) var compared = 0
    package internal(set) var different = 0
}

package struct ValuePair: Hashable, Sendable, Codable {
    package let served: Double
    package let recomputed: Double
    package let isEqual: Bool
}

/// A served value that its recomputation does not equal.
package struct SkewExample: Hashable, Sendable, Codable {
    package let servedID: Int64
    package let servedAt: Timestamp
    package let host: String
    package let keys: [FeatureValue]
    package let served: FeatureValue
    package let status: FeatureStatus
    package let recomputed: FeatureValue
}

/// Counts of ages in ranges that double, from a second on; the last is open.
package struct AgeHistogram: Hashable, Sendable, Codable {
    /// Upper ends, in seconds.
    package static let ends: [Double] = (0..<24).map { Double(1 << $0) }
    package internal(set) var counts = [Int](repeating: 0, count: ends.count + 1)

    mutating func add(_ age: Period) {
        let seconds = Double(age.microseconds) / 1_000_000
        counts[Self.ends.firstIndex { seconds <= $0 } ?? Self.ends.count] += 1
    }
}
