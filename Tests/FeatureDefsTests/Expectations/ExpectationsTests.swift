import Foundation
import Testing

@testable import FeatureDefs

@Suite struct ExpectationsTests {
    private static func plan(_ expect: String) throws -> Plan {
        try SampleProject.compiled(SampleProject.text.replacing("delay: 0s", with: "expect: \(expect)"))
    }

    private static let everything = """
        {freshness: 1h30m, unique: [token, card_id], gate: true, columns: {
            amount: {type: float64, min: -.inf, max: 9007199254740993, nulls: 0.29, nans: 0, allow: 0.000000001},
            quantity: {max: 9223372036854775807}, price: {min: 0.10, in: [0.10, 9007199254740993]},
            country: {in: [DE, NO, "", "1"], gate: true}, booked_on: {min: 1969-12-31},
            is_chip: {in: [true]}, home_country: {type: int64, min: 3}}}
        """

    @Test func expectationsAreBoundToColumnsInTheirTypes() throws {
        let source = try #require(Self.plan(Self.everything).expectations.first)
        #expect(source.freshness == Period("90m") && source.unique.map(\.name) == ["token", "card_id"] && source.isGate)
        let columns = Dictionary(uniqueKeysWithValues: source.columns.map { ($0.column.name, $0) })
        #expect(columns["amount"]?.minimum == .float64(-.infinity))
        #expect(columns["quantity"]?.maximum == .int64(.max))
        // Decimals stay the digits they are.
        #expect(columns["price"]?.domain == [.string("0.10"), .string("9007199254740993")])
        #expect(columns["country"]?.domain == [.string("DE"), .string("NO"), .string(""), .string("1")])
        #expect(columns["booked_on"]?.minimum == .timestamp(Timestamp(microseconds: -86_400_000_000)))
        #expect(columns["home_country"]?.isOfDeclaredType == false && columns["home_country"]?.minimum == .int64(3))
    }

    @Test func aPlanKeepsThemAndOneWithoutReadsAsBefore() throws {
        let plan = try Self.plan(Self.everything)
        #expect(try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan)) == plan)
        let bare = try JSONEncoder().encode(SampleProject.compiled())
        #expect(!String(decoding: bare, as: UTF8.self).contains("expectations"))
        #expect(try JSONDecoder().decode(Plan.self, from: bare).expectations.isEmpty)
    }

    /// They change what is let in, not what a value means.
    @Test func noViewChangesByWhatIsExpectedOfItsSource() throws {
        let (bare, expecting) = (try SampleProject.compiled(), try Self.plan(Self.everything))
        #expect(bare.featureViews.map(\.fingerprint) == expecting.featureViews.map(\.fingerprint))
        #expect(bare.fingerprint != expecting.fingerprint)
        #expect(
            try Self.plan("{columns: {amount: {in: [1, 2]}}}").fingerprint
                == Self.plan("{columns: {amount: {in: [2, 1.0, 2]}}}").fingerprint)
    }

    @Test func gatesAreWhatIsMarkedOrAllThatIsAskedFor() throws {
        let marked = try Self.plan(
            "{freshness: 1h, unique: [token], columns: {amount: {min: 0, gate: true}, country: {nulls: 0}}}")
        let view = try #require(marked.featureViews.first)
        let gate = try #require(marked.gate(of: view, all: false))
        #expect(gate.columns.map(\.column.name) == ["amount"] && gate.unique.isEmpty && gate.freshness == nil)
        #expect(marked.gate(of: view, all: true)?.columns.count == 2)
        let unmarked = try Self.plan("{freshness: 1h, gate: true}")
        #expect(unmarked.gate(of: view, all: true) == nil, "how old the newest row is, no row can be held back for")
        #expect(try Self.plan("{unique: [token]}").gate(of: view, all: false) == nil)
    }

    @Test func aShareIsExact() throws {
        let share = try #require(Share(0.29))
        // 0.29 * 100 is less than 29 in float64.
        #expect(!share.isExceeded(by: 29, of: 100) && share.isExceeded(by: 30, of: 100))
        #expect(share.isExceeded(by: 290_000_001, of: 1_000_000_000) && !share.isExceeded(by: 290_000_000, of: 1_000_000_000))
        #expect(!Share.zero.isExceeded(by: 0, of: 0) && Share.zero.isExceeded(by: 1, of: .max))
        let one = try #require(Share(1))
        #expect(!one.isExceeded(by: .max, of: .max) && Share(1.1) == nil && Share(-0.1) == nil && Share(1e-12) == nil)
        #expect(["\(share)", "\(one)", "\(Share.zero)", Share(0.000000001)?.description] == ["0.29", "1", "0", "0.000000001"])
    }

    @Test func whatAColumnCannotBeHeldToIsRefusedWhereItStands() {
        for (expect, code, label) in [
            ("{unique: [labels]}", "AS0222", "`labels` is list<string>"), ("{unique: [token, token]}", "AS0110", ""),
            ("{columns: {is_chip: {min: false}}}", "AS0222", "`is_chip` is bool"),
            ("{columns: {labels: {in: [a]}}}", "AS0222", "`labels` is list<string>"),
            ("{columns: {price: {max: 1e3}}}", "AS0221", "not float64"),
            ("{columns: {amount: {max: .nan}}}", "AS0221", "not float64"),
            ("{columns: {quantity: {in: [0.5]}}}", "AS0221", "not int64"),
            ("{columns: {country: {in: [1]}}}", "AS0221", "not string"),
            ("{columns: {pos: {nulls: 0}}}", "AS0211", ""), ("{columns: {amuont: {nulls: 0}}}", "AS0102", "not a column"),
        ] {
            let text = SampleProject.text.replacing("delay: 0s", with: "expect: \(expect)")
            let complaint = SampleProject.complaint([SourceFile(path: "f.yaml", text: text)])
            #expect(
                complaint.hasPrefix("error[\(code)]") && (label.isEmpty || complaint.contains(label)), "\(expect): \(complaint)")
            #expect(complaint.hasSuffix("\n1 mistake\n"), "\(complaint)")
        }
    }

    @Test func aRangeWithNothingInItIsRefused() {
        for column in ["amount: {min: 2, max: 1}", "price: {min: 2.5, max: -2.5}", "country: {min: b, max: a}"] {
            let text = SampleProject.text.replacing("delay: 0s", with: "expect: {columns: {\(column)}}")
            let complaint = SampleProject.complaint([SourceFile(path: "f.yaml", text: text)])
            #expect(complaint.contains("AS0015") && complaint.contains("`max`"), "\(complaint)")
        }
    }
}
