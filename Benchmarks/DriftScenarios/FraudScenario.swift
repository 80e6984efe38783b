package import DriftMonitor
import Foundation

/// A fraud model whose labels come 20 to 40 days late, and fraud that changes: from day 100 on a quarter of what is scored is card testing,
/// small amounts from new devices, of which three in ten are fraud. The model learned that fraud is large, and scores them low.
package struct FraudScenario: Sendable {
    package static let changeDay = 100
    package static let days = 160
    package static let rowsADay = 400
    package static let threshold = 0.3
    package static let features = ["amount", "device_age", "score", "velocity"]

    package let outcomes: [Outcome]
    package let nights: [DriftNight]
    package let training: DriftNight

    /// - Parameter changes: whether fraud changes at all.
    package init(seed: UInt64, changes: Bool = true) {
        var random = SplitMix64(seed: seed)
        let past = (0..<6000).map { _ in Self.row(isAttack: false, &random) }
        let frames = Self.features.map { feature in NumericFrame(baseline: past.map { $0.value(feature) }) }
        func night(_ day: Int, _ rows: [Row]) -> DriftNight {
            var features: [String: FeatureProfile] = [:]
            for (feature, frame) in zip(Self.features, frames) {
                guard let frame else { continue }
                features[feature] = .numeric(NumericProfile(frame: frame, values: rows.map { $0.value(feature) }))
            }
            return DriftNight(day: day, features: features)
        }
        training = night(0, past)
        var outcomes: [Outcome] = []
        var nights: [DriftNight] = []
        for day in 0..<Self.days {
            // Within a week to a quarter of all.
            let attack = changes && day >= Self.changeDay ? 0.25 * min(1, Double(day - Self.changeDay + 1) / 7) : 0
            let rows = (0..<Self.rowsADay).map { _ in Self.row(isAttack: random.uniform() < attack, &random) }
            for row in rows {
                let made = Double(day) + random.uniform()
                let delay = 20 + 20 * random.uniform()
                outcomes.append(Outcome(day: made, score: row.score, positiveOn: row.isFraud ? made + delay : nil))
            }
            nights.append(night(day, rows))
        }
        self.outcomes = outcomes
        self.nights = nights
    }

    private struct Row {
        let amount: Double
        let deviceAge: Double
        let velocity: Double
        let score: Double
        let isFraud: Bool

        func value(_ feature: String) -> Double {
            switch feature {
            case "amount": amount
            case "device_age": deviceAge
            case "velocity": velocity
            default: score
            }
        }
    }

    private static func row(isAttack: Bool, _ random: inout SplitMix64) -> Row {
        let amount = isAttack ? -1.5 + 0.2 * random.normal() : random.normal()
        let deviceAge = isAttack ? -1.8 + 0.2 * random.normal() : random.normal()
        let velocity = random.normal()
        // What the model has learned, and what was true until the change.
        let score = 1 / (1 + exp(4.2 - 1.8 * amount - 0.8 * velocity))
        return Row(
            amount: amount, deviceAge: deviceAge, velocity: velocity, score: score,
            isFraud: random.uniform() < (isAttack ? 0.3 : score))
    }

    /// What is noticed when.
    package struct Findings: Sendable {
        /// The first night that inputs or scores alert against the training set, and by what.
        package var proxyAlert: (day: Int, features: [String])?
        /// Alerts before the change.
        package var falseAlerts = 0
        /// The first day on which more positives have come than scores explain.
        package var earlyLabels: Int?
        /// The first day on which final labels show concept drift.
        package var finalLabels: Int?
        /// What was said of outcomes on the day of the proxy alert.
        package var atAlert: OutcomeReport?
    }

    /// - Parameter step: days from one look at the outcomes to the next.
    package func findings(every step: Int = 1) -> Findings {
        var findings = Findings()
        var replay = NightlyReplay(.training, baseline: training, features: Set(Self.features))
        replay.judge(nights)
        for night in replay.alertsByNight where !night.alerts.isEmpty {
            if night.day < Self.changeDay {
                findings.falseAlerts += 1
            } else if findings.proxyAlert == nil {
                findings.proxyAlert = (night.day, night.alerts.map(\.key.feature).sorted())
            }
        }
        findings.atAlert = findings.proxyAlert.map { report(on: $0.day) }
        for day in stride(from: Self.changeDay, to: Self.days, by: step) where findings.finalLabels == nil {
            let report = report(on: day)
            if report.early?.hasMoved == true, findings.earlyLabels == nil { findings.earlyLabels = day }
            if report.diagnosis?.kind == .conceptDrift, findings.finalLabels == nil { findings.finalLabels = day }
        }
        return findings
    }

    package func report(on day: Int) -> OutcomeReport {
        OutcomeJudge(outcomes, day: day, settings: OutcomeJudge.Settings(threshold: Self.threshold)).report
    }
}
