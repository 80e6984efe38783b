import Foundation
import Testing

@testable import FeatureDefs

/// `default:` as a constant of the feature's type.
@Suite struct DefaultValueTests {
    private func project(_ feature: String) -> String {
        SampleProject.text.replacing("{latest: amount}", with: "{\(feature)}")
    }

    private func defaultValue(_ feature: String) throws -> FeatureValue? {
        try SampleProject.compiled(project(feature)).featureView(named: "card_activity")?.features[0].defaultValue
    }

    @Test(arguments: [
        ("latest: amount, default: 0", FeatureValue.float64(0)), ("latest: amount, default: -1.5e3", .float64(-1500)),
        ("latest: amount, default: .nan", .float64(.nan)), ("latest: amount, default: -.inf", .float64(-.infinity)),
        ("latest: quantity, default: -7", .int64(-7)), ("latest: small, default: 0.1", .float32(0.1)),
        ("latest: status, default: none", .string("none")), ("latest: status, default: ''", .string("")),
        ("latest: status, default: '0'", .string("0")), ("latest: is_chip, default: False", .bool(false)),
        ("latest: occurred_at, default: '2024-01-01T00:00:00Z'", .timestamp(Timestamp("2024-01-01T00:00:00Z") ?? .epoch)),
        ("latest: digest, default: '\\x00ff'", .bytes([0, 255])),
        ("latest: token, default: 00000000-0000-0001-0000-000000000002", .uuid(UUIDBytes(high: 1, low: 2))),
        // An int64's sum, a mean's float64: the feature's type, not the column's.
        ("sum: quantity, window: 7d, default: 0", .int64(0)), ("mean: quantity, window: 7d, default: 0", .float64(0)),
    ])
    func aConstantOfTheFeaturesTypeIsTaken(_ feature: String, _ expected: FeatureValue) throws {
        #expect(try defaultValue(feature) == expected)
        let plan = try SampleProject.compiled(project(feature))
        #expect(try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan)) == plan)
    }

    @Test(arguments: [
        ("latest: amount, default: '0'", "write it without quotes, if it is a value of that type"),
        ("latest: amount, default: 1e999", "write a value of that type"),
        ("latest: quantity, default: 1.5", "write a value of that type"),
        ("latest: quantity, default: 9223372036854775808", "write a value of that type"),
        ("latest: status, default: 0", "put it in quotes to make it a text: `default: \"0\"`"),
        ("latest: status, default: true", "put it in quotes to make it a text: `default: \"true\"`"),
        ("latest: is_chip, default: 1", "write a value of that type"),
        ("latest: occurred_at, default: yesterday", "write a time as in `default: 2024-01-31T10:00:00Z`"),
        ("latest: digest, default: ff", "write bytes in hexadecimal, as in `default: '\\x0a1b'`"),
        ("latest: token, default: 7", "write a uuid as in `default: 6f1c8a52-0000-4000-8000-000000000000`"),
    ])
    func anythingElseIsRefusedWhereItStands(_ feature: String, _ help: String) {
        let text = SampleProject.complaint([SourceFile(path: "f.yaml", text: project(feature))])
        #expect(text.hasPrefix("error[AS0215]: the default of feature `last_amount` must be "), "\(text)")
        #expect(text.contains("\n   = help: \(help)\n") && text.hasSuffix("\n1 mistake\n"), "\(text)")
    }

    @Test(arguments: [
        ("latest: amount, default: null", "error[AS0010]: `default` must be a value, not nothing"),
        ("latest: amount, default: [0]", "error[AS0010]: `default` must be a single value, not a list"),
        ("latest: status, default: \"a\\0\"", "error[AS0014]: "),
        ("distinct_count: amount, window: 7d, default: 0", "error[AS0216]: feature `last_amount` is a `distinct_count`"),
    ])
    func whatIsNoDefaultIsRefused(_ feature: String, _ message: String) {
        let text = SampleProject.complaint([SourceFile(path: "f.yaml", text: project(feature))])
        #expect(text.hasPrefix(message) && text.hasSuffix("\n1 mistake\n"), "\(text)")
    }

    @Test func aDefaultIsMeaning() throws {
        let (without, with) = (
            try SampleProject.compiled(), try SampleProject.compiled(project("latest: amount, default: 0"))
        )
        #expect(without.featureViews[0].fingerprint != with.featureViews[0].fingerprint)
        let difference = PlanDifference(from: without, to: with)
        #expect(difference.items.flatMap(\.details) == ["default added: 0.0"])
        // Stored rows keep the NULL that it stands in for.
        #expect(difference.viewsToRewrite.isEmpty)
        #expect(with.featureViews[0].canonicalText.contains("latest(\"amount\":float64) default 0.0\n"))
    }
}
