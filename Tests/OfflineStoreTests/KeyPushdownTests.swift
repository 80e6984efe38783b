import Columnar
import FeatureDefs
import PostgresClient
import TestSupport
import Testing

@testable import OfflineStore

/// Strategy `merge` asks for the spine's keys where they are few, and gets what it would get without.
@Suite struct KeyPushdownTests {
    private static let yaml = """
        entities:
          card: {join_keys: {card_id: int64}}
          shop: {join_keys: {shop: string}}
        sources:
          tx: {table: tx, event_timestamp: at}
          sales: {table: sales, event_timestamp: at}
        feature_views:
          of_card: {entities: [card], source: tx, features: {amount: {latest: amount}, spend: {sum: amount, window: 2h}}}
          of_shop: {entities: [shop], source: sales, features: {sold: {latest: amount}, share: {latest: "1 / amount"}}}
        feature_services:
          all: {features: [of_card, of_shop]}
        """

    /// 4,000 keys each, odd ones among them, and a row on which an expression fails, of a key that nobody asks for.
    private static let tables = """
        CREATE TABLE tx (card_id int4, at timestamptz, amount float8);
        INSERT INTO tx SELECT k - 2000, '2024-01-01 00:00Z'::timestamptz + n * interval '1 hour', k + n / 10.0
        FROM generate_series(0, 3999) AS k, generate_series(0, 4) AS n;
        INSERT INTO tx VALUES (2147483647, '2024-01-01 01:00Z', 1), (-2147483648, '2024-01-01 01:00Z', 2), (NULL, '2024-01-01 01:00Z', 3);
        CREATE TABLE sales (shop varchar(40), at timestamptz, amount float8);
        INSERT INTO sales SELECT 'shop ' || k, '2024-01-01 00:00Z', k FROM generate_series(1, 4000) AS k;
        INSERT INTO sales SELECT shop, '2024-01-01 00:30Z', row_number() OVER ()
        FROM unnest(ARRAY['', 'NULL', 'a,b', '{x}', E'back\\\\slash', '"quoted"', 'it''s', 'ñandú 🦤', E'two\nlines']) AS shop;
        INSERT INTO sales VALUES ('nobody', '2024-01-01 00:00Z', 0);
        CREATE INDEX ON tx (card_id, at);
        ANALYZE tx, sales;
        CREATE TABLE spine AS
        SELECT row_number() OVER () AS number, c AS card_id, s AS shop, '2024-01-01 03:00Z'::timestamptz AS event_timestamp
        FROM unnest(ARRAY[-2000, 0, 1999, 2000, 2147483647, -2147483648, 9223372036854775807, NULL, 7, 7]::int8[],
                    ARRAY['', 'NULL', 'a,b', '{x}', E'back\\\\slash', '"quoted"', 'it''s', 'ñandú 🦤', E'two\nlines', NULL]) AS t(c, s);
        """

    @Test func fewKeysAreReadAndGiveTheSameRows() async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("pushdown"))
        try await connection.executeScript(Self.tables)
        let parsed = parseProject([SourceFile(path: "features/v.yaml", text: Self.yaml)], project: "p")
        let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
        let selection = try plan.selection(of: try #require(plan.service(named: "all")))
        for strategy in [JoinStrategy.merge, .probe] {
            let request = TrainingRequest(
                selection: selection, spine: .table(["spine"]), timestampColumn: "event_timestamp", knowledge: .asServed,
                usesFullFeatureNames: false, strategy: strategy)
            _ = try await TrainingSetBuilder(connection: connection).build(
                request, for: TrainingOrigin(engineVersion: "test", plan: plan, service: "all"),
                to: .table([strategy.rawValue]))
        }
        let difference = try await connection.execute(
            "(TABLE merge EXCEPT TABLE probe) UNION ALL (TABLE probe EXCEPT TABLE merge)")
        #expect(difference.rows == [])
        let found = try await connection.execute("SELECT count(amount), count(sold), count(*) FROM merge").rows
        #expect(found == [["7", "9", "10"]])
        await connection.close()
    }

    @Test(arguments: [(500, true), (501, false)])
    func manyKeysAreNotAskedFor(count: Int, isPushedDown: Bool) async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("pushdown_count"))
        try await connection.executeScript(
            "CREATE TABLE tx AS SELECT k AS card_id, now() AS at, 1::float8 AS amount FROM generate_series(1, 4000) AS k; ANALYZE tx"
        )
        let yaml = """
            entities: {card: {join_keys: {card_id: int64}}}
            sources: {tx: {table: tx, event_timestamp: at}}
            feature_views: {v: {entities: [card], source: tx, features: {amount: {latest: amount}}}}
            feature_services: {all: {features: [v]}}
            """
        let parsed = parseProject([SourceFile(path: "features/v.yaml", text: yaml)], project: "p")
        let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
        let selection = try plan.selection(of: try #require(plan.service(named: "all")))
        let keys = PrimitiveColumn(ContiguousArray(Int64(1)...Int64(count)))
        let dictionary = SpineKeys(.int64(keys), form: .word(isInstant: false)).matcher.dictionary
        let pushdown = try await KeyPushdown.of(
            try #require(SourceRead.plan(selection.joinedViews).first), dictionary, on: connection)
        #expect((pushdown != nil) == isPushedDown)
        // Every key is in one part.
        if let pushdown { #expect(Self.integers(pushdown.parts(count: 2)) == Array(Int64(1)...Int64(count))) }
        await connection.close()
    }

    private static func integers(_ parts: [PostgresParameter]) -> [Int64] {
        var integers: [Int64] = []
        for case .int64Array(let keys) in parts { integers += keys.compactMap { $0 } }
        return integers.sorted()
    }
}
