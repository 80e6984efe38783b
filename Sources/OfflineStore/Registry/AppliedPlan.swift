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
    /// Someone applied after the state that this apply was planned against.
    case moved(applyID: Int64, fingerprint: String, appliedBy: String, appliedAt: Timestamp)
    case ambiguousFingerprint(String, candidates: [String])
    /// An old plan reads what the database no longer has.
    case catalogueMoved(fingerprint: String, misfits: [PlanMisfit])

    package var description: String {
        switch self {
        case .nothingApplied(let project):
            "nothing of project `\(project)` has been applied to this offline store; run `asof apply`"
        case .unknownFingerprint(let project, let fingerprint):
            "the registry has no plan \(fingerprint.prefix(12)) of project `\(project)`"
        case .unreadablePlan(let applyID, let engineVersion):
            "apply \(applyID) was recorded by asof \(engineVersion), which this asof cannot read; run `asof apply` again"
        case .moved(let applyID, let fingerprint, let appliedBy, let appliedAt):
            "the registry moved: \(appliedBy) applied plan \(fingerprint.prefix(12)) at \(appliedAt) (apply \(applyID)) since this "
                + "was planned; look at `asof plan` and apply again"
        case .ambiguousFingerprint(let prefix, let candidates):
            "\(prefix) is the start of several plans: \(candidates.map { String($0.prefix(16)) }.joined(separator: ", "))"
        case .catalogueMoved(let fingerprint, let misfits):
            "plan \(fingerprint.prefix(12)) no longer fits the database, and nothing was applied: "
                + misfits.map(\.description).joined(separator: "; ")
        }
    }
}
