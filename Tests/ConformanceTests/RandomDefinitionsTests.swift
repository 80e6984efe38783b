import FeatureDefs
import TestSupport
import Testing

/// What the conformance tests rest on: that their stores have everything the language has.
@Suite struct RandomDefinitionsTests {
    @Test func everyAggregateIsGenerated() throws {
        var seen = Set<String>()
        for seed in 0..<40 as Range<UInt64> {
            let features = try RandomStore(seed: seed).plan().featureViews.flatMap(\.features)
            for feature in features {
                if case .window(let function, _, _, _) = feature.computation { seen.insert(function.name) }
            }
        }
        #expect(seen == Set(AggregateFunction.allCases.map(\.name)))
    }
}
