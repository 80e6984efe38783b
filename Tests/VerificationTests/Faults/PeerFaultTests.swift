import FeatureDefs
import Testing
import Verification

/// Every defect that is put in is found by the runs that `asof verify` makes on its own, whatever the seed, and shown on few rows.
@Suite struct PeerFaultTests {
    static let seeds: [UInt64] = [1, 1000, 2000, 3000, 4000]

    @Test(arguments: PeerFaults.all, seeds)
    func aFaultIsFoundAndMadeSmall(fault: FaultyEvaluator, seed: UInt64) async throws {
        let verifier = Verifier(
            plan: try VerifiedProject.plan(), subjects: [VerificationSubject(.service("fraud"))], ways: [fault], scratch: nil)
        let report = try await verifier.run(seed: seed, runs: Verifier.defaultRuns)
        let finding = try #require(report.finding, "\(fault.name) was not found")
        let rows = finding.smallest.tables.reduce(0) { $0 + $1.rows.count }
        #expect(rows <= 5, "\(fault.name): \(rows) source rows")
        #expect(finding.smallest.spine.rows.count <= 2)
    }

    @Test(arguments: seeds)
    func withoutAFaultNothingIsFound(seed: UInt64) async throws {
        let verifier = Verifier(
            plan: try VerifiedProject.plan(), subjects: [VerificationSubject(.service("fraud"))],
            ways: [FaultyEvaluator("no fault")], scratch: nil)
        let report = try await verifier.run(seed: seed, runs: 200)
        #expect(report.finding == nil && report.compared > 50_000, "\(report.compared)")
    }
}

extension FaultyEvaluator: CustomTestStringConvertible {
    var testDescription: String { name }
}
