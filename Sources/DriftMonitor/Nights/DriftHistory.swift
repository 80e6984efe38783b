/// A stretch of nights against a reference, for pictures: each feature's distribution, and how far every night was above its gates.
package struct DriftHistory: Sendable {
    /// A night of a feature or pair: its worst statistic.
    package struct Cell: Hashable, Sendable {
        package let statistic: DriftStatistic
        /// Effect over the alert gate: from 1 on it is above it.
        package let excess: Double
        package let state: NightlyJudgement.Level
    }

    /// What a feature's values were like.
    package enum Summary: Hashable, Sendable {
        /// The 5th, 25th, 50th, 75th and 95th percentile.
        case quantiles([Double])
        /// Of the baseline's most frequent values, each one's share.
        case shares([Double])
    }

    package struct Feature: Sendable {
        package let name: String
        /// By night; nil where it was not compared.
        package let cells: [Cell?]
        package let summaries: [Summary?]
        package let reference: Summary?
        /// The values that `shares` are of.
        package let values: [String]

        package var worst: Double { cells.compactMap { $0?.excess }.max() ?? 0 }
    }

    package struct Pair: Sendable {
        package let name: String
        package let cells: [Cell?]
        /// What is said of the last night: `from 0.8 to -0.1`.
        package let detail: String?

        package var worst: Double { cells.compactMap { $0?.excess }.max() ?? 0 }
    }

    package let reference: DriftReference
    package let days: [Int]
    /// The worst first.
    package let features: [Feature]
    /// Those above the gate on some night, the worst first.
    package let pairs: [Pair]

    private static let shownValues = 4

    /// The last `shown` of the nights; the earlier ones calibrate.
    package init(
        _ reference: DriftReference, baseline: DriftNight?, nights: [DriftNight], features names: Set<String>, shown: Int = 28
    ) {
        self.reference = reference
        var replay = NightlyReplay(reference, baseline: baseline, features: names)
        var cells: [String: [Int: Cell]] = [:]
        var details: [String: String] = [:]
        for night in nights {
            replay.judge(night)
            for finding in replay.judgement?.findings ?? [] {
                let name = finding.key.feature
                let excess = finding.measurement.effect / finding.gate.alert
                if finding.key.statistic.isJoint { details[name] = finding.measurement.detail }
                if let other = cells[name]?[night.day], (other.state, other.excess) >= (finding.state, excess) { continue }
                cells[name, default: [:]][night.day] = Cell(
                    statistic: finding.key.statistic, excess: excess.isFinite ? excess : 0, state: finding.state)
            }
        }
        let shown = Array(nights.suffix(shown))
        days = shown.map(\.day)
        let compared = baseline ?? nights.first
        features = names.compactMap { name -> Feature? in
            guard shown.contains(where: { $0.features[name] != nil }) else { return nil }
            let values = Self.values(compared?.features[name])
            return Feature(
                name: name, cells: shown.map { cells[name]?[$0.day] },
                summaries: shown.map { $0.features[name].flatMap { Self.summary($0, of: values) } },
                reference: baseline?.features[name].flatMap { Self.summary($0, of: values) }, values: values)
        }.sorted { $0.worst != $1.worst ? $0.worst > $1.worst : $0.name < $1.name }
        pairs = cells.keys.filter { $0.contains(" × ") }.map { name in
            Pair(name: name, cells: shown.map { cells[name]?[$0.day] }, detail: details[name])
        }.filter { $0.worst >= 1 }.sorted { $0.worst != $1.worst ? $0.worst > $1.worst : $0.name < $1.name }
    }

    private static func values(_ profile: FeatureProfile?) -> [String] {
        guard case .category(let categories) = profile else { return [] }
        return categories.values.top(shownValues).map(\.value)
    }

    /// nil without a value.
    private static func summary(_ profile: FeatureProfile, of values: [String]) -> Summary? {
        guard profile.counts.present > 0 else { return nil }
        switch profile {
        case .numeric(let numbers):
            let quantiles = [0.05, 0.25, 0.5, 0.75, 0.95].map { numbers.quantile($0) }
            return quantiles.allSatisfy(\.isFinite) ? .quantiles(quantiles) : nil
        case .category(let categories):
            let counts = Dictionary(
                categories.values.top(Int.max).map { ($0.value, Double($0.count)) }, uniquingKeysWith: { first, _ in first })
            return .shares(values.map { (counts[$0] ?? 0) / Double(profile.counts.present) })
        }
    }
}
