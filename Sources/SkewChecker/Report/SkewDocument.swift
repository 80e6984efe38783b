package import FeatureDefs

/// The report as JSON: `asof skew --json` and `report.json`. Every other form of the report is made from it.
package struct SkewDocument: Codable, Hashable, Sendable {
    package struct Limits: Codable, Hashable, Sendable {
        package let rate: Double
        package let alpha: Double
    }

    package struct Service: Codable, Hashable, Sendable {
        package let service: String
        package let planFingerprint: String
        package let rows: Int
        package let features: [Feature]
    }

    package struct Feature: Codable, Hashable, Sendable {
        package let feature: String
        package let type: String
        package let verdict: SkewVerdict
        package let compared: Int
        package let equal: Int
        package let different: Int
        package let mismatchRate: Double?
        /// Wilson, two-sided, 95 %.
        package let interval: [Double]
        /// Clopper and Pearson, one-sided, at the limits' alpha: what the verdict goes by.
        package let lowerBound: Double
        package let upperBound: Double
        package let effectiveCount: Double
        /// How many more values would decide; null when it is decided, or none would.
        package let needed: Int?
        /// Most frequent first.
        package let causes: [Cause]
        package let hours: [Hour]
        package let hosts: [Host]
        /// `ageEnds` are seconds; the last count is of what is older than all.
        package let ageEnds: [Double]
        package let ageCounts: [Int]
        package let pairs: [Pair]
    }

    package struct Cause: Codable, Hashable, Sendable {
        package let code: String
        package let words: String
        package let count: Int
        package let first: String
        package let last: String
        package let examples: [Example]
    }

    package struct Hour: Codable, Hashable, Sendable {
        package let hour: String
        package let compared: Int
        package let different: Int
        package let interval: [Double]
    }

    package struct Host: Codable, Hashable, Sendable {
        package let host: String
        package let compared: Int
        package let different: Int
    }

    package struct Pair: Codable, Hashable, Sendable {
        package let served: Double
        package let recomputed: Double
        package let isEqual: Bool
    }

    /// Values in their canonical text; null is NULL. Of a sensitive feature a value is a hash: equal ones are told, no more.
    package struct Example: Codable, Hashable, Sendable {
        package let servedID: Int64
        package let servedAt: String
        package let host: String
        package let keys: [String?]
        package let served: String?
        package let status: FeatureStatus
        package let recomputed: String?
    }

    /// Rows that the log lost.
    package struct Loss: Codable, Hashable, Sendable {
        package let service: String
        package let cause: ServedLogLoss.Cause
        package let host: String
        package let rows: Int
        package let first: String
        package let last: String
    }

    package let layoutVersion: Int
    package let project: String
    package let since: String
    package let checkedAt: String
    package let verdict: SkewVerdict
    package let limits: Limits
    package let compared: Int
    package let different: Int
    package let services: [Service]
    package let losses: [Loss]
}
