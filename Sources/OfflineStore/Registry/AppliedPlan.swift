package import FeatureDefs

/// A plan as the registry recorded it.
package struct AppliedPlan: Sendable {
    package let applyID: Int64
    package let plan: Plan
    package let fingerprint: String
    package let appliedBy: String
    package let appliedAt: Timestamp
    /// The online numbers of every feature view of the plan, by view name.
    package let layouts: [String: ViewLayoutIDs]
}

/// Why the registry cannot answer.
package enum RegistryError: Error, Hashable, Sendable, CustomStringConvertible {
    case nothingApplied(project: String)
    case unknownFingerprint(project: String, fingerprint: String)
    /// A plan that another version of asof recorded, which this one cannot read.
    case unreadablePlan(applyID: Int64, engineVersion: String)

    package var description: String {
        switch self {
        case .nothingApplied(let project):
            "nothing of project `\(project)` has been applied to this offline store; run `asof apply`"
        case .unknownFingerprint(let project, let fingerprint):
            "the registry has no plan \(fingerprint.prefix(12)) of project `\(project)`"
        case .unreadablePlan(let applyID, let engineVersion):
            "apply \(applyID) was recorded by asof \(engineVersion), which this asof cannot read; run `asof apply` again"
        }
    }
}
