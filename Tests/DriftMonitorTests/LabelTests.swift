import DriftMonitor
import Foundation
import Testing

struct LabelTests {
    /// A prior of 0.5 that becomes 0.8: both estimators find it, and the interval holds it.
    @Test func labelShiftIsFoundBySimulation() {
        var random = TestRandom(51)
        func row(_ prior: Double) -> (label: Int, score: Double) {
            let label = random.source.uniform() < prior ? 1 : 0
            let x = Double(label) * 1.5 + random.source.normal()
            // The posterior under the source's prior of one half.
            return (label, 1 / (1 + exp(-(1.5 * x - 1.125))))
        }
        let source = (0..<4000).map { _ in row(0.5) }
        let target = (0..<4000).map { _ in row(0.8) }
        var confusion = [[0.0, 0.0], [0.0, 0.0]]
        for row in source { confusion[row.score >= 0.5 ? 1 : 0][row.label] += 1 / 4000 }
        let positive = Double(target.count { $0.score >= 0.5 }) / 4000
        let boxed = BlackBoxShift(jointConfusion: confusion, targetPredictions: [1 - positive, positive])
        #expect(abs(boxed.targetPrior[1] - 0.8) < 0.03)
        #expect(boxed.refusals.isEmpty)
        let likely = MaximumLikelihoodShift(
            probabilities: target.map { [1 - $0.score, $0.score] }, sourcePrior: [0.5, 0.5])
        #expect(abs(likely.targetPrior[1] - 0.8) < 0.03)
        #expect(likely.hasConverged)
        let intervals = BlackBoxShift.bootstrap(
            source: source.map { .init(predicted: [$0.score >= 0.5 ? 1 : 0], actual: [$0.label]) },
            target: target.map { .init(predicted: [$0.score >= 0.5 ? 1 : 0]) }, classes: 2, replicates: 60)
        #expect(intervals[1].lower < 0.8 && 0.8 < intervals[1].upper)
        #expect(intervals[1].upper - intervals[1].lower < 0.1)
    }

    @Test func uselessConfusionsAreRefused() {
        let flat = BlackBoxShift(
            jointConfusion: [[0.26, 0.25], [0.24, 0.25]], targetPredictions: [0.4, 0.6], sourceCounts: [500, 12])
        #expect(flat.refusals.contains { if case .confusionTooFlat = $0 { true } else { false } })
        #expect(flat.refusals.contains(.tooFewLabels(ofClass: 1, count: 12)))
        let singular = BlackBoxShift(jointConfusion: [[0.25, 0.25], [0.25, 0.25]], targetPredictions: [0.4, 0.6])
        #expect(singular.refusals.contains(.singular))
        #expect(singular.targetPrior == [0.5, 0.5])
        // Regularised, a flat confusion stays near the source's prior.
        let regularised = BlackBoxShift(
            jointConfusion: [[0.26, 0.25], [0.24, 0.25]], targetPredictions: [0.4, 0.6], regularisation: 1)
        #expect(abs(regularised.targetPrior[0] - 0.5) < 0.1)
    }

    @Test func isotonicCurveRises() {
        var random = TestRandom(52)
        let scores = (0..<500).map { _ in Double(random.source.below(60)) / 60 }
        let outcomes = scores.map { random.source.uniform() < $0 ? 1.0 : 0.0 }
        let curve = IsotonicCalibration(scores: scores, outcomes: outcomes)
        let read = stride(from: -0.2, through: 1.2, by: 0.01).map(curve.probability)
        #expect(zip(read, read.dropFirst()).allSatisfy { $0 <= $1 })
        // Calibrated in the large: the fitted values have the outcomes' mean.
        let fitted = scores.reduce(0) { $0 + curve.probability($1) }
        #expect(abs(fitted - outcomes.reduce(0, +)) < 1e-9)
        #expect(IsotonicCalibration(scores: [], outcomes: []).probability(0.3) == 0.5)
    }

    @Test func slicesThatImplyEachOtherStillMatch() {
        // One of two slices always holds: their memberships sum to 1.
        let source = (0..<200).map { $0 < 150 ? [1.0, 0.0] : [0.0, 1.0] }
        let target = (0..<200).map { $0 < 50 ? [1.0, 0.0] : [0.0, 1.0] }
        let mandoline = Mandoline(source: source, target: target)
        #expect(mandoline.residual < 1e-9)
        #expect(abs(mandoline.estimate(source.map { $0[0] }) - 0.25) < 1e-9)
        // A slice that the source never had cannot be matched, and shows as a residual.
        let unknown = Mandoline(source: [[0], [0]], target: [[1], [1]])
        #expect(unknown.residual == 1)
    }

    /// The seed's scenario: labels 30 days late, fraud doubled a week ago. What has been seen looks fine; the corrected rate is hidden
    /// until half of the labels are in.
    @Test func lateLabelsAreNotShownAsFinal() {
        let maturity = LabelMaturity(delays: (1...30).map(Double.init))
        let young = maturity.estimate(age: 7, count: 10_000, positivesSeen: 47)
        #expect(young.naiveRate < 0.01)
        #expect(young.stage == .hidden)
        #expect(abs(young.rate - 0.0201) < 0.001)
        #expect(maturity.estimate(age: 16, count: 10_000, positivesSeen: 100).stage == .provisional)
        #expect(maturity.estimate(age: 29, count: 10_000, positivesSeen: 195).stage == .final)
        #expect(LabelMaturity(delays: []).estimate(age: 5, count: 10, positivesSeen: 1).stage == .hidden)
    }
}
