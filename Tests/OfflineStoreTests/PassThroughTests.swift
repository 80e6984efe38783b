import Columnar
import FeatureDefs
import Foundation
import PostgresClient
import TestSupport
import Testing

@testable import OfflineStore

/// A spine's own columns come out as they went in, whatever their type: in CSV as Postgres prints them, in a table with their type.
@Suite struct PassThroughTests {
    private static let definitions = """
        entities:
          card: {join_keys: {card_id: int64}}
        sources:
          payments: {table: payments, event_timestamp: paid_at}
        feature_views:
          cards: {entities: [card], source: payments, features: {payment_count: {count: "*", window: 7d}}}
        feature_services:
          all: {features: [cards]}
        """

    /// Three rows: values that are hard to print, others, NULLs.
    private static let spine = """
        CREATE TYPE mood AS ENUM ('happy, "very"', 'sad');
        CREATE DOMAIN positive AS int4 CHECK (value > 0);
        CREATE TABLE spine (
            card_id bigint, event_timestamp timestamptz, small int2, medium int4, large int8, single float4, double float8,
            exact numeric, money numeric(12,2), words text, short varchar(9), padded char(6), one "char", day date, clock timestamp,
            instant timestamptz, hour time, span interval, raw bytea, id uuid, document jsonb, plain json, mood mood, positive positive,
            numbers int8[], texts text[], range int4range, address inet, flag_text text, single_empty text);
        INSERT INTO spine VALUES
            (1, '2024-01-01Z', -32768, -2147483648, -9223372036854775808, '-0', 'NaN', 'NaN', -0.10, e'a"b,\\nc\\r', '', 'ab', 'x',
             '0044-03-15 BC', '0044-03-15 12:00:00.000001 BC', '4713-11-24 00:00:00+00 BC', '23:59:59.999999', '1 mon -1 day 00:00:00.5',
             '\\x00ff', '00112233-4455-6677-8899-aabbccddeeff', '{"a": [1, null]}', '{"b" : 1}', 'happy, "very"', 7,
             '{1,NULL,-3}', '{"a,b",NULL,"","NULL","q\\"\\\\"}', '[1,5)', '10.0.0.1/8', '\\.', ''),
            (1, '2024-01-01 00:00:00.123456Z', 1, 1, 9007199254740993, 3.4e38, 5e-324, 1e30, 1, ' ', 'NULL', '', '', 'infinity',
             '-infinity', 'infinity', '24:00', '-3 days', '\\x', '00000000-0000-0000-0000-000000000000', '"x"', '1', 'sad', 1, '{}',
             '{}', 'empty', '::1', e'tab\\t', 'é日本'),
            (2, '1969-12-31 23:59:59.999999Z', 1, 1, 0, 'Infinity', 1.7976931348623157e308, 1.10, 1, 'NULL', '"', '"', '"',
             '-infinity', '294276-12-31 23:59:59.999999', '1969-12-31 23:59:59.5Z', '00:00', '1 year', '\\x41', NULL, 'null', 'null',
             NULL, NULL, '{{1,2},{3,4}}', '{{a},{b}}', NULL, NULL, NULL, '-0');
        INSERT INTO spine (card_id, event_timestamp) VALUES (3, '2024-06-01Z');
        INSERT INTO spine (card_id) VALUES (NULL);
        """

