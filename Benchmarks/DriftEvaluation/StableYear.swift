import DriftMonitor

/// A year of nights of 200 features with a weekly season and days that differ a little: how often a stable one pages, and after how many
/// nights changes of known size do.
enum StableYear {
    private static let features = 200
    private static let nights = 365
    private static let rows = 500
    /// The first four weeks are the baseline.
    private static let baselineNights = 28

    /// What changes in a feature from a night on.
    private struct Change {
        let name: String
        var shift = 0.0
        var spread = 1.0
        var nulls = 0.0
    }

    private static let changes = [
        Change(name: "mean +0.1 sd", shift: 0.1), Change(name: "mean +0.25 sd", shift: 0.25),
        Change(name: "mean +0.5 sd", shift: 0.5),
        Change(name: "mean +1 sd", shift: 1), Change(name: "spread x 1.5", spread: 1.5), Change(name: "5% NULL", nulls: 0.05),
        Change(name: "20% NULL", nulls: 0.2),
    ]

    static func section() -> [String] {
        let stable = simulate(Array(repeating: nil, count: features), from: 0, seed: 1)
        var lines = [
            "## A year of stable nights", "",
            "\(features) features, \(rows) rows a night, each with its own weekly season (up to half a standard deviation) and days "
                + "whose mean moves by 0.05 standard deviations. Each night is compared with the same weekday of the four weeks "
                + "before; gates as fixed, not calibrated.", "",
            "Alerts in \(nights - baselineNights) nights: **\(stable.opened.count)** (the bar is one). "
                + "Night's hits that persistence kept from alerting: \(stable.suppressed).", "",
            "The same year with a change in 20 features each, from night 200 on:", "",
            "| change | found in 7 nights | median nights to the alert |", "|---|---|---|",
        ]
        for change in changes {
            let changed = (0..<features).map { $0 < 20 ? change : nil }
            let result = simulate(changed, from: 200, seed: 2)
            let delays = (0..<20).compactMap { feature in
                result.opened.first { $0.feature == feature && $0.night >= 200 && $0.night < 207 }.map { Double($0.night - 199) }
            }
            let median = delays.isEmpty ? "-" : rounded(Quantile.median(delays), 0)
            lines.append("| \(change.name) | \(delays.count) of 20 | \(median) |")
        }
        return lines + [
            "",
            "Below the gates (psi 0.25, ks and js 0.2, mean 0.25 scales) nothing is to be found: the gates say which effects matter.",
            "",
        ]
    }

    private static func simulate(
        _ changes: [Change?], from start: Int, seed: UInt64
    ) -> (opened: [(feature: Int, night: Int)], suppressed: Int) {
        var random = SplitMix64(seed: seed)
        let seasons = (0..<features).map { _ in (0.25 * random.uniform(), 6.28 * random.uniform()) }
        func values(_ feature: Int, _ night: Int) -> (ContiguousArray<Double>, ContiguousArray<UInt64>) {
            let (amplitude, phase) = seasons[feature]
            let change = night >= start ? changes[feature] : nil
            let mean = amplitude * 2 * sine(0.8975979 * Double(night % 7) + phase) + 0.05 * random.normal()
            let spread = change?.spread ?? 1
            let shifted = mean + (change?.shift ?? 0)
            let values = ContiguousArray((0..<rows).map { _ in shifted + spread * random.normal() })
            var validity = ContiguousArray<UInt64>(repeating: .max, count: (rows + 63) / 64)
            for row in 0..<rows where random.uniform() < (change?.nulls ?? 0) { validity[row / 64] &= ~(1 << UInt64(row % 64)) }
            return (values, validity)
        }
        // The frames, and the last four profiles of each weekday.
        var frames: [NumericFrame] = []
        var history = [[[NumericProfile]]](repeating: [[NumericProfile]](repeating: [], count: 7), count: features)
        for feature in 0..<features {
            let nights = (0..<baselineNights).map { values(feature, $0).0 }
            guard let frame = NumericFrame(baseline: nights.flatMap { $0 }) else { continue }
            frames.append(frame)
            for (night, values) in nights.enumerated() {
                var profile = NumericProfile(frame: frame)
                profile.add(values)
                history[feature][night % 7].append(profile)
            }
        }
        var persistence: [NightlyJudgement.Key: Persistence] = [:]
        var isOpen = Set<Int>()
        var opened: [(feature: Int, night: Int)] = []
        var suppressed = 0
        for night in baselineNights..<(start > 0 ? 207 : nights) {
            var comparisons: [String: ProfileComparison] = [:]
            for feature in 0..<features {
                let (values, validity) = values(feature, night)
                var current = NumericProfile(frame: frames[feature])
                current.add(values, validity: validity)
                var reference = NumericProfile(frame: frames[feature])
                for earlier in history[feature][night % 7] { reference.merge(earlier) }
                comparisons["\(feature)"] = ProfileComparison(reference: reference, current: current)
                history[feature][night % 7].removeFirst()
                history[feature][night % 7].append(current)
            }
            let judgement = NightlyJudgement(comparisons, persistence: persistence)
            persistence = judgement.persistence
            suppressed += judgement.findings.count { $0.tonight == .alert && $0.state != .alert }
            let alerts = Set(judgement.alerts.compactMap { Int($0.key.feature) })
            for feature in alerts.subtracting(isOpen).sorted() { opened.append((feature, night)) }
            isOpen = alerts
        }
        return (opened, suppressed)
    }
}
