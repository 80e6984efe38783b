import FeatureDefs
import PostgresClient
import TestSupport
import Testing

@testable import OfflineStore

@Suite struct CatalogueReaderTests {
    /// Where different texts may be equal to Postgres, features cannot have the column.
    @Test func textsThatAreComparedLooselyAreNoFeatures() async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("catalogue"))
        try await connection.executeScript(
            """
            CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            CREATE DOMAIN loose_name AS text COLLATE loose;
            CREATE TABLE numbers (id int8, at timestamptz, part numeric(10, 2));
            CREATE TABLE texts (id int8, plain text, name text COLLATE loose);
            CREATE TABLE codes (id int8, code varchar(8) COLLATE loose);
            CREATE TABLE lists (id int8, names text[] COLLATE loose);
            CREATE TABLE domains (id int8, name loose_name);
            CREATE TABLE steps (id int8, step interval);
            """)
        let loose = "with a nondeterministic collation"
        let expected: [String: [CatalogueColumn]] = [
            "numbers": [
                Self.column("at", .timestamptz, "timestamp with time zone"), Self.column("part", .numeric, "numeric(10,2)"),
            ],
            "texts": [Self.column("plain", .text, "text"), Self.column("name", nil, "text \(loose)")],
            "codes": [Self.column("code", nil, "character varying(8) \(loose)")],
            "lists": [Self.column("names", nil, "text[] \(loose)")],
            // Postgres describes what a domain is made from.
            "domains": [Self.column("name", nil, "text \(loose)")],
            "steps": [Self.column("step", nil, "interval")],
        ]
        let requests = expected.keys.map { ParsedProject.SourceRequest(name: $0, relation: .table([$0])) }
        let catalogue = try await CatalogueReader(connection: connection).read(requests)
        for (name, columns) in expected {
            #expect(catalogue.sources[name] == .columns([Self.column("id", .int8, "bigint")] + columns))
        }
        await connection.close()
    }

    /// What is spelled here is as Postgres spells it, with a modifier or without.
    @Test func typesAreSpelledAsPostgresSpellsThem() async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("catalogue"))
        let types =
            ColumnStorage.allCases.map(\.description) + [
                "varchar(3)", "char(3)", "numeric(5,1)", "timestamptz(3)", "varchar(3)[]",
            ]
        for type in types {
            try await connection.executeScript("DROP TABLE IF EXISTS one; CREATE TABLE one (value \(type))")
            let described = try await DescribedColumn.describe("SELECT * FROM one", on: connection)
            let spelled = try await connection.execute(
                "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'one'::regclass AND attnum = 1")
            #expect(described.map(\.databaseType) == [spelled.firstCell], "\(type)")
            let storage = ColumnStorage(type)
            #expect(storage == nil || described.map(\.storage) == [storage], "\(type)")
        }
        await connection.close()
    }

    private static func column(_ name: String, _ storage: ColumnStorage?, _ type: String) -> CatalogueColumn {
        CatalogueColumn(name: name, storage: storage, databaseType: type)
    }
}

/// Whether a database still is as a plan has it.
@Suite struct DatabaseFitTests {
    @Test(arguments: [
        ("", nil),
        ("ALTER TABLE visits ADD COLUMN more float8", nil),
        ("ALTER TABLE visits ALTER amount TYPE int4", "amount"),
        ("ALTER TABLE visits RENAME amount TO sum", "amount"),
        ("ALTER TABLE visits ALTER card_id TYPE text", "card_id"),
        ("ALTER TABLE visits ALTER at TYPE timestamp", "at"),
        ("DROP TABLE visits", "visits"),
    ])
    func aChangedColumnIsTold(change: String, complaint: String?) async throws {
        try await expect(complaint, after: change, features: "amount: {latest: amount}")
    }

    @Test(arguments: [
        ("", nil),
        ("ALTER TABLE visits ALTER shop TYPE text COLLATE loose", "shop"),
        ("ALTER TABLE visits ALTER shop TYPE varchar(3)", "shop"),
    ])
    func aTextIsToBeComparedAsBefore(change: String, complaint: String?) async throws {
        try await expect(complaint, after: change, features: "shop: {latest: shop}")
    }

    private func expect(_ complaint: String?, after change: String, features: String) async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("fit"))
        try await connection.executeScript(
            """
            CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            CREATE TABLE visits (card_id int8, at timestamptz, amount float8, shop text);
            """)
        let definitions = """
            entities: {card: {join_keys: {card_id: int64}}}
            sources: {visits: {table: visits, event_timestamp: at}}
            feature_views: {cards: {entities: [card], source: visits, ttl: 7d, features: {\(features)}}}
            feature_services: {all: {features: [cards]}}
            """
        let parsed = parseProject([SourceFile(path: "features/cards.yaml", text: definitions)], project: "fit")
        let reader = CatalogueReader(connection: connection)
        let plan = try compile(parsed, catalogue: try await reader.read(parsed.sources))
        try await connection.executeScript(change)
        var told: String?
        do {
            try await reader.requireFit(of: plan.featureViews)
        } catch let error as DatabaseUnfit {
            told = error.description
        }
        #expect((told == nil) == (complaint == nil), "\(told ?? "nothing")")
        if let complaint { #expect(told?.contains("`\(complaint)`") == true, "\(told ?? "nothing")") }
        await connection.close()
    }
}
