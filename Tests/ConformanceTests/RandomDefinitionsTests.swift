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

    @Test func everyWayOfNamingAndStandingInIsGenerated() throws {
        var seen = Set<String>()
        for seed in 0..<160 as Range<UInt64> {
            let plan = try RandomStore(seed: seed).plan()
            for feature in plan.services.flatMap(\.features) {
                switch feature.alias {
                case nil: break
                case .view: seen.insert("view alias")
                case .feature: seen.insert("feature alias")
                }
                if !feature.reference.keys.isOwn { seen.insert("columns of other names") }
            }
            for view in plan.featureViews {
                if view.joinKeys.isEmpty { seen.insert("no entity") }
                for feature in view.features where feature.defaultValue != nil {
                    seen.insert(feature.type.scalar.map { "default \($0)" } ?? "default of a list")
                }
            }
            let inputs = plan.onDemandViews.flatMap(\.features).flatMap(\.expression.inputs)
            for case .feature(let reference) in inputs where !reference.keys.isOwn { seen.insert("on demand by other columns") }
        }
        let ways = [
            "view alias", "feature alias", "columns of other names", "no entity", "on demand by other columns",
            "default of a list",
        ]
        #expect(seen == Set(ways + FeatureType.Scalar.allCases.map { "default \($0)" }))
    }
}
