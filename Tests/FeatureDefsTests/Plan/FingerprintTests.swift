import Foundation
import Testing

@testable import FeatureDefs

@Suite struct FingerprintTests {
    /// An accidental change of what definitions mean fails here. Changing this file invalidates every registry.
    @Test func fingerprintsArePinned() throws {
        let plan = try SampleProject.compiled()
        let view = try #require(plan.featureView(named: "card_activity"))
        try expectGolden(
            plan.canonicalText + "\nplan \(plan.fingerprint)\ncard_activity \(view.fingerprint)\n", "plan/sample.txt"
        )
    }

    struct Edit: CustomTestStringConvertible {
        let old: String
        let new: String
        var testDescription: String { "\(old) -> \(new)" }

        init(_ old: String, _ new: String) {
            self.old = old
            self.new = new
        }
    }

    /// Registries keep fingerprints of these texts: they never change.
    @Test(arguments: AggregateFunction.allCases)
    func anAggregateIsWrittenAsInTheDefinition(_ aggregate: AggregateFunction) throws {
        let edited = SampleProject.text.replacing(
            "sum: amount", with: "\(aggregate.name): amount" + (aggregate.rowLimit.map { ", n: \($0)" } ?? ""))
        // What reads the feature asks for a number.
        let alone = edited.replacing("card_activity.spend_7d / ", with: "1 / ")
        let view = try #require(try SampleProject.compiled(alone).featureView(named: "card_activity"))
        let text = try #require(Self.texts[aggregate])
        #expect(view.canonicalText.contains("  feature spend_7d \(text) over 7d\n"))
    }

    private static let texts: [AggregateFunction: String] = [
        .count: #"int64 = count("amount":float64)"#,
        .distinctCount: #"int64 = distinct_count("amount":float64)"#,
        .sum: #"float64 = sum("amount":float64)"#,
        .mean: #"float64 = mean("amount":float64)"#,
        .variance: #"float64 = variance("amount":float64)"#,
        .stddev: #"float64 = stddev("amount":float64)"#,
        .min: #"float64 = min("amount":float64)"#,
        .max: #"float64 = max("amount":float64)"#,
        .first: #"float64 = first("amount":float64)"#,
        .lastN(3): #"list<float64> = last_n("amount":float64, 3)"#,
    ]

    private func fingerprint(after edit: Edit) throws -> String {
        #expect(SampleProject.text.contains(edit.old))
        let plan = try SampleProject.compiled(SampleProject.text.replacing(edit.old, with: edit.new))
        return try #require(plan.featureView(named: "card_activity")).fingerprint
    }

    @Test(arguments: [
        Edit("owner: risk@example.com", "description: Anything"),
        Edit("tags: {tier: gold}", "tags: {tier: silver, a: b}"),
        Edit("\"status = 'settled'\"", "(status)='settled'"),
        Edit("{sum: amount, window: 7d}", "{window: 168h, sum: \" amount\", description: Spent}"),
        Edit("schedule: {every: 1h, lag: 5m}", "schedule: {lag: 300s, every: 60m}"),
        Edit("  transactions:\n", "  txns:\n"),
        Edit("delay: 0s", "description: All of them"),
        Edit("card_activity, ticket_ratio.amount_vs_usual", "ticket_ratio"),
    ])
    func spellingAndNotesDoNotShow(_ edit: Edit) throws {
        let text = edit.old == "  transactions:\n" ? "txns" : "transactions"
        let edited = SampleProject.text.replacing(edit.old, with: edit.new).replacing(
            "source: transactions", with: "source: \(text)")
        let catalogue = Catalogue(sources: [text: .columns(SampleProject.columns)])
        let plan = try SampleProject.compiled(edited, path: "other/name.yaml", catalogue: catalogue)
        let view = try #require(plan.featureView(named: "card_activity"))
        #expect(try view.fingerprint == SampleProject.compiled().featureView(named: "card_activity")?.fingerprint)
    }

    @Test(arguments: [
        Edit("{sum: amount, window: 7d}", "{sum: amount, window: 14d}"),
        Edit("{sum: amount, window: 7d}", "{mean: amount, window: 7d}"),
        Edit("\"status = 'settled'\"", "\"status = 'Settled'\""),
        Edit("{count: \"*\", window: 7d}", "{count: amount, window: 7d}"),
        Edit("delay: 0s", "delay: 1s"),
        Edit("table: transactions", "table: raw.transactions"),
        Edit("    created_timestamp: ingested_at\n", ""),
        Edit("ttl: 30d", "ttl: 31d"),
        Edit("lag: 5m", "lag: 6m"),
        Edit("last_amount: ", "latest_amount: "),
        Edit("{latest: amount}", "{latest: small}"),
        Edit("card_id: int64", "merchant_id: string"),
    ])
    func meaningShows(_ edit: Edit) throws {
        #expect(try fingerprint(after: edit) != fingerprint(after: Edit("ttl: 30d", "ttl: 30d")))
    }

    @Test func featureOrderShowsAndStorageDoesNot() throws {
        let plan = try SampleProject.compiled()
        let (first, second) = ("      last_amount:     {latest: amount}\n", "      txn_count_7d:    {count: \"*\", window: 7d}\n")
        let swapped = try SampleProject.compiled(SampleProject.text.replacing(first + second, with: second + first))
        #expect(plan.featureViews[0].fingerprint != swapped.featureViews[0].fingerprint)

        let narrow = SampleProject.columns.map { column in
            column.name == "card_id" ? CatalogueColumn(name: "card_id", storage: .int4, databaseType: "integer") : column
        }
        let restored = try SampleProject.compiled(catalogue: Catalogue(sources: ["transactions": .columns(narrow)]))
        #expect(plan.featureViews[0].fingerprint == restored.featureViews[0].fingerprint)
    }

    @Test func plansRoundTripThroughJSON() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let plan = try SampleProject.compiled()
        let data = try encoder.encode(plan)
        #expect(try JSONDecoder().decode(Plan.self, from: data) == plan)
        #expect(try encoder.encode(JSONDecoder().decode(Plan.self, from: data)) == data)
    }

    @Test func theDeepestExpressionRoundTripsThroughJSON() throws {
        let deep =
            "case when is_chip then " + String(repeating: "-(", count: 198) + "quantity" + String(repeating: ")", count: 198)
            + " end"
        let plan = try SampleProject.compiled(SampleProject.withExpression(deep))
        #expect(try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan)) == plan)
    }

    @Test func theOrderOfFilesDoesNotShow() throws {
        let whole = SampleProject.text
        let split = try #require(whole.range(of: "feature_views:"))
        let files = [
            SourceFile(path: "a.yaml", text: String(whole[split.lowerBound...])),
            SourceFile(path: "b.yaml", text: String(whole[..<split.lowerBound])),
        ]
        let plan = try compile(parseProject(files, project: "demo"), catalogue: SampleProject.catalogue)
        #expect(try plan == SampleProject.compiled())
    }
}
