/// What to do about a model. A retraining is only proposed: promotion needs the offline gate against the champion and shadow.
package enum RetrainingAction: String, CaseIterable, Hashable, Sendable, Codable {
    /// A feature is served otherwise than it is trained: mend the pipeline first.
    case fixPipeline = "fix_pipeline"
    case rollBack = "roll_back"
    case retrain
    case recalibrate
    case investigate
    case none
}

/// The rules of monitoring.md §2.10 in the order in which the first that fires decides.
package enum RetrainingRule: String, CaseIterable, Hashable, Sendable, Codable {
    case blockedBySkew = "blocked_by_skew"
    case worseThanPrevious = "worse_than_previous"
    case belowFloor = "below_floor"
    case labelShift = "label_shift"
    case pays
    case newLabels = "new_labels"
    case tooOld = "too_old"
    case unexplainedDrift = "unexplained_drift"
    case nothing

    package var action: RetrainingAction {
        switch self {
        case .blockedBySkew: .fixPipeline
        case .worseThanPrevious: .rollBack
        case .belowFloor, .pays, .newLabels, .tooOld: .retrain
        case .labelShift: .recalibrate
        case .unexplainedDrift: .investigate
        case .nothing: .none
        }
    }
}

/// The decision on a model: a pure function of policy and evidence, with what every rule said. Vector: trigger.cost_rule.
package struct RetrainingDecision: Hashable, Sendable, Codable {
    /// A rule, looked at.
    package struct Considered: Hashable, Sendable, Codable {
        package let rule: RetrainingRule
        package let action: RetrainingAction
        /// Whether its condition holds.
        package let holds: Bool
        /// Whether it would have acted, had no candidate been in shadow.
        package let isHeldBack: Bool
        /// The numbers it was decided by, in words.
        package let reason: String
    }

    package let action: RetrainingAction
    /// The first rule that fired.
    package let rule: RetrainingRule
    package let reason: String
    /// All rules in order, those behind the one that fired too: what else would have been done.
    package let considered: [Considered]
    package let policy: RetrainingPolicy
    package let evidence: RetrainingEvidence

    package init(policy: RetrainingPolicy, evidence: RetrainingEvidence) {
        let considered = RetrainingRule.allCases.map { rule in
            let (holds, reason) = rule.judge(policy, evidence)
            return Considered(
                rule: rule, action: rule.action, holds: holds,
                isHeldBack: holds && rule.action == .retrain && evidence.isCandidatePending, reason: reason)
        }
        // The last rule always holds.
        let fired = considered.first { $0.holds && !$0.isHeldBack } ?? considered[considered.count - 1]
        action = fired.action
        rule = fired.rule
        let held = considered.first(where: \.isHeldBack)
        reason = held.map { "\(fired.reason); \($0.rule.rawValue) waits for the candidate in shadow" } ?? fired.reason
        self.considered = considered
        self.policy = policy
        self.evidence = evidence
    }
}
