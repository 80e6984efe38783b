extension RetrainingRule {
    /// Whether the rule's condition holds, and by what.
    func judge(_ policy: RetrainingPolicy, _ evidence: RetrainingEvidence) -> (holds: Bool, reason: String) {
        switch self {
        case .blockedBySkew:
            let names = evidence.openSkew.sorted().joined(separator: ", ")
            return names.isEmpty
                ? (false, "no open skew finding touches the model")
                : (true, "served otherwise than trained: \(names)")
        case .worseThanPrevious: return judgePrevious(policy, evidence)
        case .belowFloor: return judgeFloor(policy, evidence)
        case .labelShift:
            return (
                evidence.isLabelShiftConfirmed && evidence.areSlicesStable,
                "label shift \(evidence.isLabelShiftConfirmed ? "" : "not ")confirmed by BBSE and MLLS, "
                    + "slices \(evidence.areSlicesStable ? "stable" : "not stable")"
            )
        case .pays:
            guard let cost = evidence.cost else { return (false, "what retraining saves could not be estimated") }
            let real = RetrainingCost.probabilityReal(
                confirmed: evidence.findingsConfirmed, raised: evidence.findingsRaised)
            return (
                evidence.isDriftPersisted && cost.pays(probabilityReal: real, margin: policy.margin),
                "\(evidence.isDriftPersisted ? "persisted drift" : "no persisted drift"), gain "
                    + "\(cost.gain(probabilityReal: real)) at p_real \(real), \(policy.margin) times the cost is "
                    + "\(policy.margin * cost.cost)"
            )
        case .newLabels:
            let cost = evidence.cost?.cost ?? .infinity
            return (
                evidence.newLabels >= policy.minimumNewLabels && evidence.learningCurveGain > policy.margin * cost,
                "\(evidence.newLabels) new labels of \(policy.minimumNewLabels), gain \(evidence.learningCurveGain), "
                    + "\(policy.margin) times the cost is \(policy.margin * cost)"
            )
        case .tooOld:
            guard let limit = policy.maximumAgeDays else { return (false, "no age limit is declared") }
            return (evidence.modelAgeDays > limit, "\(evidence.modelAgeDays) days old, limit \(limit)")
        case .unexplainedDrift:
            let isOpen = evidence.estimatedLoss.map { $0.lower <= 0 && $0.upper >= 0 } ?? true
            return (
                evidence.isDriftPersisted && isOpen,
                evidence.isDriftPersisted
                    ? "drift persists; its estimated loss \(isOpen ? "may be nothing" : "is not nothing, and does not pay")"
                    : "no drift persists"
            )
        case .nothing: return (true, "no rule asks for anything")
        }
    }

    private func judgePrevious(_ policy: RetrainingPolicy, _ evidence: RetrainingEvidence) -> (holds: Bool, reason: String) {
        guard let floor = policy.metricFloor else { return (false, "no floor of the metric is declared") }
        guard let metric = evidence.maturedMetric else { return (false, "no labels have matured") }
        guard let previous = evidence.previousVersionMetric else {
            return (false, "the version before was not measured on the same cohorts")
        }
        return (
            metric.value < floor && previous > metric.value,
            "metric \(metric.value), floor \(floor), the version before \(previous)"
        )
    }

    private func judgeFloor(_ policy: RetrainingPolicy, _ evidence: RetrainingEvidence) -> (holds: Bool, reason: String) {
        guard let floor = policy.metricFloor else { return (false, "no floor of the metric is declared") }
        guard let metric = evidence.maturedMetric else { return (false, "no labels have matured") }
        return (
            metric.lower < floor && evidence.isMetricLowPersisted,
            "metric at least \(metric.lower), floor \(floor), \(evidence.isMetricLowPersisted ? "" : "not ")persisted"
        )
    }
}
