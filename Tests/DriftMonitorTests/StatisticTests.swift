import DriftMonitor
import Foundation
import Testing

/// Statistics against loops that follow their definition, on values with ties, infinities and empty sides.
struct StatisticTests {
    private func samples(_ seed: UInt64) -> ([Double], [Double]) {
        var random = TestRandom(seed)
        let n = 1 + random.source.below(40)
        let m = 1 + random.source.below(40)
        // Few different values, so that most are ties.
        func draw(_ count: Int, _ shift: Double) -> [Double] {
            (0..<count).map { _ in Double(random.source.below(6)) + (random.source.below(2) == 0 ? shift : 0) }
        }
        return (draw(n, 0), draw(m, 0.5))
    }

    @Test(arguments: 1...60)
    func kolmogorovSmirnovAndWassersteinAsDefined(seed: Int) {
        let (x, y) = samples(UInt64(seed))
        let points = Set(x + y).sorted()
        func share(_ values: [Double], _ point: Double) -> Double {
            Double(values.count { $0 <= point }) / Double(values.count)
        }
        let distances = points.map { abs(share(x, $0) - share(y, $0)) }
        let test = KolmogorovSmirnov(x + [.nan], y)
        #expect(abs(test.distance - (distances.max() ?? 0)) < 1e-12)
        #expect(abs(abs(share(x, test.location) - share(y, test.location)) - test.distance) < 1e-12)
        var area = 0.0
        for (left, right) in zip(points, points.dropFirst()) { area += abs(share(x, left) - share(y, left)) * (right - left) }
        #expect(abs(EarthMover(x, y).wasserstein1 - area) < 1e-12)

        let bins = Bins(edges: points)
        let bounds = KolmogorovSmirnovBounds(referenceCounts: bins.counts(x), currentCounts: bins.counts(y))
        #expect(bounds.lower <= test.distance + 1e-12 && test.distance <= bounds.upper + 1e-12)
    }

    /// All ways to deal few values: the definition of an exact p-value.
    @Test func exactPValueIsTheShareOfSplits() {
        let pooled = [0.3, 1.2, 2.9, 3.1, 4.4, 5.0, 6.7, 8.8]
        for n in 1...7 {
            let observed = KolmogorovSmirnov(Array(pooled.suffix(n)), Array(pooled.prefix(8 - n)))
            var (reached, total) = (0, 0)
            for mask in 0..<256 where mask.nonzeroBitCount == n {
                let x = pooled.indices.filter { mask >> $0 & 1 == 1 }.map { pooled[$0] }
                let y = pooled.indices.filter { mask >> $0 & 1 == 0 }.map { pooled[$0] }
                total += 1
                if KolmogorovSmirnov(x, y).distance >= observed.distance - 1e-12 { reached += 1 }
            }
            #expect(abs(observed.exactPValue - Double(reached) / Double(total)) < 1e-12)
        }
    }

    @Test func emptySidesSayNothing() {
        #expect(KolmogorovSmirnov([], [1]).pValue == 1)
        #expect(KolmogorovSmirnov([.nan], []).distance == 0)
        #expect(EarthMover([], [1]).wasserstein1.isNaN)
        #expect(PopulationStability(referenceValues: [], currentValues: [1]) == nil)
        #expect(PopulationStability(referenceValues: [.nan], currentValues: [1]) == nil)
        #expect(ContingencyTest(referenceCounts: [0, 0], currentCounts: [3, 4]).chiSquarePValue == 1)
        #expect(BinomialInterval.wilson(0, of: 0) == BinomialInterval(lower: 0, upper: 1))
        #expect(BinomialInterval.clopperPearson(0, of: 0) == BinomialInterval(lower: 0, upper: 1))
    }

    @Test func stabilityHoldsTheReferencesBins() throws {
        var random = TestRandom(31)
        let reference = random.normals(2000)
        // All current values far outside: all in the last bin, and finite.
        let far = try #require(
            PopulationStability(referenceValues: reference, currentValues: [Double](repeating: 1e9, count: 500)))
        #expect(far.terms.count == 10)
        #expect(far.value.isFinite && far.value > 5)
        let infinite = PopulationStability(referenceValues: reference, currentValues: [.infinity, -.infinity])
        #expect(try #require(infinite).value.isFinite)
        let constant = try #require(PopulationStability(referenceValues: [5, 5, 5], currentValues: [5, 5]))
        #expect(constant.value < 0.05)
        let moved = try #require(PopulationStability(referenceValues: [5, 5, 5], currentValues: [4, 4]))
        #expect(moved.value > 1)
    }

    /// Of samples of one distribution the index exceeds its 99% noise about one time in a hundred.
    @Test func stabilityNoiseIsAsStated() throws {
        var random = TestRandom(32)
        let limit = PopulationStability.noiseQuantile(0.99, bins: 10, reference: 4000, current: 1000)
        let mean = PopulationStability.noiseMean(bins: 10, reference: 4000, current: 1000)
        var (above, total) = (0, 0.0)
        for _ in 0..<400 {
            let stability = try #require(
                PopulationStability(referenceValues: random.normals(4000), currentValues: random.normals(1000)))
            total += stability.value
            if stability.value > limit { above += 1 }
        }
        #expect(abs(total / 400 / mean - 1) < 0.15)
        #expect(above <= 12)
    }

    @Test func intervalsCoverAsStated() {
        // P(covered) of Clopper and Pearson is at least 95% for every p; here by the binomial's own probabilities.
        let n = 30
        for p in [0.01, 0.1, 0.37, 0.5, 0.93] {
            var covered = 0.0
            for k in 0...n {
                let interval = BinomialInterval.clopperPearson(Double(k), of: Double(n))
                guard interval.lower <= p, p <= interval.upper else { continue }
                var probability = pow(p, Double(k)) * pow(1 - p, Double(n - k))
                for j in 0..<k { probability *= Double(n - j) / Double(k - j) }
                covered += probability
            }
            #expect(covered >= 0.95)
        }
    }

    @Test func zeroMismatchesNeedAsManySamplesAsSpecified() {
        // monitoring.md §3.4: n_eff >= ln(.01) / ln(1 - p0) = 4,603 to pass at 0.001.
        #expect(BinomialInterval.clopperPearsonUpper(0, of: 4603, alpha: 0.01) <= 0.001)
        #expect(BinomialInterval.clopperPearsonUpper(0, of: 4602, alpha: 0.01) > 0.001)
    }

    @Test func contingencyPoolsRareCategories() {
        let rare = [Double](repeating: 1, count: 40)
        let test = ContingencyTest(
            referenceCounts: [500, 300] + rare, currentCounts: [510, 290] + rare.reversed(), pooledToExpect: 5)
        #expect(test.categories == 3)
        #expect(test.degreesOfFreedom == 2)
        #expect(test.gPValue > 0.5)
        #expect(test.expected.joined().allSatisfy { $0 >= 5 })
    }

    @Test func differencesOfSharesAreTested() {
        let same = ProportionDifference(reference: 10, of: 1000, current: 10, of: 1000)
        #expect(same.delta == 0 && same.cohenH == 0 && same.pValue > 0.99)
        let jump = ProportionDifference(reference: 10, of: 1000, current: 100, of: 1000)
        #expect(jump.pValue < 1e-15)
        #expect(jump.newcombe().lower > 0.05)
        let zero = ProportionDifference(reference: 0, of: 100, current: 0, of: 100)
        #expect(zero.pValue == 1)
    }
}
