import DriftMonitor
import Foundation
import Testing

struct JointTests {
    /// Rows whose two columns are correlated; the marginals do not show it.
    private func correlated(_ count: Int, _ rho: Double, _ random: inout TestRandom, columns: Int = 2) -> [[Double]] {
        (0..<count).map { _ in
            let (a, b) = (random.source.normal(), random.source.normal())
            return [a, rho * a + (1 - rho * rho).squareRoot() * b]
                + (2..<max(2, columns)).map { _ in random.source.normal() }
        }
    }

    private func side(_ rows: [[Double]]) -> ClassifierTwoSampleTest.Side {
        .init(rows: rows, folds: rows.indices.map { $0 % 2 }, entities: rows.indices.map { UInt64($0) })
    }

    @Test func copulaFlipIsFoundAndLocalised() {
        var random = TestRandom(41)
        let reference = correlated(600, 0.8, &random, columns: 4)
        let current = correlated(600, -0.8, &random, columns: 4)
        // No marginal shows it.
        for column in 0..<4 {
            let test = KolmogorovSmirnov(reference.map { $0[column] }, current.map { $0[column] })
            #expect(test.stephensPValue > 0.01)
        }
        let classifier = ClassifierTwoSampleTest(reference: side(reference), current: side(current))
        #expect(classifier.auc > 0.85)
        #expect(classifier.pValue < 1e-10)
        #expect(Set(classifier.importances.prefix(2).map(\.feature)) == [0, 1])

        var (before, after) = (CoMoments(columns: 4), CoMoments(columns: 4))
        before.add(rows: reference)
        after.add(rows: current)
        let changes = CorrelationChange.all(before, after)
        #expect(changes.count == 6)
        #expect(changes[0].first == 0 && changes[0].second == 1)
        #expect(changes[0].adjustedPValue < 1e-20)
        #expect(changes.dropFirst().allSatisfy { $0.adjustedPValue > 0.001 })

        let discrepancy = MaximumMeanDiscrepancy(Array(reference.prefix(150)), Array(current.prefix(150)))
        #expect(discrepancy.drawnPermutations(99).pValue == 0.01)
    }

    @Test func unchangedRowsAreNotFound() {
        var random = TestRandom(43)
        var (classifierHits, discrepancyHits) = (0, 0)
        for _ in 0..<20 {
            let (reference, current) = (correlated(120, 0.5, &random), correlated(100, 0.5, &random))
            if ClassifierTwoSampleTest(reference: side(reference), current: side(current)).pValue < 0.05 {
                classifierHits += 1
            }
            if MaximumMeanDiscrepancy(reference, current).drawnPermutations(39).pValue <= 0.05 { discrepancyHits += 1 }
        }
        // Binomial(20, 0.05): five or more once in 400.
        #expect(classifierHits < 5)
        #expect(discrepancyHits < 5)
    }

    @Test func drawnPermutationsAgreeWithAllOfThem() throws {
        var random = TestRandom(44)
        let (x, y) = (correlated(6, 0, &random), correlated(5, 0, &random).map { [$0[0] + 1, $0[1]] })
        let discrepancy = MaximumMeanDiscrepancy(x, y)
        let all = try #require(discrepancy.enumeratedPermutations())
        #expect(all.total == 462)
        let drawn = discrepancy.drawnPermutations(4000)
        #expect(abs(drawn.pValue - all.pValue) < 4 * (all.pValue * (1 - all.pValue) / 4000).squareRoot() + 1e-3)
    }

    /// Rows of one entity are alike: shuffling rows finds drift where entities show none.
    @Test func entitiesArePermutedWhole() {
        var random = TestRandom(45)
        func side(_ first: Int) -> ([[Double]], [Int]) {
            var (rows, groups): ([[Double]], [Int]) = ([], [])
            for entity in 0..<8 {
                let centre = random.source.normal()
                for _ in 0..<12 {
                    rows.append([centre + 0.05 * random.source.normal()])
                    groups.append(first + entity)
                }
            }
            return (rows, groups)
        }
        var (byRow, byEntity) = (0, 0)
        for _ in 0..<12 {
            let (x, left) = side(0)
            let (y, right) = side(100)
            let discrepancy = MaximumMeanDiscrepancy(x, y)
            if discrepancy.drawnPermutations(39).pValue <= 0.05 { byRow += 1 }
            if discrepancy.drawnPermutations(39, groups: left + right).pValue <= 0.05 { byEntity += 1 }
        }
        #expect(byRow > 6)
        #expect(byEntity < 4)
    }

