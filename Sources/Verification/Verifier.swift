package import FeatureDefs

/// Judges generated cases one after the other, up to the first disagreement, which it makes small.
package struct Verifier: Sendable {
    package enum Stage: Hashable, Sendable {
        /// The run, from 1, of how many.
        case comparing(run: Int, of: Int, subject: String)
        case minimizing
    }

    /// Cases of each subject unless the user says otherwise: enough for every fault that the tests put in, from any seed.
    package static let defaultRuns = 40

    private let plan: Plan
    private let subjects: [VerificationSubject]
    private let ways: [any ComputationWay]
    private let scratch: ScratchSchema?
    private let observer: @Sendable (Stage) -> Void

    /// - Parameter plan: the definitions, reading the tables of the scratch schema.
    package init(
        plan: Plan, subjects: [VerificationSubject], ways: [any ComputationWay], scratch: ScratchSchema?,
        observer: @escaping @Sendable (Stage) -> Void = { _ in }
    ) {
        self.plan = plan
        self.subjects = subjects
        self.ways = ways
        self.scratch = scratch
        self.observer = observer
    }

    /// Judges `runs` cases of each subject, of seeds from `seed` on.
    package func run(seed: UInt64, runs: Int) async throws -> VerificationReport {
        let judge = CaseJudge(ways, scratch: scratch)
        var compared = 0
        var done = 0
        for offset in 0..<runs {
            for subject in subjects {
                try Task.checkCancellation()
                observer(.comparing(run: done + 1, of: runs * subjects.count, subject: subject.title))
                let caseSeed = seed &+ UInt64(offset)
                var generator = CaseGenerator(plan, try subject.selection(in: plan), seed: caseSeed)
                let verificationCase = generator.next()
                let judgement = try await judge.judge(verificationCase)
                done += 1
                compared += judgement.compared
                guard let disagreement = judgement.disagreement else { continue }
                var minimizer = CaseMinimizer(verificationCase, disagreement, judge: judge) { observer(.minimizing) }
                try await minimizer.run()
                let finding = try await finding(minimizer, subject: subject, seed: caseSeed)
                return VerificationReport(seed: seed, runs: done, compared: compared, finding: finding)
            }
        }
        return VerificationReport(seed: seed, runs: done, compared: compared, finding: nil)
    }

    private func finding(
        _ minimizer: CaseMinimizer, subject: VerificationSubject, seed: UInt64
    ) async throws -> VerificationFinding {
        let smallest = minimizer.smallest
        let disagreement = minimizer.disagreement
        try await scratch?.load(smallest)
        var answers: [WayAnswer] = []
        if case .value(let row, let feature, let expected, _) = disagreement.kind {
            answers.append(WayAnswer(way: "oracle", text: expected.shown))
            for way in ways where way.computes(disagreement.knowledge) {
                let result = try await way.compute(smallest, rows: Array(smallest.spine.rows.indices), disagreement.knowledge)
                answers.append(WayAnswer(way: way.name, text: result.shown(spineRow: row, feature: feature)))
            }
        }
        return VerificationFinding(
            subject: subject, seed: seed, disagreement: disagreement, smallest: smallest, answers: answers)
    }
}
