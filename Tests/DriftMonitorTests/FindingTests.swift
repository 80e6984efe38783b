import DriftMonitor
import Foundation
import Testing

struct FindingTests {
    private func compare(_ baseline: [Double], _ reference: [Double], _ current: [Double]) throws -> ProfileComparison {
        let frame = try #require(NumericFrame(baseline: baseline))
        return ProfileComparison(
            reference: NumericProfile(frame: frame, values: reference), current: NumericProfile(frame: frame, values: current))
    }

    private func level(_ comparison: ProfileComparison, nights: Int = 5) -> NightlyJudgement.Level {
        var persistence: [NightlyJudgement.Key: Persistence] = [:]
        var worst = NightlyJudgement.Level.quiet
        for _ in 0..<nights {
            let judgement = NightlyJudgement(["f": comparison], persistence: persistence)
            persistence = judgement.persistence
            worst = judgement.findings.map(\.state).max() ?? .quiet
        }
        return worst
    }

    /// Acceptance test of monitoring.md §5: significant, irrelevant.
    @Test func manyRowsShiftedByAlmostNothingAreQuiet() throws {
        var random = TestRandom(61)
        let baseline = random.normals(60_000)
        let comparison = try compare(baseline, baseline, random.normals(60_000, mean: 0.03))
        #expect((comparison[.psi10]?.pValue ?? 1) < 0.001)
        #expect(level(comparison) == .quiet)
    }

    @Test func aShiftIsRaisedOnlyOnceItPersists() throws {
        var random = TestRandom(62)
        let baseline = random.normals(5000)
        let shifted = try compare(baseline, baseline, random.normals(900, mean: 0.6))
        let first = NightlyJudgement(["f": shifted])
        #expect(first.alerts.isEmpty, "one night is no alert")
        #expect(first.findings.contains { $0.tonight == .alert })
        let second = NightlyJudgement(["f": shifted], persistence: first.persistence)
        #expect(second.alerts.isEmpty)
        let third = NightlyJudgement(["f": shifted], persistence: second.persistence)
        #expect(third.alerts.map(\.key.feature) == ["f"])
        // And clears once the windows are quiet.
        let quiet = try compare(baseline, baseline, random.normals(900))
        var persistence = third.persistence
        for _ in 0..<4 { persistence = NightlyJudgement(["f": quiet], persistence: persistence).persistence }
        #expect(NightlyJudgement(["f": quiet], persistence: persistence).alerts.isEmpty)
    }

    @Test func aSevereChangeDoesNotWait() throws {
        var random = TestRandom(63)
        let baseline = random.normals(5000)
        let judgement = NightlyJudgement(["f": try compare(baseline, baseline, random.normals(2000, mean: 3))])
        #expect(judgement.alerts.first?.isSevere == true)
    }

    @Test func aJumpOfNullsIsFoundThoughValuesAreAsBefore() throws {
        var random = TestRandom(64)
        let values = random.normals(3000)
        let frame = try #require(NumericFrame(baseline: values))
        var current = NumericProfile(frame: frame)
        current.add(ContiguousArray(values), validity: ContiguousArray(repeating: 0xFFFF_FFFF_0FFF_FFFF, count: 47))
        let comparison = ProfileComparison(reference: NumericProfile(frame: frame, values: values), current: current)
        let nulls = try #require(comparison[.nullDelta])
        #expect(abs(nulls.value - 4.0 / 64) < 0.001)
        #expect((nulls.pValue ?? 1) < 1e-6)
        #expect(nulls.effect > 0.2)
        #expect((comparison[.psi10]?.effect ?? 1) < 0.1)
    }

