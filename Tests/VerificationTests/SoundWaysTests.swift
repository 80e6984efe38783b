import FeatureDefs
import TestSupport
import Testing
import Verification

/// What asof really does agrees with the oracle: on definitions such as users write, and on random ones.
@Suite struct SoundWaysTests {
    @Test(arguments: [1, 500] as [UInt64])
    func nothingIsFoundInTheProject(seed: UInt64) async throws {
        let report = try await VerificationBench.verify(try VerifiedProject.plan(), seed: seed, runs: 20)
        if report.finding != nil { Issue.record("\(report.shown)") }
        #expect(report.runs == 20 && report.compared > 10_000)
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func nothingIsFoundInRandomDefinitions(seed: UInt64) async throws {
        let options = RandomStore.Options(isServable: seed % 2 == 0, hasFailingOnDemandFeatures: seed % 3 == 0)
        let plan = try RandomStore(seed: seed, options: options).plan()
        let report = try await VerificationBench.verify(plan, seed: seed, runs: 4)
        if report.finding != nil { Issue.record("definitions of seed \(seed): \(report.shown)") }
    }
}

extension VerificationReport {
    /// What a failing test says.
    var shown: String {
        guard let finding = document(subjects: [], ways: [], notVerified: []).finding else { return "\(compared) values agree" }
        var lines = ["run \(runs), \(finding.knowledge): \(finding.summary)"] + finding.definition + finding.circumstances
        for table in finding.sources + [finding.spine] {
            lines += ["\(table.name): \(table.columns)"] + table.rows.map { "  \($0)" }
        }
        return (lines + finding.answers.map { "\($0.way): \($0.value)" }).joined(separator: "\n")
    }
}
