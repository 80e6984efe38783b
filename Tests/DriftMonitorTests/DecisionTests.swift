import DriftMonitor
import Foundation
import Testing

struct DecisionTests {
    private let policy = RetrainingPolicy(metricFloor: 0.8, minimumNewLabels: 1000, maximumAgeDays: 90)

    private let paying = RetrainingCost(
        lossPerDayNow: 500, lossPerDayAfter: 200, horizonDays: 14, retrainingCost: 800, regressionProbability: 0.05,
        regressionCost: 4000)

    /// A case for each rule: the least that makes it fire.
    private func evidence(for rule: RetrainingRule) -> RetrainingEvidence {
        var evidence = RetrainingEvidence()
        evidence.estimatedLoss = .init(value: 10, lower: 5, upper: 15)
        switch rule {
        case .blockedBySkew: evidence.openSkew = ["card_activity.spend_7d"]
        case .worseThanPrevious:
            evidence.maturedMetric = .init(value: 0.75, lower: 0.7, upper: 0.79)
            evidence.previousVersionMetric = 0.82
        case .belowFloor:
            evidence.maturedMetric = .init(value: 0.75, lower: 0.7, upper: 0.79)
            evidence.isMetricLowPersisted = true
        case .labelShift: (evidence.isLabelShiftConfirmed, evidence.areSlicesStable) = (true, true)
        case .pays:
            evidence.isDriftPersisted = true
            (evidence.findingsRaised, evidence.findingsConfirmed) = (8, 8)
            evidence.cost = paying
        case .newLabels:
            evidence.newLabels = 1000
            evidence.learningCurveGain = 1501
            evidence.cost = paying
        case .tooOld: evidence.modelAgeDays = 91
        case .unexplainedDrift:
            evidence.isDriftPersisted = true
            evidence.estimatedLoss = .init(value: 3, lower: -2, upper: 8)
        case .nothing: break
        }
        return evidence
    }

    @Test(arguments: RetrainingRule.allCases)
    func eachRuleFiresOnItsOwnEvidence(rule: RetrainingRule) {
        let decision = RetrainingDecision(policy: policy, evidence: evidence(for: rule))
        #expect(decision.rule == rule, "\(decision.reason)")
        #expect(decision.action == rule.action)
        #expect(decision.considered.map(\.rule) == RetrainingRule.allCases)
    }

    @Test func skewComesBeforeEverything() {
        for rule in RetrainingRule.allCases {
            var evidence = evidence(for: rule)
            evidence.openSkew = ["b", "a"]
            let decision = RetrainingDecision(policy: policy, evidence: evidence)
            #expect(decision.action == .fixPipeline)
            #expect(decision.reason == "served otherwise than trained: a, b")
            // What else would have been done is in the record.
            #expect(decision.considered.first { $0.rule == rule }?.holds == true)
        }
    }

    @Test(arguments: [RetrainingRule.belowFloor, .pays, .newLabels, .tooOld])
    func aCandidateInShadowHoldsRetrainingBack(rule: RetrainingRule) {
        var evidence = evidence(for: rule)
        evidence.isCandidatePending = true
        let decision = RetrainingDecision(policy: policy, evidence: evidence)
        #expect(decision.action != .retrain)
        #expect(decision.reason.contains("\(rule.rawValue) waits for the candidate in shadow"))
        #expect(decision.considered.first { $0.rule == rule }?.isHeldBack == true)
    }

    @Test func boundariesAreAsWritten() {
        // gain > margin cost, not >=: 0.5 x 300 x 10 = 1.5 x 1000.
        var cost = paying
        cost.horizonDays = 10
        #expect(cost.gain(probabilityReal: 0.5) == 1.5 * cost.cost)
        #expect(!cost.pays(probabilityReal: 0.5, margin: 1.5))
        // A model that gets worse by retraining saves nothing.
        cost.lossPerDayAfter = 900
        #expect(cost.gain(probabilityReal: 1) == 0)
        var evidence = evidence(for: .tooOld)
        evidence.modelAgeDays = 90
        #expect(RetrainingDecision(policy: policy, evidence: evidence).action == .none)
        #expect(RetrainingCost.probabilityReal(confirmed: 0, raised: 0) == 0.5)
        // A metric at the floor is good enough.
        evidence = self.evidence(for: .belowFloor)
        evidence.maturedMetric?.lower = 0.8
        #expect(RetrainingDecision(policy: policy, evidence: evidence).action == .none)
    }

    @Test func nothingThatIsNotANumberTriggers() {
        var evidence = evidence(for: .pays)
        evidence.cost?.lossPerDayNow = .nan
        #expect(RetrainingDecision(policy: policy, evidence: evidence).rule != .pays)
        evidence = self.evidence(for: .belowFloor)
        evidence.maturedMetric?.lower = .nan
        #expect(RetrainingDecision(policy: policy, evidence: evidence).rule != .belowFloor)
        evidence = self.evidence(for: .tooOld)
        evidence.modelAgeDays = .nan
        #expect(RetrainingDecision(policy: policy, evidence: evidence).rule == .nothing)
    }

    @Test func aRecordReplaysToItself() throws {
        for rule in RetrainingRule.allCases {
            let decision = RetrainingDecision(policy: policy, evidence: evidence(for: rule))
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            let bytes = try encoder.encode(decision)
            let read = try JSONDecoder().decode(RetrainingDecision.self, from: bytes)
            #expect(RetrainingDecision(policy: read.policy, evidence: read.evidence) == decision)
            #expect(try encoder.encode(read) == bytes)
        }
    }
}
