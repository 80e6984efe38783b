import FeatureDefs
import PostgresClient
import TestSupport
import Testing

@testable import OfflineStore

/// What `asof compile` prints: a golden file for each construct, each parsed by Postgres.
@Suite struct CompiledSQLTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        /// The feature view's keys after `entities` and `source`.
        let view: String
        var entities = "[card]"
        var source = "transactions"
        var onDemand = ""
        var service = "[v]"
        var knowledge = KnowledgeMode.asServed

        var testDescription: String { name }

        var text: String {
            """
            entities: {card: {join_keys: {card_id: int64}}, shop: {join_keys: {merchant: string, branch: int64}}}
            sources:
              transactions: {table: transactions, event_timestamp: occurred_at, created_timestamp: ingested_at, delay: 2m}
              plain: {table: raw.plain, event_timestamp: occurred_at}
              clock: {table: clock, event_timestamp: shown_at, delay: 1h}
              asked:
                query: |
                  SELECT card_id, amount, occurred_at -- only some
                  FROM transactions
                event_timestamp: occurred_at
            feature_views:
              v:
                entities: \(entities)
                source: \(source)
            \(view.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
            \(onDemand)
            feature_services: {s: {features: \(service)}}
            """
        }
    }

    static let cases: [Case] = [
        Case(name: "latest", view: "features: {amount: {latest: amount}, country: {latest: lower(country)}}"),
        Case(name: "latest_of_what_happens_when_known", view: "features: {amount: {latest: amount}}", source: "plain"),
        Case(name: "latest_with_ttl_and_default", view: "ttl: 30d\nfeatures: {amount: {latest: amount, default: 0.5}}"),
        Case(
            name: "latest_that_can_fail",
            view: "filter: \"amount / quantity > 1\"\nfeatures: {ratio: {latest: amount / quantity, filter: \"quantity <> 0\"}}"),
        Case(
            name: "latest_groups",
            view: "features: {a: {latest: amount}, b: {latest: amount, filter: is_chip}, c: {latest: status, filter: is_chip}}"),
        Case(
            name: "windows",
            view:
                """
                filter: "status = 'settled'"
                schedule: {every: 1h, lag: 5m}
                features:
                  n: {count: "*", window: 7d}
                  n_short: {count: "*", window: 1d}
                  known: {count: country, window: 7d}
                  countries: {distinct_count: country, window: 7d}
                  abroad: {count: "*", window: 7d, filter: "country <> home_country"}
                """),
        Case(
            name: "numbers",
            view:
                """
                schedule: {every: 15m}
                features:
                  sum_float: {sum: amount, window: 7d}
                  sum_int: {sum: quantity, window: 7d}
                  mean_float: {mean: amount, window: 7d}
                  mean_int: {mean: quantity, window: 1d}
                  least: {min: amount, window: 7d}
                  greatest: {max: country, window: 7d}
                """),
        Case(
            name: "variances",
            view: "features: {v: {variance: quantity, window: 7d}, s: {stddev: amount, window: 7d, filter: is_chip}}"),
        Case(
            name: "first_and_last_n", view: "features: {f: {first: amount, window: 7d}, l: {last_n: country, n: 3, window: 7d}}"),
        Case(name: "latest_and_window", view: "features: {a: {latest: amount}, n: {count: \"*\", window: 7d}}"),
        Case(name: "source_query", view: "features: {a: {latest: amount}}", source: "asked"),
        Case(
            name: "timestamps_without_zone", view: "features: {a: {latest: value}, n: {count: \"*\", window: 1h}}",
            source: "clock"),
        Case(name: "composite_key", view: "features: {a: {latest: amount}}", entities: "[shop]"),
        Case(name: "no_entity", view: "features: {a: {latest: amount}}", entities: "[]"),
        Case(name: "as_known", view: "schedule: {every: 1h}\nfeatures: {n: {count: \"*\", window: 7d}}", knowledge: .asKnown),
        Case(
            name: "clean", view: "schedule: {every: 1h}\nfeatures: {a: {latest: amount}, n: {count: \"*\", window: 7d}}",
            knowledge: .clean),
        Case(
            name: "names_in_need_of_quotes",
            view: "features: {order: {latest: \"\\\"Mixed Case\\\"\"}, select: {latest: \"coalesce(status, 'it''s\\n--')\"}}"),
        Case(
            name: "on_demand", view: "features: {spend: {sum: amount, window: 7d}, n: {count: \"*\", window: 7d}}",
            onDemand: """
                on_demand_feature_views:
                  ratio:
                    request: {basket: float64}
                    features: {mean: "v.spend / nullif(v.n, 0)", vs_mean: "basket / nullif(ratio.mean, 0)"}
                """, service: "[v.spend, ratio]"),
        Case(
            name: "one_view_twice", view: "features: {a: {latest: amount}}",
            service: "[{view: v, as: payer, keys: {card_id: from_card}}, {feature: v.a, as: received, keys: {card_id: to_card}}]"),
    ]

    static let columns: [CatalogueColumn] = [
        ("card_id", .int8), ("merchant", .text), ("branch", .int4), ("amount", .float8), ("quantity", .int4), ("status", .text),
        ("country", .text), ("home_country", .bpchar), ("is_chip", .bool), ("Mixed Case", .int2), ("occurred_at", .timestamptz),
        ("ingested_at", .timestamptz),
    ].map { (name: String, storage: ColumnStorage) in
        CatalogueColumn(name: name, storage: storage, databaseType: storage.description)
    }

    private static let catalogue = Catalogue(sources: [
        "transactions": .columns(columns), "plain": .columns(columns), "asked": .columns(columns),
        "clock": .columns([
            CatalogueColumn(name: "card_id", storage: .int8, databaseType: "bigint"),
            CatalogueColumn(name: "value", storage: .float8, databaseType: "double precision"),
            CatalogueColumn(name: "shown_at", storage: .timestamp, databaseType: "timestamp"),
        ]),
    ])

    private static let tables = """
        CREATE TABLE transactions (
            card_id int8, merchant text, branch int4, amount float8, quantity int4, status text, country text,
            home_country char(2), is_chip bool, "Mixed Case" int2, occurred_at timestamptz, ingested_at timestamptz);
        CREATE SCHEMA raw;
        CREATE TABLE raw.plain (LIKE transactions);
        CREATE TABLE clock (card_id int8, value float8, shown_at timestamp);
        """

    @Test func eachConstructIsReadableAndParsedByPostgres() async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("compiled"))
        try await connection.executeScript(Self.tables)
        for testCase in Self.cases {
            let parsed = parseProject([SourceFile(path: "f.yaml", text: testCase.text)], project: "demo")
            let plan = try compile(parsed, catalogue: Self.catalogue)
            let selection = try plan.selection(of: try #require(plan.services.first))
            let text = try TrainingSQL(selection: selection, knowledge: testCase.knowledge).text()
            try expectGolden(text + "\n", "sql/\(testCase.name).sql")
            #expect(text.split(separator: "\n").allSatisfy { !$0.hasSuffix(" ") }, "\(testCase.name)")

            let spine = SpineTable(joinKeys: selection.joinKeys, requestInputs: selection.requestInputs, columns: [])
            try await connection.transaction {
                try await connection.execute(try spine.creation().text)
                // What is shown, and what is run.
                try await connection.execute("PREPARE shown AS\n\(text)")
                try await connection.execute("DEALLOCATE shown")
            }
            let run = try SpineJoinSQL(selection: selection, spine: spine, knowledge: testCase.knowledge).query {
                features in
                zip(selection.features, features).map {
                    SpineJoinColumn(sql: $1.fragment, name: $0.columnName(isFull: false), remark: "never run")
                }
            }
            #expect(!run.text.contains("never run") && run.readableText.contains("-- never run"))
        }
        await connection.close()
    }

    /// A remark that quotes a text with a line break stays a comment.
    @Test func remarksStayOnTheirLine() {
        let fragment: SQLFragment = "SELECT 1\(SQLFragment(remark: "a\nDROP TABLE b;\u{85}\u{0}c"))\n"
        #expect(fragment.readableText == "SELECT 1  -- a DROP TABLE b; c\n")
        #expect(fragment.text == "SELECT 1\n")
    }

    @Test func theKeywordsAreThoseOfPostgres() async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().postgresURL)
        let words = try await connection.execute("SELECT word FROM pg_get_keywords() WHERE catcode <> 'U'").rows
        #expect(SQLIdentifier.keywords.isSuperset(of: words.compactMap { $0[0] }))
        for (name, shown) in [
            ("amount", "amount"), ("order", "\"order\""), ("a\"b", "\"a\"\"b\""), ("A", "\"A\""), ("1a", "\"1a\""),
        ] {
            #expect(try SQLIdentifier(name).readable == shown)
        }
        await connection.close()
    }
}
