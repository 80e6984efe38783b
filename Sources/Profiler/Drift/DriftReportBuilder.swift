import DriftMonitor
import FeatureDefs

/// From a stretch of nights to the report on the last one. Pure.
struct DriftReportBuilder {
    let project: String
    let baseline: Baseline
    let frames: BaselineFrames
    let stored: StoredNights
    let training: DriftNight?
    let source: Baseline.Kind
    let day: Int
    let falseDiscoveryRate: Double
    var outcomes: OutcomeReport?

    func report(_ references: [DriftReference]) -> DriftReport {
        let nights = stored.nights.filter { $0.day <= day }
        let tonight = stored.byDay[day]
        var against: [DriftReport.Against] = []
        var missing: [String: String] = [:]
        let features = Set(frames.columns.map(\.column.name))
        for reference in references {
            if reference == .training, training == nil {
                missing[reference.rawValue] =
                    "no training set of `\(baseline.subject)` has a profile; `asof train` makes one, --baseline names it"
                continue
            }
            guard let tonight else {
                missing[reference.rawValue] = "nothing of \(Timestamp.dateText(day)) is profiled; run `asof profile`"
                continue
            }
            var replay = NightlyReplay(
                reference, baseline: training, features: features, falseDiscoveryRate: falseDiscoveryRate)
            replay.judge(nights)
            guard replay.judgement != nil else {
                missing[reference.rawValue] =
                    "no \(Timestamp.dateText(day - 7)) or other night of the same weekday in the four weeks before is profiled"
                continue
            }
            against.append(report(reference, replay, tonight))
        }
        let notCompared = notCompared(tonight)
        return DriftReport(
            format: DriftReport.currentFormat, project: project, subject: baseline.subject, source: source.rawValue,
            day: Timestamp.dateText(day), hoursProfiled: stored.windows[day]?.count ?? 0, baseline: baseline.name,
            baselineOrigin: baseline.origin, baselineRows: baseline.rows, against: against, notCompared: notCompared,
            missingReferences: missing, outcomes: outcomes,
            verdict: verdict(against, notCompared, missing), limits: limits(against))
    }

    private func verdict(
        _ against: [DriftReport.Against], _ notCompared: [String: String], _ missing: [String: String]
    ) -> DriftVerdict {
        if against.contains(where: { !$0.alerts.isEmpty }) || outcomes?.isAlert == true { return .alert }
        let verdicts = against.flatMap(\.features).map(\.verdict)
        if against.isEmpty || !notCompared.isEmpty || !missing.isEmpty || verdicts.contains(.inconclusive) {
            return .inconclusive
        }
        return against.contains { !$0.warnings.isEmpty } ? .warn : .pass
    }

    private func notCompared(_ tonight: DriftNight?) -> [String: String] {
        var reasons: [String: String] = [:]
        for column in frames.columns {
            let name = column.column.name
            if stored.otherDefinitions[name]?.contains(day) == true {
                reasons[name] = "served under another definition than the baseline's; train again, or --baseline"
            } else if column.column.kind == .number, column.frame == nil {
                reasons[name] = "the baseline has no value of it"
            } else if tonight != nil, tonight?.features[name] == nil {
                reasons[name] = "not served on \(Timestamp.dateText(day))"
            }
        }
        return reasons
    }

