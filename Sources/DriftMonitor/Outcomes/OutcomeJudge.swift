import Foundation

/// From predictions and the labels that had come by the end of a day to `OutcomeReport`. Pure, and blind to what came later, so that a
/// day that is judged again is judged the same.
package struct OutcomeJudge: Sendable {
    package struct Settings: Hashable, Sendable {
        /// From which score on a prediction counts as positive.
        package var threshold = 0.5
        /// After so many days no label comes any more.
        package var finalAfter = 45.0

        package init(threshold: Double = 0.5, finalAfter: Double = 45) {
            self.threshold = threshold
            self.finalAfter = finalAfter
        }
    }

    private let settings: Settings
    private let day: Int
    /// The end of the day.
    private let now: Double
    private let outcomes: [Outcome]
    private let maturity: LabelMaturity
    private let finalAge: Double?

    private static let leastDelays = 30
    private static let shownCohorts = 12
    private static let (referenceDays, currentDays) = (42.0, 14.0)
    private static let priorRows = 20_000

    package init(_ outcomes: [Outcome], day: Int, settings: Settings = Settings()) {
        self.settings = settings
        self.day = day
        let now = Double(day + 1)
        self.now = now
        self.outcomes = outcomes.filter { $0.day < now && $0.score.isFinite }
        let delays = self.outcomes.filter { now - $0.day >= settings.finalAfter }.compactMap { outcome in
            outcome.positiveOn.flatMap { $0 < now ? max(0, $0 - outcome.day) : nil }
        }.sorted()
        maturity = LabelMaturity(delays: delays)
        finalAge =
            delays.count < Self.leastDelays
            ? nil : delays[min(delays.count - 1, Int((0.95 * Double(delays.count)).rounded(.up)) - 1)]
    }

    private func isPositive(_ outcome: Outcome) -> Bool { outcome.positiveOn.map { $0 < now } ?? false }

    private func rows(from: Double, to: Double) -> [(score: Double, isPositive: Bool)] {
        outcomes.filter { $0.day >= from && $0.day < to }.map { ($0.score, isPositive($0)) }
    }

    package var report: OutcomeReport {
        // Whole days, the last of which is final.
        let through = finalAge.map { (now - $0).rounded(.down) }
        let current = through.map { rows(from: $0 - Self.currentDays, to: $0) } ?? []
        let reference = through.map { rows(from: $0 - Self.currentDays - Self.referenceDays, to: $0 - Self.currentDays) } ?? []
        let calibration =
            reference.contains { $0.isPositive }
            ? IsotonicCalibration(scores: reference.map(\.score), outcomes: reference.map { $0.isPositive ? 1 : 0 }) : nil
        let diagnosis = reference.isEmpty || current.isEmpty ? nil : ShiftDiagnosis(reference: reference, current: current)
        let cohorts = (0..<Self.shownCohorts).compactMap { cohort(to: day + 1 - 7 * $0, calibration) }
        let unlabelled = calibration.flatMap { self.unlabelled(reference, $0) }
        let early = calibration.flatMap { calibration in through.flatMap { self.early(since: $0, calibration) } }
        let dashboard = self.dashboard()
        let finalRecall = recall(current)
        return OutcomeReport(
            day: day, threshold: settings.threshold, rows: outcomes.count, labelsThrough: through.map { Int($0) - 1 },
            completenessThere: through.map { maturity.completeness(age: now - $0) }, cohorts: cohorts, diagnosis: diagnosis,
            diagnosisTo: through.map { Int($0) - 1 }, unlabelled: unlabelled, early: early, dashboard: dashboard,
            finalRecall: finalRecall,
            sentences: OutcomeWords(
                day: day, threshold: settings.threshold, through: through.map { Int($0) - 1 }, diagnosis: diagnosis,
                unlabelled: unlabelled,
                early: early, dashboard: dashboard, finalRecall: finalRecall
            ).sentences)
    }

    /// F, averaged over the whole days of a stretch.
    private func completeness(from: Double, to: Double) -> Double {
        let ages = stride(from: from, to: to, by: 1).map { now - $0 - 0.5 }
        return ages.isEmpty ? 0 : ages.reduce(0) { $0 + maturity.completeness(age: $1) } / Double(ages.count)
    }

    private func cohort(to: Int, _ calibration: IsotonicCalibration?) -> OutcomeReport.Cohort? {
        let (from, end) = (Double(to - 7), Double(to))
        let rows = rows(from: from, to: end)
        guard !rows.isEmpty else { return nil }
        let seen = rows.count { $0.isPositive }
        let f = finalAge == nil ? 0 : completeness(from: from, to: end)
        // A week is final when its youngest prediction is.
        let youngest = finalAge == nil ? 0 : maturity.completeness(age: now - end)
        let stage: LabelMaturity.Stage = youngest >= 0.95 ? .final : f >= 0.5 ? .provisional : .hidden
        let expected = calibration.map { calibration in
            rows.reduce(0) { $0 + calibration.probability($1.score) } / Double(rows.count)
        }
        return OutcomeReport.Cohort(
            from: Int(from), to: to, rows: rows.count, positivesSeen: seen, completeness: f, stage: stage,
            naiveRate: Double(seen) / Double(rows.count),
            rate: stage == .hidden ? nil : Double(seen) / (Double(rows.count) * f), expectedRate: expected)
    }

    private func recall(_ rows: [(score: Double, isPositive: Bool)]) -> Double? {
        let positives = rows.filter(\.isPositive)
        guard !positives.isEmpty else { return nil }
        return Double(positives.count { $0.score >= settings.threshold }) / Double(positives.count)
    }

    private func dashboard() -> OutcomeReport.Dashboard? {
        let rows = rows(from: now - 30, to: now)
        guard !rows.isEmpty else { return nil }
        return OutcomeReport.Dashboard(
            from: day - 29, to: day, recall: recall(rows), rate: Double(rows.count { $0.isPositive }) / Double(rows.count),
            completeness: finalAge == nil ? 0 : completeness(from: now - 30, to: now))
    }

    private func unlabelled(
        _ reference: [(score: Double, isPositive: Bool)], _ calibration: IsotonicCalibration
    ) -> OutcomeReport.Unlabelled? {
        let rows = rows(from: now - 7, to: now)
        guard !rows.isEmpty else { return nil }
        let bins = ScoreBins(deciles: reference.map(\.score))
        let probabilities = rows.map { calibration.probability($0.score) }
        let prior = Double(reference.count { $0.isPositive }) / Double(reference.count)
        // The confusion of the reference: predicted, true.
        var confusion = [[0.0, 0.0], [0.0, 0.0]]
        for row in reference {
            confusion[row.score >= settings.threshold ? 1 : 0][row.isPositive ? 1 : 0] += 1 / Double(reference.count)
        }
        let predicted = Double(rows.count { $0.score >= settings.threshold }) / Double(rows.count)
        let positives = Double(reference.count { $0.isPositive })
        let boxed = BlackBoxShift(
            jointConfusion: confusion, targetPredictions: [1 - predicted, predicted],
            sourceCounts: [Double(reference.count) - positives, positives])
        // Every so many rows: the prior's error is that of thousands.
        let stride = max(1, probabilities.count / Self.priorRows)
        let sampled = probabilities.indices.filter { $0 % stride == 0 }.map { [1 - probabilities[$0], probabilities[$0]] }
        let likely = MaximumLikelihoodShift(
            probabilities: sampled, sourcePrior: [1 - prior, prior], tolerance: 1e-7, maximumSteps: 500)
        let above = zip(rows, probabilities).filter { $0.0.score >= settings.threshold }.reduce(0) { $0 + $1.1 }
        let total = probabilities.reduce(0, +)
        return OutcomeReport.Unlabelled(
            rows: rows.count,
            scores: ShiftDiagnosis.scores(bins.counts(reference).map(\.rows), bins.counts(rows).map(\.rows)),
            expectedRate: total / Double(rows.count), boxedRate: boxed.refusals.isEmpty ? boxed.targetPrior[1] : nil,
            likelyRate: likely.targetPrior[1], expectedRecall: total > 0 ? above / total : 0)
    }

    /// Of each prediction that is not final yet the chance that its positive label had come: p F(age).
    private func early(since: Double, _ calibration: IsotonicCalibration) -> OutcomeReport.Early? {
        let from = since
        var byAge: [Int: Double] = [:]
        var (observed, expected) = (0, 0.0)
        for outcome in outcomes where outcome.day >= from {
            // By quarters of a day.
            let age = Int((now - outcome.day) * 4)
            let f = byAge[age] ?? maturity.completeness(age: now - outcome.day)
            byAge[age] = f
            expected += calibration.probability(outcome.score) * f
            if isPositive(outcome) { observed += 1 }
        }
        guard expected > 0 else { return nil }
        let atLeast = observed == 0 ? 1 : IncompleteGamma.lower(Double(observed), expected)
        let atMost = IncompleteGamma.upper(Double(observed) + 1, expected)
        let p = min(1, 2 * min(atLeast, atMost))
        let ratio = Double(observed) / expected
        return OutcomeReport.Early(
            from: Int(from), observed: observed, expected: expected, pValue: p,
            hasMoved: p <= 0.001 && (ratio >= 1.25 || ratio <= 0.8) && max(Double(observed), expected) >= 10)
    }
}
