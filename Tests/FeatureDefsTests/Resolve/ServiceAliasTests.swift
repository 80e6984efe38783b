import Foundation
import Testing

@testable import FeatureDefs

/// Names of a service's own, join keys read from columns of other names, and views of no entity.
@Suite struct ServiceAliasTests {
    private func selection(_ text: String = AliasProject.text) throws -> FeatureSelection {
        let plan = try AliasProject.compiled(text)
        return try plan.selection(of: try #require(plan.service(named: "s")))
    }

    @Test func featuresAreCalledAsTheServiceSays() throws {
        let features = try selection().features
        #expect(features.map(\.description) == ["from.last", "from.late", "to.last", "to.late", "worst_of_all", "route.gap"])
        #expect(
            features.map { $0.columnName(isFull: false) } == [
                "from__last", "from__late", "to__last", "to__late", "worst_of_all", "gap",
            ])
        #expect(
            features.map { $0.columnName(isFull: true) } == [
                "from__last", "from__late", "to__last", "to__late", "worst_of_all", "route__gap",
            ])
    }

    @Test func aViewIsJoinedOnceForEachWayItsKeysAreRead() throws {
        let selection = try selection()
        // `route` reads the two that are there.
        #expect(selection.joinedViews.map(\.name) == ["delays", "delays", "network"])
        #expect(selection.joinedViews.map { $0.joinKeys.map(\.name) } == [["origin"], ["destination"], []])
        #expect(selection.joinKeys == ["origin", "destination"].map { JoinKey(name: $0, type: .string) })
        #expect(selection.distinctViews.map(\.name) == ["delays", "network"])
        let last = FeatureReference(view: "delays", feature: "last", keys: JoinKeyMap(["airport": "destination"]))
        #expect(selection.place(of: last) == FeatureSelection.Place(view: 1, feature: 0))
        #expect(selection.place(of: last.definition) == nil)
    }

    @Test func aColumnOfTheKeysOwnNameIsNoOtherOne() throws {
        let own = AliasProject.replacing("as: from, keys: {airport: origin}", with: "as: from, keys: {airport: airport}")
        #expect(try selection(own).joinedViews.map(\.keys.isOwn) == [true, false, true, false])
        #expect(try selection(own).joinKeys.map(\.name) == ["airport", "destination", "origin"])
    }

    @Test func aPlanWithAliasesRoundTripsThroughJSON() throws {
        let plan = try AliasProject.compiled()
        #expect(try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan)) == plan)
    }

    /// As registries have it from before there were aliases.
    @Test func aReferenceWithoutKeysIsReadAndWrittenAsBefore() throws {
        let json = #"{"feature":"last","view":"delays"}"#
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let feature = try JSONDecoder().decode(SelectedFeature.self, from: Data(json.utf8))
        #expect(feature == SelectedFeature(FeatureReference(view: "delays", feature: "last")))
        #expect(String(decoding: try encoder.encode(feature), as: UTF8.self) == json)
    }

    struct Mistake: CustomTestStringConvertible {
        let old: String
        let new: String
        let message: String
        var testDescription: String { "\(old) -> \(new)" }

        init(_ old: String, _ new: String, _ message: String) {
            self.old = old
            self.new = new
            self.message = message
        }
    }

    @Test(arguments: [
        Mistake("as: to,", "as: from,", "error[AS0117]: feature service `s` uses `from` for two different views"),
        Mistake("as: to,", "as: network,", "error[AS0117]: `network` is the name of a feature view already"),
        Mistake(
            "views:\n      here", "views:\n      network: {view: delays}\n      here",
            "error[AS0117]: `network` is the name of a feature view already"),
        Mistake("as: worst_of_all", "as: seats", "error[AS0118]: feature service `s` has an input and a feature named `seats`"),
        Mistake("as: worst_of_all", "as: origin", "error[AS0118]: feature service `s` has an input and a feature named `origin`"),
        Mistake("as: worst_of_all", "as: gap", "error[AS0118]: feature service `s` has two features named `gap`"),
        Mistake(
            "{view: delays, as: to, keys: {airport: destination}}", "{feature: delays.last, as: worst_of_all}",
            "error[AS0118]: feature service `s` has two features named `worst_of_all`"),
        // The same view for two airports under one name.
        Mistake(
            "{view: delays, as: from, keys: {airport: origin}}\n      - {view: delays, as: to, keys",
            "delays\n      - {view: delays, keys", "error[AS0118]: feature service `s` has two features named `delays.last`"),
        Mistake("as: to, keys: {airport: dest", "as: to, keys: {airprt: dest", "error[AS0119]: unknown join key `airprt`"),
        Mistake("{feature: network.worst", "{keys: {x: y}, feature: network.worst", "error[AS0119]: unknown join key `x`"),
        Mistake(
            "there: {view: delays, keys: {airport", "there: {view: delays, keys: {carrier",
            "error[AS0119]: unknown join key `carrier`"
        ),
        Mistake(
            "      - route", "      - {view: route, keys: {airport: x}}",
            "error[AS0120]: `route` is an on-demand view, which has no join keys of its own"),
        Mistake(
            "there: {view: delays, keys: {airport: destination}}", "there: {view: route}",
            "error[AS0120]: `route` is an on-demand view, which has no join keys of its own"),
        Mistake("there: {view: delays", "there: {view: delay", "error[AS0106]: unknown feature view `delay`"),
        Mistake("- there.last", "- there.lst", "error[AS0107]: unknown feature `delays.lst`"),
        Mistake("{view: delays, as: to", "{view: delay, as: to", "error[AS0106]: unknown feature view `delay`"),
        Mistake("{feature: network.worst", "{feature: network", "error[AS0015]: `feature` must be `view.feature`, not `network`"),
        Mistake(
            "{feature: network.worst", "{view: network, feature: network.worst",
            "error[AS0013]: an entry of `features` cannot have both `view` and `feature`"),
        Mistake("{feature: network.worst, as: worst_of_all}", "{as: x}", "error[AS0012]: an entry of `features` needs `feature`"),
        Mistake("as: worst_of_all", "as: worst__of", "error[AS0101]: `worst__of` cannot be the name of a feature"),
        Mistake(
            "as: to,", "as: \(String(repeating: "a", count: 60)),",
            "error[AS0101]: `\(String(repeating: "a", count: 60))` cannot be the name of a view"),
        Mistake(
            "{airport: destination}}\n      - {f", "{airport: [x]}}\n      - {f",
            "error[AS0010]: the column of join key `airport` must be a name, not a list"),
        Mistake(
            "{airport: destination}}\n      - {f", "{airport: 2x}}\n      - {f",
            "error[AS0101]: `2x` cannot be the name of a join key's column"),
        Mistake("      - route", "      - [route]", "error[AS0010]: an entry of `features` must be a name, or a mapping"),
        // One column for an airport, which is a text, and for a carrier, which is a number.
        Mistake(
            "      - route", "      - {view: carriers, as: c, keys: {carrier: origin}}\n      - route",
            "error[AS0115]: service `s` needs two different inputs named `origin`"),
    ])
    func eachMistakeIsOneMessage(_ mistake: Mistake) {
        let text = AliasProject.complaint(AliasProject.replacing(mistake.old, with: mistake.new))
        #expect(text.hasPrefix(mistake.message), "\(text)")
        #expect(text.hasSuffix("\n1 mistake\n"), "\(text)")
    }

    // MARK: Meaning

    @Test func namesOfAServiceAreItsMeaningAndNoViews() throws {
        let (plan, renamed) = (
            try AliasProject.compiled(), try AliasProject.compiled(AliasProject.replacing("as: to,", with: "as: towards,"))
        )
        #expect(plan.featureViews == renamed.featureViews && plan.onDemandViews == renamed.onDemandViews)
        #expect(plan.services.map(\.fingerprint) != renamed.services.map(\.fingerprint))
        let rekeyed = try AliasProject.compiled(
            AliasProject.replacing("as: to, keys: {airport: dest", with: "as: to, keys: {airport: last_dest"))
        #expect(plan.featureViews == rekeyed.featureViews)
        #expect(plan.services.map(\.fingerprint) != rekeyed.services.map(\.fingerprint))
    }

    /// What an on-demand view calls the views that it reads is its own business; by which columns it reads them is not.
    @Test func namesUnderViewsAreSpellingAndColumnsAreMeaning() throws {
        let plan = try AliasProject.compiled()
        let renamed = try AliasProject.compiled(AliasProject.text.replacing("there", with: "far"))
        #expect(plan == renamed)
        let rekeyed = try AliasProject.compiled(
            AliasProject.replacing(
                "there: {view: delays, keys: {airport: dest", with: "there: {view: delays, keys: {airport: last_dest"))
        #expect(plan.onDemandViews.map(\.fingerprint) != rekeyed.onDemandViews.map(\.fingerprint))
        #expect(plan.services == rekeyed.services && plan.featureViews == rekeyed.featureViews)
    }

    @Test func canonicalTextIsPinned() throws {
        try expectGolden(try AliasProject.compiled().canonicalText, "plan/aliases.txt")
    }

    @Test func aDifferenceNamesWhatStandsBehindAName() throws {
        let old = try AliasProject.compiled()
        let renamed = try AliasProject.compiled(AliasProject.replacing("as: worst_of_all", with: "as: worst"))
        let difference = PlanDifference(from: old, to: renamed)
        #expect(
            difference.items.flatMap(\.details) == [
                "feature worst = network.worst added", "feature worst_of_all = network.worst removed",
            ])
        let changed = try AliasProject.compiled(
            AliasProject.replacing("late: {count: \"*\", window: 7d}", with: "late: {count: \"*\", window: 8d}"))
        #expect(PlanDifference(from: old, to: changed).services == ["s"])
    }

    @Test func lineageShowsEachUseByItsName() throws {
        let lineage = try AliasProject.compiled().lineage(of: FeatureReference(view: "delays", feature: "last"))
        try expectGolden(lineage.text + "\n\n" + lineage.dot + "\n", "lineage/aliases.txt")
    }
}