    private func report(_ reference: DriftReference, _ replay: NightlyReplay, _ tonight: DriftNight) -> DriftReport.Against {
        let findings = replay.judgement?.findings ?? []
        let byName = Dictionary(grouping: findings, by: \.key.feature)
        let features = byName.sorted { $0.key < $1.key }.filter { !$0.value.contains { $0.key.statistic.isJoint } }
            .map { name, findings in
                let counts = replay.effectiveCounts[name] ?? (0, 0)
                let verdict = DriftVerdict.of(findings, reference: counts.reference, current: counts.current)
                return DriftReport.Feature(
                    name: name, reference: reference, verdict: verdict, referenceRows: counts.reference.rounded(.down),
                    currentRows: counts.current.rounded(.down),
                    neededRows: verdict == .inconclusive ? DriftVerdict.needed(with: counts.reference) : nil)
            }
        return DriftReport.Against(
            reference: reference, features: features,
            findings: findings.map { finding in
                DriftReport.Finding(
                    name: finding.key.feature, reference: reference, statistic: finding.key.statistic,
                    unit: finding.key.statistic.unit, value: finding.measurement.value.finite,
                    effect: finding.measurement.effect.finite, noise: finding.measurement.noise, gate: finding.gate,
                    p: finding.measurement.pValue, adjustedP: finding.adjustedPValue, hitsOf5: replay.hits(finding.key),
                    tonight: finding.tonight, state: finding.state, isSevere: finding.isSevere,
                    detail: finding.measurement.detail)
            },
            joint: joint(reference, replay.lastReference?.joint, tonight.joint),
            discrepancy: replay.discrepancy().map { found in
                DriftReport.Discrepancy(
                    measured: found, p: found.pValue,
                    level: found.pValue <= falseDiscoveryRate && found.value > 0 ? .warn : .quiet)
            },
            days: replay.referenceDays.map(Timestamp.dateText),
            history: replay.alertsByNight.map { night in
                DriftReport.Night(day: Timestamp.dateText(night.day), alerts: night.alerts.map(\.key.feature))
            })
    }

    private static let leastRowsOfAFold = 40
    /// Products of more features than these make the classifier slow; beyond them it is linear.
    private static let quadraticFeatures = 20

    private func joint(_ reference: DriftReference, _ before: JointProfile?, _ after: JointProfile?) -> DriftReport.Joint? {
        guard let before, let after else { return nil }
        let width = before.frame.columns.count
        func side(_ profile: JointProfile) -> ClassifierTwoSampleTest.Side {
            let rows = profile.sample.rows
            return .init(
                rows: rows.map { Array($0.values.prefix(width)) }, folds: rows.map { Int(SplitMix64.mix($0.entity) & 1) },
                entities: rows.map(\.entity))
        }
        let (reference, left, right) = (reference, side(before), side(after))
        for fold in 0...1 {
            for side in [left, right] where side.folds.count(where: { $0 == fold }) < Self.leastRowsOfAFold { return nil }
        }
        guard width > 1 else { return nil }
        let test = ClassifierTwoSampleTest(
            reference: left, current: right, features: width <= Self.quadraticFeatures ? .quadratic : .linear)
        // Rows of an entity are not independent: the distance from a half is measured in DeLong's error, entities whole.
        let p = test.standardError > 0 ? Normal.upperTail((test.auc - 0.5) / test.standardError) : 1
        let level: NightlyJudgement.Level = test.auc >= 0.55 && p <= falseDiscoveryRate ? .warn : .quiet
        return DriftReport.Joint(
            reference: reference, auc: test.auc, standardError: test.standardError, p: max(p, test.pValue),
            importances: test.importances.prefix(5).map {
                DriftReport.Joint.Importance(feature: before.frame.columns[$0.feature], lostAUC: $0.lostAUC)
            }, level: level)
    }

    private func limits(_ against: [DriftReport.Against]) -> [String] {
        var limits =
            outcomes != nil
            ? []
            : [
                "No labels were used. What differs here is the inputs; whether the model is worse for it is not known. Concept drift (the "
                    + "same inputs, another outcome) leaves no trace in inputs, and label shift cannot be told from covariate shift without "
                    + "matured labels."
            ]
        if baseline.rows > baseline.profiledRows {
            limits.append(
                "The baseline is a sample of \(baseline.profiledRows) of \(baseline.rows) rows, uniform by hash; its counts are the sample's."
            )
        }
        let uncalibrated = against.flatMap(\.findings).count { $0.gate.calibratedBy == nil }
        if uncalibrated > 0 {
            limits.append(
                "\(uncalibrated) of \(against.flatMap(\.findings).count) gates are the fixed ones: fewer than "
                    + "\(EffectGate.leastPairs) unchanged nights are known to calibrate them by.")
        }
        return limits
    }
}

extension Double {
    /// JSON has no infinity.
    fileprivate var finite: Double? { isFinite ? self : nil }
}
