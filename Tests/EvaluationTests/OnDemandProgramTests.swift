import Evaluation
import FeatureDefs
import Testing

@Suite struct OnDemandProgramTests {
    private typealias Expression = TypedExpression<OnDemandInput>

    private static func input(_ view: String, _ feature: String) -> Expression {
        Expression(.input(.feature(.init(view: view, feature: feature))), type: .float64)
    }

    private static func feature(_ name: String, _ expression: Expression) -> OnDemandFeaturePlan {
        OnDemandFeaturePlan(name: name, expression: expression, notes: .init())
    }

    /// `ratio = amount / spend`, `doubled = ratio + ratio`, `safe = amount`, `either = coalesce(amount, ratio)`
    private static let plan: Plan = {
        let amount = ColumnReference(name: "amount", storage: .float8)
        let spend = FeaturePlan(
            name: "spend", computation: .latest(.init(.input(amount), type: .float64), filter: nil), type: .float64,
            notes: .init())
        let source = SourcePlan(
            name: "s", relation: .table(["s"]), eventTimestamp: .init(name: "at", storage: .timestamptz), createdTimestamp: nil,
            delay: .zero)
        let view = FeatureViewPlan(
            name: "card", entities: ["card"], joinKeys: [.init(name: "id", type: .int64)],
            joinKeyColumns: [.init(name: "id", storage: .int8)], source: source, filter: nil, schedule: nil, ttl: nil,
            features: [spend], notes: .init())
        let request = Expression(.input(.request("amount")), type: .float64)
        let ratio = Expression(.call(.divide, [request, input("card", "spend")]), type: .float64)
        let doubled = Expression(.call(.add, [input("ratios", "ratio"), input("ratios", "ratio")]), type: .float64)
        let either = Expression(.call(.coalesce, [request, input("ratios", "ratio")]), type: .float64)
        let ratios = OnDemandViewPlan(
            name: "ratios", request: [.init(name: "amount", type: .float64)],
            features: [
                feature("ratio", ratio), feature("doubled", doubled), feature("safe", request), feature("either", either),
            ], notes: .init())
        return Plan(project: "p", entities: [], featureViews: [view], onDemandViews: [ratios], services: [])
    }()

    private func program(_ features: [String]) throws -> OnDemandProgram {
        let references = features.map { $0.split(separator: ".") }.map {
            FeatureReference(view: String($0[0]), feature: String($0[1]))
        }
        return OnDemandProgram(try Self.plan.selection(of: references))
    }

    @Test func featuresAreComputedFromFeaturesInTheOrderAskedFor() throws {
        let program = try program(["ratios.doubled", "card.spend", "ratios.ratio"])
        #expect(program.inputs == [.feature(.init(view: "card", feature: "spend")), .request("amount")])
        #expect(
            program.evaluate([.float64(4), .float64(10)])
                == [.success(.float64(5)), .success(.float64(4)), .success(.float64(2.5))])
    }

    @Test func anErrorReachesThoseThatReadItAndNoOther() throws {
        let program = try program(["ratios.doubled", "ratios.safe", "ratios.ratio"])
        #expect(
            program.evaluate([.float64(0), .float64(10)])
                == [.failure(.divisionByZero), .success(.float64(10)), .failure(.divisionByZero)])
    }

    @Test func anErrorThatNobodyAsksForHarmsNobody() throws {
        #expect(try program(["ratios.either"]).evaluate([.float64(0), .float64(10)]) == [.success(.float64(10))])
        #expect(try program(["ratios.either"]).evaluate([.float64(0), .null]) == [.success(.null)])
    }

    @Test func aValueOfAnotherTypeIsAnErrorAndNoCrash() throws {
        #expect(try program(["ratios.ratio"]).evaluate([.string("4"), .float64(1)]) == [.failure(.inputOfWrongType)])
    }
}
