import FeatureDefs
import Testing

@testable import OfflineStore

/// The cheaper strategy, where one is far cheaper.
@Suite struct StrategyCostsTests {
    private func choice(spine: Double, source: Double, window: Double = 0, views: Int = 1, hasIndex: Bool = true) -> JoinStrategy?
    {
        let view = JoinStatistics.View(
            view: "v", sourceRows: source, rowsInLongestWindow: window, searches: 1, features: 3, hasIndex: hasIndex)
        let statistics = JoinStatistics(spineRows: spine, views: Array(repeating: view, count: views))
        return StrategyCosts(statistics).estimates.first?.strategy
    }

    @Test func aSmallSpineIsProbedAndALargeOneMerged() {
        #expect(choice(spine: 100, source: 10_000_000) == .probe)
        #expect(choice(spine: 1_000_000, source: 2_000_000) == .merge)
        #expect(choice(spine: 1_000_000, source: 2_000_000, views: 10) == .merge)
        // Many rows in each window.
        #expect(choice(spine: 5_000_000, source: 5_000_000, window: 100_000) == .merge)
        #expect(choice(spine: 1000, source: 10_000_000, window: 50) == .probe)
        #expect(choice(spine: 10_000, source: 1_000_000, hasIndex: false) == .merge)
    }
}

/// The area under the ROC curve of one feature.
@Suite struct LabelSeparationTests {
    private let isPositive = (0..<40).map { $0 % 2 == 0 }

    private func area(_ value: (Int) -> FeatureValue) -> Double? {
        LabelSeparation.area((0..<40).map(value), isPositive: isPositive)
    }

    @Test func aFeatureThatTellsTheClassesApartHasAreaOne() {
        #expect(area { .int64($0 % 2 == 0 ? 7 : 9) } == 1)
        #expect(area { .float64($0 % 2 == 0 ? .nan : 1) } == 1)
        #expect(area { $0 % 2 == 0 ? .null : .int64(Int64($0)) } == 1)
        #expect(area { .string($0 % 2 == 0 ? "yes" : "no") } == 1)
        #expect(area { .bool($0 % 2 == 0) } == 1)
    }

    @Test func otherFeaturesHaveLess() throws {
        #expect(area { _ in .int64(1) } == 0.5)
        #expect(area { _ in .null } == 0.5)
        #expect(try #require(area { .int64(Int64($0)) }) < 0.6)
        // One row on the wrong side of 20 by 20 pairs' worth of half a rank each.
        #expect(try #require(area { .int64($0 % 2 == 0 && $0 > 0 ? 1 : 0) }) == 0.975)
        // Each its own category: nothing can be said.
        #expect(LabelSeparation.area((0..<80).map { .string("\($0)") }, isPositive: (0..<80).map { $0 % 2 == 0 }) == nil)
        #expect(LabelSeparation.area((0..<15).map { .int64($0) }, isPositive: (0..<15).map { $0 < 5 }) == nil)
    }
}