    /// Metamorphic: in metres or in millimetres.
    @Test func scalingAFeatureChangesNoDecision() throws {
        var random = TestRandom(65)
        let shapes: [([Double], [Double])] = [
            (random.normals(4000, mean: 2), random.normals(1500, mean: 2.4)),
            (random.normals(4000).map { exp(2 * $0) }, random.normals(1500).map { exp(2 * $0 + 0.3) }),
            ((0..<4000).map { Double($0 % 9) }, (0..<1500).map { Double($0 % 7) }),
            (
                [Double](repeating: 0, count: 3000) + random.normals(1000),
                [Double](repeating: 0, count: 900) + random.normals(600)
            ),
            ([Double](repeating: 5, count: 100), [5, 5, 6, 5]),
        ]
        for (baseline, current) in shapes {
            func judged(_ factor: Double) throws -> [NightlyJudgement.Finding] {
                let scaled = baseline.map { $0 * factor }
                return NightlyJudgement(["f": try compare(scaled, scaled, current.map { $0 * factor })]).findings
            }
            let plain = try judged(1)
            for factor in [1000, 0.001, 1024, -1] {
                // A reflection, too, moves nothing but the sign of the mean's shift; its open edges lie on the other side.
                let other = try judged(factor)
                if factor > 0 { #expect(other.map(\.tonight) == plain.map(\.tonight)) }
                for (a, b) in zip(plain, other) where factor > 0 {
                    let (x, y) = (a.measurement.effect, b.measurement.effect)
                    #expect(x == y || abs(x - y) <= 1e-6 * max(1, abs(x)), "\(a.key.statistic) \(x) \(y)")
                }
            }
        }
    }

    @Test func categoriesAreComparedByName() throws {
        func profile(_ counts: [String: Int]) -> CategoryProfile {
            var profile = CategoryProfile()
            for (value, count) in counts.sorted(by: { $0.key < $1.key }) { for _ in 0..<count { profile.add(value) } }
            return profile
        }
        let reference = profile(["a": 520, "b": 310, "c": 120, "d": 50])
        let comparison = ProfileComparison(reference: reference, current: profile(["a": 455, "b": 330, "c": 150, "d": 65]))
        // Vector chi2.two_sample_4cat.
        #expect(abs((comparison[.cramersV]?.value ?? 0) - 0.07158277867545064) < 1e-12)
        #expect(abs((comparison[.cramersV]?.pValue ?? 0) - 0.016450447419348525) < 1e-12)
        #expect(comparison[.lInfinity]?.detail == "a")
        let new = ProfileComparison(reference: reference, current: profile(["a": 500, "neu": 500]))
        #expect(new[.newValueShare]?.value == 0.5)
        #expect(new[.lostValueShare]?.value == 0.48)
        #expect(new[.distinctRatio]?.value == 0.5)
        // Values that everyone sees once say nothing: their share is the noise.
        let ids = ProfileComparison(
            reference: profile(Dictionary(uniqueKeysWithValues: (0..<500).map { ("r\($0)", 1) })),
            current: profile(Dictionary(uniqueKeysWithValues: (0..<500).map { ("c\($0)", 1) })))
        #expect(ids[.newValueShare]?.noise == 1)
        // Too many values to name: the hash buckets speak.
        var (many, shifted) = (CategoryProfile(capacity: 10), CategoryProfile(capacity: 10))
        for index in 0..<4000 {
            many.add("v\(index % 200)")
            shifted.add("v\(index % 100)")
        }
        #expect((ProfileComparison(reference: many, current: shifted)[.cramersV]?.value ?? 0) > 0.3)
    }

    /// Acceptance test of monitoring.md §5: 200 stable features for a month page at most once.
    @Test func aStableMonthIsQuiet() throws {
        var random = TestRandom(66)
        let features = 200
        let frames = try (0..<features).map { _ in
            let baseline = random.normals(1000)
            let frame = try #require(NumericFrame(baseline: baseline))
            return (frame, NumericProfile(frame: frame, values: baseline))
        }
        var persistence: [NightlyJudgement.Key: Persistence] = [:]
        var pages = Set<String>()
        for _ in 0..<8 {
            var comparisons: [String: ProfileComparison] = [:]
            for (index, (frame, reference)) in frames.enumerated() {
                comparisons["f\(index)"] = ProfileComparison(
                    reference: reference, current: NumericProfile(frame: frame, values: random.normals(300)))
            }
            let judgement = NightlyJudgement(comparisons, persistence: persistence)
            persistence = judgement.persistence
            pages.formUnion(judgement.alerts.map(\.key.feature))
        }
        #expect(pages.count <= 1, "\(pages)")
    }

    @Test func gatesAreRaisedByUnchangedWindows() {
        let gate = DriftStatistic.psi10.gate
        #expect(gate.calibrated(by: [Double](repeating: 0.9, count: 19)) == gate)
        let raised = gate.calibrated(by: [Double](repeating: 0.4, count: 20))
        #expect(raised.alert == 0.4 && raised.warn == 0.4 && raised.calibratedBy == 20)
        #expect(gate.calibrated(by: [Double](repeating: 0.01, count: 30)).alert == 0.25)
    }

    @Test func everyStatisticIsMeasured() throws {
        let numeric = try compare([1, 2, 3, 4], [1, 2, 3, 4], [2, 3])
        var categories = CategoryProfile()
        categories.add("a")
        let categorical = ProfileComparison(reference: categories, current: categories)
        let measured = Set(numeric.measurements.map(\.statistic)).union(categorical.measurements.map(\.statistic))
        #expect(measured == Set(DriftStatistic.allCases.filter { !$0.isJoint }))
        let empty = try compare([1], [1], [])
        #expect(empty.measurements.isEmpty)
        #expect(NightlyJudgement(["f": empty]).alerts.isEmpty)
    }
}
