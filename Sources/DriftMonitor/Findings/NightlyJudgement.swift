/// What a night's comparisons of one model against one reference amount to. An alert needs all four: an effect above the gate, above the
/// noise, an adjusted p below q, and persistence. A p-value alone never alerts (monitoring.md §2.1, 3).
package struct NightlyJudgement: Hashable, Sendable {
    /// A statistic of a feature.
    package struct Key: Hashable, Sendable, Comparable, Codable {
        package let feature: String
        package let statistic: DriftStatistic

        package init(feature: String, statistic: DriftStatistic) {
            self.feature = feature
            self.statistic = statistic
        }

        package static func < (a: Key, b: Key) -> Bool {
            (a.feature, a.statistic.rawValue) < (b.feature, b.statistic.rawValue)
        }
    }

    package enum Level: String, Hashable, Sendable, Codable, Comparable {
        case quiet, warn, alert

        package static func < (a: Level, b: Level) -> Bool { a.rank < b.rank }

        private var rank: Int {
            switch self {
            case .quiet: 0
            case .warn: 1
            case .alert: 2
            }
        }
    }

    package struct Finding: Hashable, Sendable {
        package let key: Key
        package let measurement: DriftMeasurement
        package let gate: EffectGate
        /// By Benjamini and Hochberg over the night; nil where nothing tests the statistic.
        package let adjustedPValue: Double?
        /// What this night alone says.
        package let tonight: Level
        /// What is to be told: raised and held by `Persistence`.
        package let state: Level
        /// Above twice the alert gate on at least 1,000 effective cells: raised without waiting.
        package let isSevere: Bool
    }

    /// All statistics that were measured, by feature and name.
    package let findings: [Finding]
    /// Hits of the last windows by key, to be kept for the next night.
    package let persistence: [Key: Persistence]

    /// What LORD++ takes of this night: the smallest p by Benjamini and Yekutieli of what is above its alert gate; 1 where nothing is.
    package let pagingPValue: Double

    /// Judges a night. Hits are held against q by Benjamini and Yekutieli, for the statistics of a feature share their rows; the report
    /// shows Benjamini and Hochberg's. `gates` holds calibrated gates; what is not in it has the fixed one. `persistence` is the last night's.
    ///
    /// - Parameters:
    ///   - pagingLevel: what LORD++ holds the night against; nothing new is raised on a night that it does not reject, unless it
    ///     rejected one of the nights just before.
    ///   - told: what was raised before, and needs no leave to stay so.
    package init(
        _ comparisons: [String: ProfileComparison], gates: [Key: EffectGate] = [:], persistence: [Key: Persistence] = [:],
        falseDiscoveryRate q: Double = 0.05, pagingLevel: Double = 1, hasPagedLately: Bool = false,
        told: Set<Key> = [], standard: Persistence = Persistence()
    ) {
        let measured = comparisons.sorted { $0.key < $1.key }.flatMap { feature, comparison in
            comparison.measurements.map {
                (key: Key(feature: feature, statistic: $0.statistic), measurement: $0, comparison: comparison)
            }
        }
        let tested = measured.indices.filter { measured[$0].measurement.pValue != nil }
        let pValues = tested.map { measured[$0].measurement.pValue ?? 1 }
        let adjusted = PValueAdjustment.benjaminiHochberg.adjusted(pValues)
        let paging = Dictionary(uniqueKeysWithValues: zip(tested, PValueAdjustment.benjaminiYekutieli.adjusted(pValues)))
        let gate = { (key: Key) in gates[key] ?? key.statistic.gate }
        pagingPValue =
            tested.filter { measured[$0].measurement.effect >= gate(measured[$0].key).alert }.compactMap { paging[$0] }.min() ?? 1
        let adjustedByIndex = Dictionary(uniqueKeysWithValues: zip(tested, adjusted))

        let mayPage = hasPagedLately || pagingPValue <= pagingLevel
        var persistence = persistence
        findings = measured.enumerated().map { index, entry in
            let gate = gate(entry.key)
            let adjusted = adjustedByIndex[index]
            let effect = entry.measurement.effect
            let isReal = effect > entry.measurement.noise && (adjusted ?? 0) <= q
            // What nothing tests can warn, not alert: an alert needs a p-value.
            let isLarge = effect >= gate.alert && paging[index].map { $0 <= q } ?? false
            let tonight: Level = !isReal ? .quiet : isLarge ? .alert : effect >= gate.warn ? .warn : .quiet
            let least = min(entry.comparison.referenceCount, entry.comparison.currentCount)
            let isSevere = tonight == .alert && effect >= 2 * gate.alert && least >= 1000
            let isRaised = persistence[entry.key, default: standard].update(tonight == .alert)
            return Finding(
                key: entry.key, measurement: entry.measurement, gate: gate, adjustedPValue: adjusted, tonight: tonight,
                state: (isRaised || isSevere) && (mayPage || told.contains(entry.key))
                    ? .alert : tonight == .quiet ? .quiet : .warn, isSevere: isSevere)
        }
        self.persistence = persistence
    }

    /// Features that are to be told of, each with its greatest effect over its gate, the worst first.
    package var alerts: [Finding] {
        var worst: [String: Finding] = [:]
        func excess(_ finding: Finding) -> Double { finding.measurement.effect / finding.gate.alert }
        for finding in findings where finding.state == .alert {
            if let other = worst[finding.key.feature], excess(other) >= excess(finding) { continue }
            worst[finding.key.feature] = finding
        }
        return worst.values.sorted { excess($0) != excess($1) ? excess($0) > excess($1) : $0.key < $1.key }
    }
}
