import FeatureDefs
import TestSupport
import Testing
import Verification

/// What asof really does agrees with the oracle: on definitions such as users write, and on random ones.
@Suite struct SoundWaysTests {
    @Test(arguments: [1, 500, 9000] as [UInt64])
    func nothingIsFoundInTheProject(seed: UInt64) async throws {
        let report = try await VerificationBench.verify(try VerifiedProject.plan(), seed: seed)
        #expect(report.finding == nil, "\(report.shown)")
        #expect(report.runs == Verifier.defaultRuns && report.compared > 10_000)
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func nothingIsFoundInRandomDefinitions(seed: UInt64) async throws {
        let options = RandomStore.Options(isServable: seed % 2 == 0, hasFailingOnDemandFeatures: seed % 3 == 0)
        let plan = try RandomStore(seed: seed, options: options).plan()
        let report = try await VerificationBench.verify(plan, seed: seed, runs: 6)
        #expect(report.finding == nil, "definitions of seed \(seed): \(report.shown)")
    }
}

extension VerificationReport {
    var shown: String {
        guard let finding else { return "\(compared) values agree" }
        var lines = ["run \(runs), \(finding.disagreement)"]
        for table in finding.smallest.tables { lines += [table.name] + table.naiveRows.map { "  \($0)" } }
        lines += finding.smallest.spine.rows.indices.map { "spine \(finding.smallest.spine.naiveRow($0))" }
        lines += finding.smallest.selection.distinctViews.map { "\($0)" }
        lines += finding.answers.map { "\($0.way): \($0.text)" } + ["\(finding.smallest.session)"]
        return lines.joined(separator: "\n")
    }
}
