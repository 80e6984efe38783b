import DriftMonitor
import Foundation
import Testing

/// Every figure of a report on outcomes, against loops over a world in which all of them are known.
///
/// Ten predictions at noon of each day, half of them scored 0.9, of which three turn out positive, after 5, 10 and 20 days; the other half 0.1,
/// of which one does, after 40 days. So labels are final after 40 days. In the last week seven of ten score 0.9.
struct OutcomeJudgeTests {
    private static let day = 200
    private static let now = Double(day + 1)
    /// The first day that is not final.
    private static let through = 161

    /// - Parameters:
    ///   - dropped: so many positive labels of predictions that are not final yet, the first ones, never come.
    ///   - high: in the last week so many of ten score 0.9, and the others `low`.
    private func outcomes(dropping dropped: Int = 0, high: Int = 7, low: Double = 0.1) -> [Outcome] {
        var left = dropped
        return (0...Self.day).flatMap { day in
            (0..<10).map { index in
                let isLast = day > Self.day - 7
                let isHigh = index < (isLast ? high : 5)
                let delay: Double? = [0: 5, 1: 10, 2: 20, 9: 40][index]
                let made = Double(day) + 0.5
                var positiveOn = delay.map { made + $0 }
                if day >= Self.through, let on = positiveOn, on < Self.now, left > 0 {
                    left -= 1
                    positiveOn = nil
                }
                return Outcome(day: made, score: isHigh ? 0.9 : isLast ? low : 0.1, positiveOn: positiveOn)
            }
        }
    }

    private func report(dropping dropped: Int = 0) -> OutcomeReport {
        OutcomeJudge(outcomes(dropping: dropped), day: Self.day).report
    }

    private func isSeen(_ outcome: Outcome) -> Bool { outcome.positiveOn.map { $0 < Self.now } ?? false }

    /// The share of labels that come within so many days.
    private func completeness(_ age: Double) -> Double { Double([5, 10, 20, 40].count { $0 <= age }) / 4 }

    @Test func weeksAreAsFarAsTheirLabels() throws {
        let report = report()
        #expect(report.labelsThrough == Self.through - 1 && report.completenessThere == 1 && report.rows == 2010)
        #expect(
            report.cohorts.map(\.stage) == [.hidden, .hidden, .provisional, .provisional, .provisional, .provisional]
                + [LabelMaturity.Stage](repeating: .final, count: 6))
        for (index, cohort) in report.cohorts.enumerated() {
            let to = Self.day + 1 - 7 * index
            #expect(cohort.to == to && cohort.from == to - 7)
            let rows = outcomes().filter { $0.day >= Double(to - 7) && $0.day < Double(to) }
            let seen = rows.count(where: isSeen)
            let f = rows.reduce(0) { $0 + completeness(Self.now - $1.day) } / Double(rows.count)
            #expect(cohort.rows == 70 && cohort.positivesSeen == seen)
            #expect(abs(cohort.completeness - f) < 1e-12 && abs(cohort.naiveRate - Double(seen) / 70) < 1e-12)
            let rate = cohort.stage == .hidden ? nil : Double(seen) / (70 * f)
            #expect(cohort.rate.map { abs($0 - (rate ?? -1)) < 1e-12 } ?? (rate == nil))
            // 0.9 is right three times in five, 0.1 wrong once in five.
            #expect(abs((cohort.expectedRate ?? 0) - (index == 0 ? 0.48 : 0.4)) < 1e-12)
        }
    }

    @Test func aDashboardIsTheLastThirtyDays() throws {
        let dashboard = try #require(report().dashboard)
        let rows = outcomes().filter { $0.day >= Self.now - 30 }
        let seen = rows.filter(isSeen)
        #expect(rows.count == 300 && dashboard.from == Self.day - 29 && dashboard.to == Self.day)
        #expect(dashboard.rate == Double(seen.count) / 300)
        #expect(dashboard.recall == Double(seen.count { $0.score > 0.5 }) / Double(seen.count))
        let f = rows.reduce(0) { $0 + completeness(Self.now - $1.day) } / 300
        #expect(abs(dashboard.completeness - f) < 1e-12)
        #expect(report().finalRecall == 0.75)
    }

    /// Two final weeks against the six before them.
    @Test func finalPredictionsAreComparedWithThoseBefore() throws {
        let diagnosis = try #require(report().diagnosis)
        #expect(diagnosis.kind == .none)
        #expect(diagnosis.referencePositives == 42 * 4 && diagnosis.currentPositives == 14 * 4)
    }

    @Test func theLastWeekIsEstimatedWithoutLabels() throws {
        let unlabelled = try #require(report().unlabelled)
        #expect(unlabelled.rows == 70)
        #expect(abs(unlabelled.expectedRate - 0.48) < 1e-12 && abs(unlabelled.expectedRecall - 0.42 / 0.48) < 1e-12)
        // 0.2 v + 0.3 w = 0.7 and 0.4 v + 0.1 w = 0.3: positives are w = 2.2 times as frequent as 0.4.
        #expect(abs((unlabelled.boxedRate ?? 0) - 0.88) < 1e-9)
        #expect(abs(unlabelled.likelyRate - 0.88) < 1e-3)
        #expect(unlabelled.scores.hasMoved && unlabelled.scores.effect > 0.1)
    }

    /// Scores of 0.3, which there never were: BBSE sees fewer predicted positive and none left, MLLS some.
    @Test func estimatesThatDoNotAgreeAreNotTaken() throws {
        let report = OutcomeJudge(outcomes(high: 3, low: 0.3), day: Self.day).report
        let unlabelled = try #require(report.unlabelled)
        #expect(unlabelled.boxedRate == 0 && abs(unlabelled.likelyRate - 0.28) < 0.01 && unlabelled.scores.hasMoved)
        func doubts(_ report: OutcomeReport) -> Bool { report.sentences.contains { $0.contains("The two do not agree") } }
        #expect(doubts(report) && !doubts(self.report()))
    }

    @Test(arguments: [(0, false), (18, false), (45, true), (85, true)])
    func labelsThatHaveComeAreHeldAgainstThoseThatShouldHave(dropped: Int, hasMoved: Bool) throws {
        let report = report(dropping: dropped)
        let early = try #require(report.early)
        let open = outcomes(dropping: dropped).filter { $0.day >= Double(Self.through) }
        let expected = open.reduce(0) { $0 + ($1.score > 0.5 ? 0.6 : 0.2) * completeness(Self.now - $1.day) }
        #expect(early.from == Self.through && early.observed == 85 - dropped)
        #expect(abs(early.expected - expected) < 1e-9)
        // Poisson's, term by term.
        var (term, atMost) = (exp(-expected), 0.0)
        var below = 0.0
        for count in 0...early.observed {
            atMost += term
            if count < early.observed { below += term }
            term *= expected / Double(count + 1)
        }
        #expect(abs(early.pValue - min(1, 2 * min(atMost, 1 - below))) < 1e-9)
        #expect(early.hasMoved == hasMoved && report.isAlert == hasMoved, "\(early)")
    }

    /// More than were expected, too.
    @Test func tooManyLabelsAreToldAsTooFewAre() throws {
        let more = outcomes().map { outcome in
            outcome.day >= Double(Self.through) && outcome.positiveOn == nil && outcome.day < Double(Self.through + 8)
                ? Outcome(day: outcome.day, score: outcome.score, positiveOn: outcome.day + 1) : outcome
        }
        let early = try #require(OutcomeJudge(more, day: Self.day).report.early)
        #expect(early.observed > 120 && early.hasMoved)
    }
}
