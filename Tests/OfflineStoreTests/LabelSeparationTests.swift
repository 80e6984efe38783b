import FeatureDefs
import Testing

@testable import OfflineStore

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
