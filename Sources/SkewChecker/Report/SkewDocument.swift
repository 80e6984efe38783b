package import FeatureDefs

/// The report as JSON: `asof skew --json` and `report.json`. Every other form of the report is made from it.
package struct SkewDocument: Codable, Hashable, Sendable {
    package struct Limits: Codable, Hashable, Sendable {
        package let rate: Double
        package let alpha: Double
        /// Of values that are older than at the instant of serving, as the schedule allows; null: any share.
        package let staleRate: Double?
    }

    package struct Service: Codable, Hashable, Sendable {
        package let service: String
        package let planFingerprint: String
        package let rows: Int
        /// The names of an example's keys.
        package let joinKeys: [String]
        package let features: [Feature]
    }

    package struct Feature: Codable, Hashable, Sendable {
        package let feature: String
        package let type: String
        /// Its values are masked: the definition says `tags: {sensitive: true}` of it, its view or what it is computed from.
        package let isSensitive: Bool
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
        /// Of how many rows the stored row's cut was older than the schedule allows.
        package let overdue: Int
        package let staleness: Staleness
        package let pairs: [Pair]
    }

    /// Of a share of the rows: how many values had changed since the cut that the schedule has for them. No mismatch.
    package struct Staleness: Codable, Hashable, Sendable {
        package let compared: Int
        package let stale: Int
        /// Wilson, two-sided, 95 %.
        package let interval: [Double]
        /// null without a budget.
        package let verdict: SkewVerdict?
    }

    package struct Cause: Codable, Hashable, Sendable {
        package let code: String
        package let words: String
        package let count: Int
        package let first: String
        package let last: String
        package let examples: [Example]
        /// What shows one of them row by row; null where nothing is stored of the feature.
        package let explain: String?
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

    /// Values in their canonical text; null is NULL. Of a sensitive feature a value is a number in the order of appearance: equal ones
    /// are told, no more.
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

    /// How late the rows of a source came (`SourceLateness`); periods as definitions write them.
    package struct Source: Codable, Hashable, Sendable {
        package struct Distribution: Codable, Hashable, Sendable {
            package let rows: Int
            package let shares: [Double]
            package let lateness: [String]
        }

        package let source: String
        package let views: [String]
        package let verdict: SkewVerdict?
        package let declaredDelay: String
        package let declaredLag: String?
        /// Available time minus event timestamp.
        package let recorded: Distribution?
        /// Arrival minus available time, at the least.
        package let arrival: Distribution?
        package let missed: Int
        /// `delay: 3h`
        package let proposal: String?
    }

    /// A cause of a feature's differences, over the runs that saw it.
    package struct Finding: Codable, Hashable, Sendable {
        package let id: Int64
        package let service: String
        package let feature: String
        package let code: String
        package let words: String
        package let openedAt: String
        /// The runs that saw it.
        package let nights: Int
        /// Values in this run, and in all.
        package let count: Int
        package let total: Int
        package let closedWhy: String?
    }

    /// Since the run before.
    package struct Changes: Codable, Hashable, Sendable {
        package struct Verdict: Codable, Hashable, Sendable {
            package let service: String
            package let feature: String
            package let from: SkewVerdict
            package let to: SkewVerdict
        }

        package let previousRun: Int64?
        package let previousAt: String?
        package let previousVerdict: SkewVerdict?
        package let verdicts: [Verdict]
        package let opened: [Finding]
        package let ongoing: [Finding]
        package let closed: [Finding]
    }

    package static let currentLayout = 3

    package let layoutVersion: Int
    /// null of a check that is not recorded.
    package let run: Int64?
    package let project: String
    /// Since when what was checked was served, or, of a recorded run, logged; `-infinity` for the log's beginning.
    package let since: String
    package let checkedAt: String
    package let verdict: SkewVerdict
    package let limits: Limits
    package let compared: Int
    package let different: Int
    package let services: [Service]
    package let losses: [Loss]
    package let sources: [Source]
    /// null of a check that is not recorded.
    package let changes: Changes?
    /// What to do now: a command, or a line of the definitions.
    package let next: String
}
