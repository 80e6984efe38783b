import DriftMonitor
import Testing

struct MultiplicityTests {
    @Test(arguments: PValueAdjustment.allCases)
    func adjustmentKeepsOrderAndNeverLowers(method: PValueAdjustment) {
        var random = TestRandom(71)
        for size in [0, 1, 2, 50] {
            let p = (0..<size).map { _ in random.source.below(4) == 0 ? 0.01 : random.source.uniform() }
            let adjusted = method.adjusted(p)
            #expect(adjusted.count == size)
            for i in p.indices {
                #expect(adjusted[i] >= p[i] && adjusted[i] <= 1)
                for j in p.indices where p[i] < p[j] { #expect(adjusted[i] <= adjusted[j]) }
                for j in p.indices where p[i] == p[j] { #expect(adjusted[i] == adjusted[j]) }
            }
        }
        #expect(method.adjusted([.nan, 0.5])[0] == 1)
    }

    @Test func simesIsTheLeastAdjusted() {
        #expect(PValueAdjustment.simes([]) == 1)
        #expect(PValueAdjustment.simes([0.04, 0.03]) == 0.04)
    }

    /// Of 100 true hypotheses a night for 300 nights, none is a discovery in most: the level only shrinks.
    @Test func onlineTestsOfNothingSpendTheirWealth() {
        var random = TestRandom(72)
        var test = OnlineFalseDiscovery()
        var rejected = 0
        for _ in 0..<3000 { if test.update(random.source.uniform()).isRejected { rejected += 1 } }
        #expect(rejected <= 1)
        #expect(test.nextLevel < 1e-4)
        // Discoveries earn.
        let before = test.nextLevel
        _ = test.update(1e-12)
        #expect(test.nextLevel > before)
        #expect(!test.update(.nan).isRejected)
    }

    @Test func persistenceNeedsKOfN() {
        var persistence = Persistence(required: 2, of: 3, clearsAt: 0)
        #expect(
            [true, false, true, false, false, false].map { persistence.update($0) } == [false, false, true, true, true, false])
    }
}