    @Test func fourierSumsMergeToTheSameAndStandForTheKernel() {
        var random = TestRandom(46)
        let (reference, current) = (correlated(300, 0.8, &random), correlated(300, -0.8, &random))
        let bandwidth = MaximumMeanDiscrepancy.medianSquaredDistance(Array((reference + current).prefix(200))) / 2
        let frame = RandomFourierFrame(columns: 2, dimensions: 512, sigma: bandwidth.squareRoot())
        func sums(_ rows: [[Double]]) -> RandomFourierSums { rows.reduce(into: RandomFourierSums(frame: frame)) { $0.add($1) } }
        let whole = sums(reference)
        var merged = sums(Array(reference.suffix(100)))
        merged.merge(sums(Array(reference.prefix(200)).reversed()))
        #expect(merged == whole)
        let exact = MaximumMeanDiscrepancy(reference, current, squaredBandwidth: bandwidth).unbiased
        #expect(abs(whole.unbiasedDiscrepancy(sums(current)) - exact) < 0.03)

        let hours = (0..<10).map { hour in sums(Array(reference[(hour * 30)..<(hour * 30 + 30)])) }
        let others = (0..<10).map { hour in sums(Array(current[(hour * 30)..<(hour * 30 + 30)])) }
        #expect(RandomFourierSums.blockPermutationPValue(hours, others, draws: 99) == 0.01)
        #expect(
            RandomFourierSums.blockPermutationPValue(Array(hours.prefix(5)), Array(hours.suffix(5)), draws: 99) > 0.01)
    }

    @Test func coMomentsMergeToTheSameAndAreCorrelations() {
        var random = TestRandom(47)
        let rows = correlated(1000, 0.6, &random, columns: 5)
        var whole = CoMoments(columns: 5)
        whole.add(rows: rows)
        var (left, right) = (CoMoments(columns: 5), CoMoments(columns: 5))
        let shuffled = random.shuffled(rows)
        left.add(rows: Array(shuffled.prefix(123)))
        right.add(rows: Array(shuffled.dropFirst(123)))
        right.merge(left)
        #expect(right == whole)
        let means = (0..<2).map { column in rows.reduce(0) { $0 + $1[column] } / 1000 }
        func product(_ i: Int, _ j: Int) -> Double { rows.reduce(0) { $0 + ($1[i] - means[i]) * ($1[j] - means[j]) } }
        let expected = product(0, 1) / (product(0, 0) * product(1, 1)).squareRoot()
        #expect(abs(whole.correlation(0, 1) - expected) < 1e-6)
        #expect(whole.correlation(3, 3) == 1)
        var constant = CoMoments(columns: 2)
        constant.add(rows: [[1, 2], [1, 3], [.nan, 4]])
        #expect(constant.correlation(1, 1) == 1)
    }

    @Test func placementsAreDeLongs() {
        // Against the definition: pairs.
        let scores = [0.1, 0.4, 0.4, 0.8, 0.9, 0.2]
        let labels = [false, true, false, true, true, false]
        var wins = 0.0
        for i in scores.indices where labels[i] {
            for j in scores.indices where !labels[j] { wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0 }
        }
        let separation = RankSeparation(scores: scores, labels: labels)
        #expect(separation.u == wins)
        #expect(separation.auc == wins / 9)
        // Each row its own entity: nearly DeLong's; all rows one entity: no interval.
        #expect(abs(separation.standardError(entities: [1, 2, 3, 4, 5, 6]) - separation.standardError) < 0.05)
        #expect(separation.standardError(entities: [UInt64](repeating: 1, count: 6)).isNaN)
        #expect(RankSeparation(scores: [1, 2], labels: [true, true]).auc == 0.5)
    }

    @Test func missingValuesAreSeenByTheClassifier() {
        var random = TestRandom(48)
        let reference = correlated(300, 0, &random)
        let current = correlated(300, 0, &random).enumerated().map { $0 / 2 % 2 == 0 ? [Double.nan, $1[1]] : $1 }
        let classifier = ClassifierTwoSampleTest(reference: side(reference), current: side(current), features: .linear)
        #expect(classifier.auc > 0.7)
        #expect(classifier.importances[0].feature == 0)
    }
}
