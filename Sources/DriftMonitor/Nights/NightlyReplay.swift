/// Judges the nights of a model in their order, from profiles alone: persistence, calibrated gates and findings of the last night follow
/// from what is stored, so that a report that is made again is the same.
///
/// Gates are calibrated on nights in which nothing had changed (A/A): at least a week before the night that is judged, and none in
/// which an alert of the feature was raised, or being raised, by a calibrated gate. What the fixed gates raise before that counts: until
/// twenty nights are known, a change cannot be told from a feature's own unrest, and a feature that is restless from the first night on
/// would else never be let alone. The price: a change in those first four weeks is told, but takes part in the calibration.
/// - Against the week: the statistic of an earlier night against its own four weeks, the very comparison that was judged then.
/// - Against training: an earlier night against the (up to 28) nights before it. A difference that was there from the first served night
///   on is no noise, and stays above the gate.
package struct NightlyReplay: Sendable {
    /// How far back the calibration of a night ends.
    package static let calibrationLag = 7
    /// Nights that the calibration of the training gates compares a night with, at most, and at least.
    private static let history = 28
    private static let leastHistory = 7

    /// The last night's judgement.
    package private(set) var judgement: NightlyJudgement?
    /// Every judged night's alerts: what was to be told, the worst first.
    package private(set) var alertsByNight: [(day: Int, alerts: [NightlyJudgement.Finding])] = []
    /// Of the last judged night: the reference's nights (none for training), and the reference itself.
    package private(set) var referenceDays: [Int] = []
    package private(set) var lastReference: DriftNight?
    private var lastNight: DriftNight?
    /// Of the last judged night: by feature or pair, the effective rows on both sides.
    package private(set) var effectiveCounts: [String: (reference: Double, current: Double)] = [:]

    /// How far the joint distribution of every judged night was from its reference (unbiased MMD² from the Fourier sums).
    package private(set) var discrepancies: [(day: Int, value: Double)] = []
    /// LORD++ over the nights.
    private var paging: OnlineFalseDiscovery
    /// A rejection gives leave to raise on so many nights, itself included: as many as persistence looks at.
    private static let pagingNights = 5
    private var told = Set<NightlyJudgement.Key>()

    private let reference: DriftReference
    private let baseline: DriftNight?
    private let features: Set<String>
    private var past: [DriftNight] = []
    private var persistence: [NightlyJudgement.Key: Persistence] = [:]
    private var unchanged: [NightlyJudgement.Key: [(day: Int, effect: Double)]] = [:]
    /// By feature, the days that are not to calibrate.
    private var excluded: [String: Set<Int>] = [:]
    private let falseDiscoveryRate: Double
    private lazy var baselineEffects = baseline.map(NightComparison.designEffects) ?? [:]

    /// - Parameters:
    ///   - baseline: the training set's profiles; needed where they are the reference.
    ///   - features: those that are judged.
    package init(
        _ reference: DriftReference, baseline: DriftNight?, features: Set<String>, falseDiscoveryRate: Double = 0.05
    ) {
        self.reference = reference
        self.baseline = baseline
        self.features = features
        self.falseDiscoveryRate = falseDiscoveryRate
        paging = OnlineFalseDiscovery(alpha: falseDiscoveryRate)
    }

    /// Judges nights, in order.
    package mutating func judge(_ nights: [DriftNight]) {
        for night in nights { judge(night) }
    }

    /// Judges the next night; one that has nothing to be held against only joins the history.
    package mutating func judge(_ night: DriftNight) {
        precondition(past.last.map { $0.day < night.day } ?? true, "nights are judged in their order")
        defer { past.append(night) }
        guard let (held, days, effects) = held(against: night) else {
            judgement = nil
            return
        }
        let comparisons = NightComparison(reference: held, current: night, referenceEffects: effects, features: features)
            .comparisons
        let judged = NightlyJudgement(
            comparisons, gates: gates(on: night.day), persistence: persistence, falseDiscoveryRate: falseDiscoveryRate,
            pagingLevel: paging.nextLevel,
            hasPagedLately: paging.rejections.last.map { paging.count - $0 < Self.pagingNights - 1 } ?? false, told: told)
        _ = paging.update(judged.pagingPValue)
        told = Set(judged.findings.filter { $0.state == .alert }.map(\.key))
        if let before = held.joint?.fourier, let after = night.joint?.fourier, before.frame == after.frame, before.count > 1,
            after.count > 1
        {
            discrepancies.append((night.day, before.unbiasedDiscrepancy(after)))
        }
        persistence = judged.persistence
        (judgement, referenceDays, lastReference, lastNight) = (judged, days, held, night)
        effectiveCounts = comparisons.mapValues { ($0.referenceCount, $0.currentCount) }
        alertsByNight.append((night.day, judged.alerts))
        exclude(judged, on: night.day)
        calibrate(night, comparisons)
    }

    /// How far the last judged night's joint distribution is from its reference's; nil where one of them has none. Not for nothing:
    /// half a second where the samples are full.
    package func discrepancy() -> JointDiscrepancy? {
        guard let lastNight, let lastReference else { return nil }
        return JointDiscrepancy(
            lastNight, from: lastReference, before: discrepancies.filter { $0.day < lastNight.day }.map(\.value))
    }

    /// How many of the last five windows hit.
    package func hits(_ key: NightlyJudgement.Key) -> Int { persistence[key]?.hits ?? 0 }

    private mutating func held(against night: DriftNight) -> (DriftNight, days: [Int], effects: [String: Double])? {
        switch reference {
        case .training:
            guard let baseline else { return nil }
            return (baseline, [], baselineEffects)
        case .week:
            let before = past.filter { [7, 14, 21, 28].contains(night.day - $0.day) }
            guard let merged = DriftNight.merged(before) else { return nil }
            return (merged, before.map(\.day), NightComparison.designEffects(merged))
        }
    }

    private func gates(on day: Int) -> [NightlyJudgement.Key: EffectGate] {
        var gates: [NightlyJudgement.Key: EffectGate] = [:]
        for (key, pairs) in unchanged {
            let kept = excluded[key.feature]
            let effects = pairs.filter { $0.day <= day - Self.calibrationLag && kept?.contains($0.day) != true }.map(\.effect)
            gates[key] = key.statistic.gate.calibrated(by: effects)
        }
        return gates
    }

    /// From the first window that a raised state may have been raised by until it clears.
    private mutating func exclude(_ judged: NightlyJudgement, on day: Int) {
        for finding in judged.findings where finding.state == .alert && finding.gate.calibratedBy != nil {
            excluded[finding.key.feature, default: []].formUnion((day - 4)...day)
        }
    }

    private mutating func calibrate(_ night: DriftNight, _ comparisons: [String: ProfileComparison]) {
        var compared = comparisons
        if reference == .training {
            let before = past.suffix(Self.history)
            guard before.count >= Self.leastHistory, let merged = DriftNight.merged(before) else { return }
            compared =
                NightComparison(
                    reference: merged, current: night, referenceEffects: NightComparison.designEffects(merged), features: features
                ).comparisons
        }
        for (feature, comparison) in compared {
            for measurement in comparison.measurements {
                let key = NightlyJudgement.Key(feature: feature, statistic: measurement.statistic)
                unchanged[key, default: []].append((night.day, measurement.effect))
            }
        }
    }
}
