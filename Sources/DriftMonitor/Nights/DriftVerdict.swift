/// What can be said of a feature on a night. The absence of a finding is a pass only where a change as large as the gate would have shown.
package enum DriftVerdict: String, CaseIterable, Hashable, Sendable, Codable {
    case alert, warn, pass, inconclusive

    /// Effective rows that each side needs so that chance alone moves the population stability by less than its alert gate in 99% of
    /// nights: chi2_9(.99) (1/n + 1/m) <= 0.25. 174 on each side; never with fewer than 87 on one.
    package static func needed(with other: Double) -> Double? {
        let gate = DriftStatistic.psi10.gate.alert
        let perRow = gate / ChiSquare.quantile(0.99, degreesOfFreedom: 9)
        let rest = perRow - 1 / other
        return other > 0 && rest > 0 ? (1 / rest).rounded(.up) : nil
    }

    /// Of a feature's findings of one night.
    package static func of(_ findings: [NightlyJudgement.Finding], reference: Double, current: Double) -> DriftVerdict {
        if findings.contains(where: { $0.state == .alert }) { return .alert }
        guard let needed = needed(with: reference), current >= needed else { return .inconclusive }
        return findings.contains { $0.state == .warn } ? .warn : .pass
    }
}
