/// The statistics of a feature, by their canonical names, which carry the unit (monitoring.md §2.4).
package enum DriftStatistic: String, CaseIterable, Hashable, Sendable, Codable {
    case psi10, ksD = "ks_d", wasserstein1 = "w1_std", jensenShannon = "js_dist_bits", cramersV = "cramers_v"
    case lInfinity = "l_inf"
    case nullDelta = "null_delta", nanDelta = "nan_delta", missingDelta = "miss_delta", expiredDelta = "expired_delta"
    case meanShift = "mean_z", varianceRatio = "var_ratio"
    case newValueShare = "new_value_share", lostValueShare = "lost_value_share", distinctRatio = "distinct_ratio"
    case rangeBreach = "range_breach"
    /// Of two features together: the change of their correlation (monitoring.md §2.5, 1).
    case correlationDelta = "corr_delta"

    /// Whether it is of a pair of features, not of one.
    package var isJoint: Bool { self == .correlationDelta }

    package var unit: String {
        switch self {
        case .psi10: "nats"
        case .jensenShannon: "sqrt(bits)"
        case .wasserstein1, .meanShift: "baseline scales"
        case .varianceRatio, .distinctRatio: "ratio"
        case .ksD, .cramersV, .correlationDelta: "1"
        case .lInfinity, .nullDelta, .nanDelta, .missingDelta, .expiredDelta, .newValueShare, .lostValueShare,
            .rangeBreach:
            "share"
        }
    }

    /// The fixed gate on the effect: of psi10 on what exceeds its noise, of deltas on Cohen's h, of ratios on |ln ratio|.
    package var gate: EffectGate {
        switch self {
        case .psi10: EffectGate(warn: 0.1, alert: 0.25)
        case .ksD, .jensenShannon, .cramersV, .correlationDelta: EffectGate(warn: 0.1, alert: 0.2)
        case .wasserstein1, .meanShift: EffectGate(warn: 0.1, alert: 0.25)
        case .lInfinity: EffectGate(warn: 0.05, alert: 0.1)
        case .nullDelta, .nanDelta, .missingDelta, .expiredDelta: EffectGate(warn: 0.1, alert: 0.2)
        // 0.8 to 1.25, and 0.67 to 1.5.
        case .varianceRatio, .distinctRatio: EffectGate(warn: 0.22314355131420976, alert: 0.4054651081081644)
        case .newValueShare, .lostValueShare, .rangeBreach: EffectGate(warn: 0.01, alert: 0.05)
        }
    }
}

/// A statistic between two profiles: how large, how large by chance, and how likely so by chance.
package struct DriftMeasurement: Hashable, Sendable, Codable {
    package let statistic: DriftStatistic
    /// In the statistic's unit.
    package let value: Double
    /// What is held against the gate: not negative, greater is worse.
    package let effect: Double
    /// The effect that chance alone gives on average; 0 where it was taken off already or none is known.
    package let noise: Double
    /// Nil where nothing tests it.
    package let pValue: Double?
    /// What the value says more: the category that changed most, the upper end of a bracket.
    package let detail: String?

    package init(
        _ statistic: DriftStatistic, _ value: Double, effect: Double? = nil, noise: Double = 0, pValue: Double? = nil,
        detail: String? = nil
    ) {
        self.statistic = statistic
        self.value = value
        self.effect = effect ?? abs(value)
        self.noise = noise
        self.pValue = pValue
        self.detail = detail
    }
}
