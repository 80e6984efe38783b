import DriftMonitor
import DriftScenarios
import Foundation
import Testing

/// What labels tell, when, and what is said before they have come.
struct OutcomeTests {
    /// The seed scenario: raised by inputs and scores in days, while every label still says that all is well.
    @Test(arguments: 1...2)
    func aFraudModelWithLateLabelsIsRaisedBeforeTheyMature(seed: Int) throws {
        let findings = FraudScenario(seed: UInt64(seed)).findings(every: 3)
        let change = FraudScenario.changeDay
        #expect(findings.falseAlerts == 0)
        let proxy = try #require(findings.proxyAlert)
        #expect(proxy.day >= change && proxy.day <= change + 8, "day \(proxy.day)")
        let early = try #require(findings.earlyLabels)
        let final = try #require(findings.finalLabels)
        // No label of the change is there before day 20.
        #expect(
            proxy.day < change + 20 && early > change + 20 && early < final && final > change + 35,
            "\(proxy.day) \(early) \(final)")

        let report = try #require(findings.atAlert)
        #expect(report.labelsThrough.map { $0 < change - 20 } == true)
        #expect(report.diagnosis?.kind == ShiftDiagnosis.Kind.none && !report.isAlert)
        let dashboard = try #require(report.dashboard)
        #expect(dashboard.completeness < 0.3)
        let (shown, known) = (try #require(dashboard.recall), try #require(report.finalRecall))
        #expect(abs(shown - known) < 0.25, "the dashboard shows what was true a month ago: \(shown), \(known)")
        // Three of ten of a quarter are missed now.
        let now = FraudScenario(seed: UInt64(seed)).report(on: FraudScenario.days - 1)
        #expect(try #require(now.finalRecall) < shown - 0.15)
        #expect(now.diagnosis?.kind == .conceptDrift && now.isAlert)
        #expect(report.sentences.contains { $0.hasPrefix("A dashboard of the last 30 days shows") && $0.contains("have come") })
        #expect(report.sentences.contains { $0.contains("concept drift cannot be ruled out before their labels come") })
        #expect(report.cohorts.first?.stage == .hidden && report.cohorts.first?.rate == nil)
        #expect(report.cohorts.last?.stage == .final)
    }

