import DriftMonitor

/// What a team declares of its models, `retraining.yaml`: one entry for each service.
///
/// ```yaml
/// fraud_v1:
///   metric_floor: 0.8            # of the metric that matured labels give; greater is better
///   margin: 1.5                  # by how much what is saved must exceed the cost
///   minimum_new_labels: 1000
///   maximum_age_days: 90
///   cost: {loss_per_day_now: 500, loss_per_day_after: 200, horizon_days: 14, retraining: 800,
///          regression_probability: 0.05, regression: 4000}
/// ```
struct RetrainingPolicyFile {
    let policy: RetrainingPolicy
    let cost: RetrainingCost?

    init(path: String, service: String) throws(CommandFailure) {
        let file = try DecisionFile(path: path, holding: "the floors and costs of each service's model")
        guard let entry = try file.mapping(service) else {
            throw .usage("\(path) says nothing of `\(service)`; it has \(file.keys.joined(separator: ", "))")
        }
        try entry.allow(["metric_floor", "margin", "minimum_new_labels", "maximum_age_days", "cost"])
        policy = RetrainingPolicy(
            metricFloor: try entry.number("metric_floor"), margin: try entry.number("margin", in: 0...1000) ?? 1.5,
            minimumNewLabels: Int(try entry.number("minimum_new_labels", in: 0...1e12) ?? 1000),
            maximumAgeDays: try entry.number("maximum_age_days", in: 0...1e6))
        guard let costs = try entry.mapping("cost") else {
            cost = nil
            return
        }
        try costs.allow([
            "loss_per_day_now", "loss_per_day_after", "horizon_days", "retraining", "regression_probability", "regression",
        ])
        let money = 0.0...1e15
        cost = RetrainingCost(
            lossPerDayNow: try costs.required("loss_per_day_now", in: money),
            lossPerDayAfter: try costs.required("loss_per_day_after", in: money),
            horizonDays: try costs.required("horizon_days", in: 0...1e5),
            retrainingCost: try costs.required("retraining", in: money),
            regressionProbability: try costs.required("regression_probability", in: 0...1),
            regressionCost: try costs.required("regression", in: money))
    }
}

/// What is known of a model from outside the store, `--measured FILE`: what labels that have matured say.
struct MeasuredEvidenceFile {
    let evidence: RetrainingEvidence

    init(path: String) throws(CommandFailure) {
        let file = try DecisionFile(path: path, holding: "what labels say of the model")
        try file.allow([
            "metric", "previous_metric", "metric_low_persisted", "label_shift_confirmed", "slices_stable", "estimated_loss",
            "new_labels", "learning_curve_gain", "candidate_pending",
        ])
        var evidence = RetrainingEvidence()
        evidence.maturedMetric = try Self.measured("metric", in: file)
        evidence.previousVersionMetric = try file.number("previous_metric")
        evidence.isMetricLowPersisted = try file.flag("metric_low_persisted") ?? false
        evidence.isLabelShiftConfirmed = try file.flag("label_shift_confirmed") ?? false
        evidence.areSlicesStable = try file.flag("slices_stable") ?? false
        evidence.estimatedLoss = try Self.measured("estimated_loss", in: file)
        evidence.newLabels = Int(try file.number("new_labels", in: 0...1e12) ?? 0)
        evidence.learningCurveGain = try file.number("learning_curve_gain") ?? 0
        evidence.isCandidatePending = try file.flag("candidate_pending") ?? false
        self.evidence = evidence
    }

    private static func measured(_ key: String, in file: DecisionFile) throws(CommandFailure) -> RetrainingEvidence.Measured? {
        guard let mapping = try file.mapping(key) else { return nil }
        try mapping.allow(["value", "lower", "upper"])
        let range = -1e18...1e18
        return RetrainingEvidence.Measured(
            value: try mapping.required("value", in: range), lower: try mapping.required("lower", in: range),
            upper: try mapping.required("upper", in: range))
    }
}
