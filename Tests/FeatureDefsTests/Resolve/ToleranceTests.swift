import Foundation
import Testing

@testable import FeatureDefs

/// `tolerance:` of a feature.
@Suite struct ToleranceTests {
    private func project(_ feature: String) -> String {
        SampleProject.text.replacing("{latest: amount}", with: "{\(feature)}")
    }

    private static func numbers(_ numbers: ValueEquality.Numbers) -> ValueEquality { ValueEquality(numbers: numbers) }

    @Test(arguments: [
        ("latest: amount, tolerance: exact", numbers(.exact)), ("latest: amount, tolerance: float32", numbers(.float32)),
        ("latest: amount, tolerance: {rel: 1e-6}", numbers(.within(relative: 1e-6, absolute: 0))),
        ("latest: amount, tolerance: {abs: 0.5}", numbers(.within(relative: 0, absolute: 0.5))),
        ("latest: amount, tolerance: {abs: 0.5, rel: 0.01}", numbers(.within(relative: 0.01, absolute: 0.5))),
        ("latest: small, tolerance: {ulp: 4}", numbers(.unitsInLastPlace(4))),
        ("latest: amount, tolerance: {decimals: 2}", numbers(.decimals(2))),
        ("latest: quantity, tolerance: exact", numbers(.exact)),
        (
            "last_n: status, n: 3, window: 7d, tolerance: set",
            ValueEquality(numbers: ValueEquality.standard.numbers, lists: .set)
        ),
        (
            "last_n: amount, n: 3, window: 7d, tolerance: {list: multiset, ulp: 2}",
            ValueEquality(numbers: .unitsInLastPlace(2), lists: .multiset)
        ),
        (
            "latest: cast(embedding as vector<3>), tolerance: {cosine: 1e-6}",
            ValueEquality(numbers: ValueEquality.standard.numbers, cosine: 1e-6)
        ),
    ])
    func isReadAsWritten(_ feature: String, _ expected: ValueEquality) throws {
        let plan = try SampleProject.compiled(project(feature))
        #expect(plan.featureView(named: "card_activity")?.features[0].equality == expected)
        #expect(plan.equality(of: FeatureReference(view: "card_activity", feature: "last_amount")) == expected)
        #expect(try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan)) == plan)
    }

    /// It changes no value: the view's rows stay, the plan is another.
    @Test func thePlanKnowsItAndTheViewDoesNot() throws {
        let (plain, tolerant) = (
            try SampleProject.compiled(), try SampleProject.compiled(project("latest: amount, tolerance: {rel: 0.01}"))
        )
        let view = "card_activity"
        #expect(plain.featureView(named: view)?.fingerprint == tolerant.featureView(named: view)?.fingerprint)
        #expect(plain.fingerprint != tolerant.fingerprint)
        #expect(tolerant.canonicalText.hasSuffix("\ntolerance card_activity.last_amount rel 0.01, abs 0.0\n"))
        let difference = PlanDifference(from: plain, to: tolerant)
        #expect(difference.viewsToRewrite.isEmpty)
        #expect(difference.items.map(\.details) == [["tolerance added: rel 0.01, abs 0.0"]])
        #expect(difference.items.first?.services == ["fraud_v1"])
        #expect(tolerant.viewsChanged(since: plain).isEmpty)
    }

    @Test func anOnDemandFeatureHasOneToo() throws {
        let text = SampleProject.text.replacing(
            "amount_vs_usual: \"amount / nullif(card_activity.spend_7d / card_activity.txn_count_7d, 0)\"",
            with: "amount_vs_usual: {expression: \"amount / 2\", tolerance: {ulp: 4}}")
        let plan = try SampleProject.compiled(text)
        #expect(
            plan.equality(of: FeatureReference(view: "ticket_ratio", feature: "amount_vs_usual")).numbers == .unitsInLastPlace(4))
        #expect(try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan)) == plan)
        #expect(plan.equality(of: FeatureReference(view: "card_activity", feature: "spend_7d")) == .standard)
    }

    @Test(arguments: [
        ("latest: amount, tolerance: loose", DiagnosticCode.invalidSetting),
        ("latest: amount, tolerance: {rel: -1}", .invalidSetting), ("latest: amount, tolerance: {rel: nan}", .invalidSetting),
        ("latest: amount, tolerance: {ulp: 0}", .invalidSetting), ("latest: amount, tolerance: {ulp: 1.5}", .invalidSetting),
        ("latest: amount, tolerance: {list: ordered}", .invalidSetting), ("latest: amount, tolerance: {}", .emptyList),
        ("latest: amount, tolerance: ", .wrongShape), ("latest: amount, tolerance: [1]", .wrongShape),
        ("latest: amount, tolerance: {relative: 1}", .unknownKey),
        ("latest: amount, tolerance: {rel: 0.1, ulp: 4}", .conflictingKeys),
        ("latest: amount, tolerance: {abs: 1, rel: 0.1, cosine: 0.1}", .conflictingKeys),
        ("latest: amount, tolerance: set", .toleranceOfWrongType),
        ("latest: quantity, tolerance: float32", .toleranceOfWrongType),
        ("latest: amount, tolerance: {cosine: 1e-6}", .toleranceOfWrongType),
        ("last_n: status, n: 3, window: 7d, tolerance: {ulp: 4, list: set}", .toleranceOfWrongType),
    ])
    func aMistakeIsReportedOnce(_ feature: String, _ code: DiagnosticCode) {
        #expect(throws: Diagnostics.self) {
            do {
                _ = try SampleProject.compiled(project(feature))
            } catch let diagnostics as Diagnostics {
                #expect(diagnostics.all.map(\.code) == [code], "\(feature)")
                throw diagnostics
            }
        }
    }
}
