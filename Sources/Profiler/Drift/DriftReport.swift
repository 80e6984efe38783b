package import DriftMonitor

/// What a night's features are, against a reference. Sorted, without a clock: the same profiles give the same bytes.
package struct DriftReport: Hashable, Sendable, Codable {
    package static let currentFormat = 1

    package struct Finding: Hashable, Sendable, Codable {
        /// A feature, or a pair `a × b`.
        package let name: String
        package let reference: DriftReference
        package let statistic: DriftStatistic
        package let unit: String
        package let value: Double?
        package let effect: Double?
        /// The effect that chance alone gives on average.
        package let noise: Double
        package let gate: EffectGate
        package let p: Double?
        package let adjustedP: Double?
        /// Of the last five nights, how many were above the alert gate.
        package let hitsOf5: Int
        package let tonight: NightlyJudgement.Level
        package let state: NightlyJudgement.Level
        package let isSevere: Bool
        package let detail: String?
    }

    package struct Feature: Hashable, Sendable, Codable {
        package let name: String
        package let reference: DriftReference
        package let verdict: DriftVerdict
        /// Rows that count as independent.
        package let referenceRows: Double
        package let currentRows: Double
        /// So many on tonight's side would decide; nil where they do, or where the reference is what is too small.
        package let neededRows: Double?
    }

    /// Whether a classifier can tell tonight's rows from the reference's, and by what. For one night: it warns, and does not alert.
    package struct Joint: Hashable, Sendable, Codable {
        package struct Importance: Hashable, Sendable, Codable {
            package let feature: String
            package let lostAUC: Double
        }

        package let reference: DriftReference
        package let auc: Double
        package let standardError: Double
        package let p: Double
        package let importances: [Importance]
        package let level: NightlyJudgement.Level
    }

    /// How far tonight's joint distribution is from the reference's. For one night: it warns, and does not alert.
    package struct Discrepancy: Hashable, Sendable, Codable {
        package let measured: JointDiscrepancy
        /// The largest of its p-values.
        package let p: Double
        package let level: NightlyJudgement.Level
    }

    package struct Against: Hashable, Sendable, Codable {
        package let reference: DriftReference
        package let features: [Feature]
        /// All that was measured, by name.
        package let findings: [Finding]
        package let joint: Joint?
        package let discrepancy: Discrepancy?
        /// The days that the reference is made of; none for the training set.
        package let days: [String]
        /// Nights judged before this one, and the alerts of each.
        package let history: [Night]
    }

    package struct Night: Hashable, Sendable, Codable {
        package let day: String
        package let alerts: [String]
    }

    package let format: Int
    package let project: String
    package let subject: String
    package let source: String
    package let day: String
    /// Of 24.
    package let hoursProfiled: Int
    package let baseline: String
    package let baselineOrigin: String
    package let baselineRows: Int
    package let against: [Against]
    /// Features that were not compared, and why.
    package let notCompared: [String: String]
    /// References that could not be used, and why.
    package let missingReferences: [String: String]
    /// What labels say; nil when none were given.
    package var outcomes: OutcomeReport?
    package let verdict: DriftVerdict
    /// What this report cannot know.
    package let limits: [String]
}

extension DriftReport {
    /// Whether every feature could be compared with the model's training set.
    package var isJudgedAgainstTraining: Bool {
        notCompared.isEmpty
            && against.contains { $0.reference == .training && $0.features.allSatisfy { $0.verdict != .inconclusive } }
    }
}

extension DriftReport.Against {
    /// What is raised, the worst first: the greatest excess over its gate of each feature or pair.
    package var alerts: [DriftReport.Finding] { worst(.alert) }

    /// What is above a gate and not raised.
    package var warnings: [DriftReport.Finding] {
        let raised = Set(alerts.map(\.name))
        return worst(.warn).filter { !raised.contains($0.name) }
    }

    private func worst(_ level: NightlyJudgement.Level) -> [DriftReport.Finding] {
        func excess(_ finding: DriftReport.Finding) -> Double { (finding.effect ?? .infinity) / finding.gate.alert }
        var worst: [String: DriftReport.Finding] = [:]
        for finding in findings where finding.state == level {
            if let other = worst[finding.name], excess(other) >= excess(finding) { continue }
            worst[finding.name] = finding
        }
        return worst.values.sorted { excess($0) != excess($1) ? excess($0) > excess($1) : $0.name < $1.name }
    }

    /// Pairs that are raised though neither feature is by itself: no marginal test sees them.
    package var jointOnly: [DriftReport.Finding] {
        let features = Set(alerts.filter { !$0.statistic.isJoint }.map(\.name))
        return alerts.filter { pair in
            pair.statistic.isJoint && pair.name.split(separator: " × ").allSatisfy { !features.contains(String($0)) }
        }
    }
}