    private func train(
        _ strategy: JoinStrategy, to output: TrainingOutput, _ body: (PostgresConnection) async throws -> Void
    ) async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("pass"))
        try await connection.executeScript("CREATE TABLE payments (card_id bigint, paid_at timestamptz)")
        try await connection.executeScript(Self.spine)
        // Where Int64 microseconds since 1970 end before Postgres' do.
        try await connection.execute("UPDATE spine SET clock = '294246-12-31 23:59:59.999999' WHERE card_id = 2")
        let parsed = parseProject([SourceFile(path: "features/cards.yaml", text: Self.definitions)], project: "pass")
        let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
        let request = TrainingRequest(
            selection: try plan.selection(of: plan.services.flatMap(\.features)),
            spine: .table(["spine"]),
            timestampColumn: "event_timestamp",
            knowledge: .asServed,
            usesFullFeatureNames: false,
            strategy: strategy
        )
        let origin = TrainingOrigin(engineVersion: "test", plan: plan, service: "all")
        _ = try await TrainingSetBuilder(connection: connection).build(request, for: origin, to: output)
        try await body(connection)
        await connection.close()
    }

    @Test(arguments: JoinStrategy.allCases)
    func aCSVFileHoldsWhatPostgresWouldPrint(_ strategy: JoinStrategy) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "asof-pass-\(UUID().uuidString).csv").path
        defer {
            try? FileManager.default.removeItem(atPath: path)
            try? FileManager.default.removeItem(atPath: path + ".manifest.json")
        }
        try await train(strategy, to: .csv(path: path)) { connection in
            let start = [UInt8]()
            let bytes = try await connection.copyOut(
                "COPY (SELECT *, 0 AS payment_count FROM spine) TO STDOUT (FORMAT csv, HEADER)", into: start
            ) { bytes, message in bytes.append(contentsOf: message) }
            let found = try String(contentsOfFile: path, encoding: .utf8).split(separator: ",", omittingEmptySubsequences: false)
            let expected = String(decoding: bytes, as: UTF8.self).split(separator: ",", omittingEmptySubsequences: false)
            #expect(found.count == expected.count)
            for (cell, postgres) in zip(found, expected) { #expect(cell == postgres) }
        }
    }

    @Test(arguments: JoinStrategy.allCases)
    func aTableHasTheTypesAndTheValues(_ strategy: JoinStrategy) async throws {
        try await train(strategy, to: .table(["result"])) { connection in
            let types = """
                SELECT string_agg(format('%s %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum)
                FROM pg_attribute WHERE attnum > 0 AND attname <> 'payment_count' AND attrelid =
                """
            let expected = try await connection.execute("\(types) 'spine'::regclass").firstCell
            let found = try await connection.execute("\(types) 'result'::regclass").firstCell
            // The protocol shows a domain as the type that it is made from.
            #expect(found == expected?.replacing("positive positive", with: "positive integer"))
            let rows = try await connection.execute("SELECT s::text FROM spine AS s")
            let columns = try await connection.execute(
                """
                SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                WHERE attnum > 0 AND attrelid = 'spine'::regclass
                """
            ).firstCell
            let result = try await connection.execute(
                "SELECT r::text FROM (SELECT \(try #require(columns)) FROM result) AS r")
            #expect(result.rows == rows.rows && rows.rows.count == 5)
        }
    }

    @Test func instantsPrintAsPostgresPrintsThem() async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("pass"))
        var random = SystemRandomNumberGenerator()
        let limits = Timestamp.finiteRange
        let instants =
            (0..<300).map { _ in Int64.random(in: limits.lowerBound.microseconds...limits.upperBound.microseconds, using: &random)
            }
            + (0..<300).map { _ in Int64.random(in: -3_000_000_000_000_000...3_000_000_000_000_000, using: &random) }
            + [0, -1, 1, .min, .max]
        let printed = try await connection.execute(
            """
            SELECT CASE x WHEN \(Int64.min) THEN '-infinity' WHEN \(Int64.max) THEN 'infinity'
                ELSE (timestamptz 'epoch' + (x / 86400000000) * interval '1 day' + (x % 86400000000) * interval '1 microsecond')::text
                END
            FROM unnest($1::int8[]) WITH ORDINALITY AS u(x, position) ORDER BY position
            """,
            [.int64Array(instants)]
        ).rows.map { $0[0] }
        let cell = ColumnText.cell(of: .timestamp(.init(ContiguousArray(instants))))
        for (index, text) in printed.enumerated() {
            var bytes: [UInt8] = []
            cell(index, &bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == text, "\(instants[index])")
        }
        await connection.close()
    }
}