    @Test func whatComesLaterChangesNoDayBefore() {
        let scenario = FraudScenario(seed: 4)
        let day = 110
        let until = scenario.outcomes.filter { $0.day < Double(day + 1) }.map { outcome in
            Outcome(
                day: outcome.day, score: outcome.score,
                positiveOn: outcome.positiveOn.flatMap { $0 < Double(day + 1) ? $0 : nil })
        }
        let settings = OutcomeJudge.Settings(threshold: FraudScenario.threshold)
        #expect(
            OutcomeJudge(until.shuffled(), day: day, settings: settings).report.dashboard == scenario.report(on: day).dashboard)
        #expect(OutcomeJudge(until, day: day, settings: settings).report == scenario.report(on: day))
    }

    /// One prediction a day that turns out positive ten days later; how late labels come is known from the thirtieth on.
    @Test func howLateLabelsComeIsKnownFromThirtyOn() {
        func through(_ labels: Int) -> Int? {
            let outcomes = (0..<labels).map { Outcome(day: Double($0), score: 0.9, positiveOn: Double($0) + 10) }
            return OutcomeJudge(outcomes, day: labels + 60).report.labelsThrough
        }
        #expect(through(29) == nil)
        #expect(through(30) == 80)
    }

    private enum World: CaseIterable {
        case same, otherRows, otherRate, otherRule
    }

    /// A model whose score is the true probability before.
    private func sides(_ world: World, seed: UInt64) -> ShiftDiagnosis {
        var random = TestRandom(seed)
        func row(_ world: World) -> (score: Double, isPositive: Bool) {
            let isPositive = random.source.uniform() < (world == .otherRate ? 0.4 : 0.2)
            var x = (isPositive ? 1.5 : 0) + random.source.normal()
            if world == .otherRows { x += 0.8 }
            // The posterior of a class that is one of five.
            let score = 1 / (1 + exp(log(4) - 1.5 * x + 1.125))
            switch world {
            case .same, .otherRate: return (score, isPositive)
            case .otherRows: return (score, random.source.uniform() < score)
            case .otherRule: return (score, random.source.uniform() < 0.25)
            }
        }
        return ShiftDiagnosis(reference: (0..<6000).map { _ in row(.same) }, current: (0..<3000).map { _ in row(world) })
    }

    @Test func theThreeShiftsAreToldApart() {
        for seed in 0..<10 as Range<UInt64> {
            #expect(sides(.same, seed: 700 + seed).kind == .none)
            #expect(sides(.otherRows, seed: 720 + seed).kind == .covariateShift)
            #expect(sides(.otherRate, seed: 740 + seed).kind == .labelShift)
            #expect(sides(.otherRule, seed: 760 + seed).kind == .conceptDrift)
        }
    }

    @Test func withoutPositivesNoShiftIsNamed() {
        let few = ShiftDiagnosis(
            reference: (0..<1000).map { (Double($0) / 1000, $0 < 29) }, current: (0..<1000).map { (Double($0) / 1000, $0 < 500) })
        #expect(few.kind == .unknown && few.referencePositives == 29)
        let empty = OutcomeJudge([], day: 10).report
        #expect(empty.labelsThrough == nil && !empty.isAlert && empty.cohorts.isEmpty)
        #expect(empty.sentences.first?.hasPrefix("Too few labels are old enough") == true)
        let negative = OutcomeJudge((0..<200).map { Outcome(day: Double($0), score: 0.5, positiveOn: nil) }, day: 220).report
        #expect(negative.diagnosis == nil && !negative.isAlert)
    }

    @Test func whatPagesStandsUpToTestsThatShareTheirRows() throws {
        // One feature of forty differs; its p is below q by Benjamini and Hochberg, above by Yekutieli (times 4.28).
        func comparison(_ p: Double) -> ProfileComparison {
            ProfileComparison(
                measurements: [DriftMeasurement(.ksD, 0.5, noise: 0, pValue: p)], referenceCount: 1500, currentCount: 1500)
        }
        var comparisons: [String: ProfileComparison] = [:]
        for index in 0..<40 { comparisons["f\(index)"] = comparison(index == 0 ? 0.0006 : 0.9) }
        let judged = NightlyJudgement(comparisons)
        let finding = try #require(judged.findings.first { $0.key.feature == "f0" })
        #expect((finding.adjustedPValue ?? 1) < 0.05 && finding.tonight == .warn)
        comparisons["f0"] = comparison(0.0001)
        let surer = NightlyJudgement(comparisons)
        #expect(surer.findings.first { $0.key.feature == "f0" }?.tonight == .alert)
        #expect(abs(surer.pagingPValue - 0.0001 * 40 * 4.278543038936376) < 1e-12)
        // What the nights before have left of the budget.
        let key = NightlyJudgement.Key(feature: "f0", statistic: .ksD)
        let states = [
            surer, NightlyJudgement(comparisons, pagingLevel: 0.001),
            NightlyJudgement(comparisons, pagingLevel: 0.001, hasPagedLately: true),
            NightlyJudgement(comparisons, pagingLevel: 0.001, told: [key]),
        ].map { $0.findings.first { $0.key == key }?.state }
        #expect(states == [.alert, .warn, .alert, .alert])
        // What is significant and small costs nothing of the budget; what nothing tests warns, however large.
        func only(_ measurement: DriftMeasurement) -> NightlyJudgement {
            NightlyJudgement([
                "f": ProfileComparison(measurements: [measurement], referenceCount: 1500, currentCount: 1500)
            ])
        }
        let small = only(DriftMeasurement(.ksD, 0.15, noise: 0, pValue: 1e-12))
        #expect(small.pagingPValue == 1 && small.findings[0].tonight == .warn)
        #expect(only(DriftMeasurement(.wasserstein1, 9)).findings[0].tonight == .warn)
        // Within what chance gives, nothing.
        #expect(only(DriftMeasurement(.ksD, 0.5, noise: 0.6, pValue: 1e-12)).findings[0].tonight == .quiet)
    }

    /// A copula flip, which no marginal shows, stands out among the nights before by its Fourier sums.
    @Test func fourierSumsFindANightThatIsJointlyUnlikeTheOthers() throws {
        let frame = JointFrame(
            columns: ["a", "b"], categories: [], fourier: RandomFourierFrame(columns: 2, dimensions: 128, sigma: 1))
        var random = TestRandom(800)
        func night(_ day: Int, sign: Double) -> DriftNight {
            var joint = JointProfile(frame: frame)
            joint.add(
                (0..<300).map { row in
                    let a = random.source.normal()
                    let b = sign * 0.8 * a + 0.6 * random.source.normal()
                    let hash = SplitMix64.mix(UInt64(day * 1000 + row))
                    return RowSample.Row(hash: hash, entity: hash, values: [a, b])
                })
            return DriftNight(day: day, joint: joint)
        }
        var replay = NightlyReplay(.training, baseline: night(1000, sign: 1), features: [])
        for day in 0..<30 { replay.judge(night(day, sign: 1)) }
        let quiet = try #require(replay.discrepancy())
        #expect(quiet.nights == 29 && quiet.pValue > 0.05 && quiet.hoursP == nil)
        replay.judge(night(30, sign: -1))
        let flipped = try #require(replay.discrepancy())
        #expect(flipped.nightsP == 1.0 / 31 && flipped.value > 10 * abs(quiet.value))
        #expect(flipped.entitiesP == 1.0 / 500 && flipped.pValue == 1.0 / 31)
    }

    /// A night of 24 hours. Each entity has a place of its own, around which its rows lie.
    private func night(_ day: Int, entities: Int, rows: Int, sign: Double, _ random: inout TestRandom) -> DriftNight? {
        let frame = JointFrame(
            columns: ["a", "b"], categories: [], fourier: RandomFourierFrame(columns: 2, dimensions: 64, sigma: 1))
        let places = (0..<entities).map { _ in
            let a = random.source.normal()
            return (a, sign * 0.8 * a + 0.6 * random.source.normal())
        }
        var result: DriftNight?
        for hour in 0..<24 {
            var joint = JointProfile(frame: frame)
            joint.add(
                (0..<rows).map { row in
                    let entity = random.source.below(entities)
                    let hash = SplitMix64.mix(UInt64((day * 24 + hour) * 1000 + row))
                    let (a, b) = places[entity]
                    return RowSample.Row(
                        hash: hash, entity: UInt64(entity),
                        values: [a + 0.05 * random.source.normal(), row == 0 ? .nan : b + 0.05 * random.source.normal()])
                })
            let window = DriftNight(day: day, joint: joint)
            if result?.merge(window) == nil { result = window }
        }
        return result
    }

    private func discrepancy(entities: Int, rows: Int, sign: Double, seed: UInt64) throws -> JointDiscrepancy {
        var random = TestRandom(seed)
        var replay = NightlyReplay(.week, baseline: nil, features: [])
        replay.judge(try #require(night(0, entities: entities, rows: rows, sign: 1, &random)))
        replay.judge(try #require(night(7, entities: entities, rows: rows, sign: sign, &random)))
        return try #require(replay.discrepancy())
    }

    @Test func hoursAndEntitiesAreDealtAnewToTheTwoSides() throws {
        let turned = try discrepancy(entities: 400, rows: 12, sign: -1, seed: 810)
        #expect(turned.hoursP == 1.0 / 500 && turned.entitiesP == 1.0 / 500, "\(turned)")
        // No night is known to compare it with.
        #expect(turned.nightsP == nil && turned.nights == 0 && turned.pValue == 1.0 / 500)
        var (hours, entities) = (0, 0)
        for seed in 0..<8 as Range<UInt64> {
            // Other places of thirty entities each night, five rows of each: the nights differ by who came, and by nothing else.
            let same = try discrepancy(entities: 30, rows: 6, sign: 1, seed: 820 + seed)
            if (same.hoursP ?? 1) <= 0.05 { hours += 1 }
            if (same.entitiesP ?? 1) <= 0.05 { entities += 1 }
        }
        #expect(entities <= 2, "entities whole: \(entities) of 8")
        #expect(hours > 4, "hours alone take other entities for another world: \(hours) of 8")
        #expect(try discrepancy(entities: 19, rows: 6, sign: -1, seed: 850).entitiesP == nil)
    }
}
