import DriftMonitor
import SkewChecker
import Testing

/// Three outcomes, decided at one-sided bounds of the effective sample (monitoring.md §3.4).
@Suite struct MismatchRateTests {
    /// `count` entities with `rows` values each, of which the first `broken` have `hits` that differ.
    private func rate(
        _ count: Int, rows: Double = 1, broken: Int = 0, hits: Double = 1, probability: Double = 1
    ) -> MismatchRate {
        MismatchRate(
            EntitySums(
                (0..<count).map { .init(count: rows, hits: $0 < broken ? hits : 0, probability: probability) }))
    }

    private let limits = SkewLimits.standard

    @Test func noMismatchPassesFromThePublishedNumberOn() {
        // ln(0.01) / ln(1 - 0.001) = 4602.9
        #expect(rate(4603).verdict(limits) == .pass)
        #expect(rate(4602).verdict(limits) == .inconclusive)
        #expect(rate(4602).neededToDecide(limits) == 1)
        #expect(rate(100).neededToDecide(limits) == 4503)
        #expect(rate(4603).neededToDecide(limits) == nil)
    }

    @Test func nothingComparedIsNoPass() {
        let none = rate(0)
        #expect(none.verdict(limits) == .inconclusive && none.rate == nil)
        #expect(none.neededToDecide(limits) == 4603)
    }

    @Test func aFailureTakesThreeMismatchesOfTwoEntities() {
        #expect(rate(100, broken: 3).verdict(limits) == .fail)
        #expect(rate(100, broken: 2).verdict(limits) == .inconclusive)
        #expect(rate(100, rows: 10, broken: 1, hits: 10).verdict(limits) == .inconclusive)
        #expect(rate(100, rows: 10, broken: 2, hits: 10).verdict(limits) == .fail)
    }

    /// Where 1 in 10 entities is logged their rows are one draw each; where all are, every row is.
    @Test func rowsOfASampledEntityGoTogether() {
        #expect(rate(1000, rows: 10, probability: 0.1).effectiveCount < 1200)
        #expect(rate(1000, rows: 10, probability: 0.1).verdict(limits) == .inconclusive)
        #expect(rate(1000, rows: 10).effectiveCount == 10_000)
        #expect(rate(1000, rows: 10).verdict(limits) == .pass)
        // One value each: nothing to go together.
        #expect(rate(5000, probability: 0.5).effectiveCount == 5000)
    }

    /// The vector `ci.cluster_by_entity`, as of entities that are a vanishing share of all.
    @Test func theEffectiveCountIsTheRatioEstimators() {
        let clusters: [(Double, Double)] = [(10, 0), (12, 1), (8, 0), (20, 9), (5, 0), (15, 0), (9, 1), (11, 0)]
        // Twice, since fewer than ten entities with a mismatch bound it further.
        let many = (0..<20).flatMap { _ in clusters }
        let sums = EntitySums(many.map { .init(count: $0.0, hits: $0.1, probability: 1e-12) })
        let expected = ClusteredProportion(many.map { (count: $0.0, hits: $0.1) }).effectiveCount
        #expect(abs(sums.effectiveCount / expected - 1) < 1e-9)
    }

    @Test func aLoggedValueStandsForThoseThatWereNot() throws {
        // 100 of 100 differ where a tenth is logged, 0 of 1,000 where all is: half of 2,000.
        let sums = EntitySums(
            (0..<100).map { _ in .init(count: 1, hits: 1, probability: 0.1) }
                + (0..<1000).map { _ in .init(count: 1, hits: 0, probability: 1) })
        let rate = MismatchRate(sums)
        #expect(try #require(rate.rate) == 0.5)
        #expect(rate.compared == 1100 && rate.different == 100)
        // Unequal weights are worth less than 1,100 equal ones: 2000² / (100 * 100 + 1000) = 363.6
        #expect(rate.effectiveCount < 364)
    }

    @Test func aRateAtTheLimitIsNeverDecided() {
        #expect(rate(1000, broken: 1).neededToDecide(limits) == nil)
        #expect(rate(1000, broken: 1).verdict(limits) == .inconclusive)
    }

    @Test func whatIsNeededDecides() throws {
        for (count, broken) in [(1000, 0), (2000, 1), (5000, 2), (300, 1)] {
            let needed = try #require(rate(count, broken: broken).neededToDecide(limits))
            let scaled = Double(broken) / Double(count)
            let n = count + needed
            let decided = MismatchRate(
                EntitySums((0..<n).map { .init(count: 1, hits: Double($0) < scaled * Double(n) ? 1 : 0, probability: 1) }))
            #expect(decided.verdict(limits) != .inconclusive, "\(count), \(broken), \(needed)")
        }
    }
}
