import FeatureDefs
import Foundation
import PostgresClient
import TestSupport
import Testing

@testable import OfflineStore

/// Lists and vectors that come with the spine: request inputs, and columns that pass through.
@Suite struct ListSpineTests {
    private static let definitions = """
        entities: {item: {join_keys: {id: int64}}}
        sources: {events: {table: events, event_timestamp: at}}
        feature_views:
          items: {entities: [item], source: events, features: {tags: {latest: tags}}}
        on_demand_feature_views:
          asked:
            request: {history: list<int64>, names: list<string>, point: vector<2>}
            features:
              seen: "coalesce(items.tags, names)"
              same: "names = items.tags"
              many: "length(history)"
              where: "case when length(history) > 0 then point end"
        feature_services: {all: {features: [items, asked]}}
        """

    private func train(
        _ spine: SpineSource, to output: TrainingOutput, on connection: PostgresConnection, by strategy: JoinStrategy
    ) async throws {
        try await connection.executeScript(
            """
            DROP TABLE IF EXISTS events, result;
            CREATE TABLE events (id int8, at timestamptz, tags text[]);
            INSERT INTO events VALUES (1, '2024-01-01Z', '{a,"b, c",NULL}');
            """)
        let parsed = parseProject([SourceFile(path: "features/lists.yaml", text: Self.definitions)], project: "lists")
        let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
        let request = TrainingRequest(
            selection: try plan.selection(of: plan.services.flatMap(\.features)), spine: spine,
            timestampColumn: "event_timestamp", knowledge: .asServed, usesFullFeatureNames: false,
            strategy: strategy)
        let origin = TrainingOrigin(engineVersion: "test", plan: plan, service: "all")
        _ = try await TrainingSetBuilder(connection: connection).build(request, for: origin, to: output)
    }

    private func failure(
        _ spine: SpineSource, on connection: PostgresConnection, by strategy: JoinStrategy
    ) async throws -> String {
        let error = await #expect(throws: (any Error).self) {
            try await train(spine, to: .table(["result"]), on: connection, by: strategy)
        }
        return "\(try #require(error))"
    }

    private func path(_ kind: String) -> String {
        FileManager.default.temporaryDirectory.appending(path: "asof-\(kind)-\(UUID().uuidString).csv").path
    }

    @Test(arguments: JoinStrategy.allCases) func listsGoInAndOutOfCSVAsPostgresArrays(strategy: JoinStrategy) async throws {
        let connection = try await StoreBench.connect()
        let (input, output) = (path("in"), path("out"))
        defer { for path in [input, output, output + ".manifest.json"] { try? FileManager.default.removeItem(atPath: path) } }
        let spine = #"""
            id,event_timestamp,history,names,point,extra
            1,2024-01-02,"{1,NULL}","{a,""b, c"",NULL}","{0.1,-0}","[0:1]={{1},{2}}"
            2,2024-01-02,{},"{""""}","{NaN,1e30}",x
            1,2024-01-02,,,,

            """#
        try Data(spine.utf8).write(to: URL(filePath: input))
        try await train(.csv(path: input), to: .csv(path: output), on: connection, by: strategy)
        #expect(
            try String(contentsOfFile: output, encoding: .utf8) == #"""
                id,event_timestamp,history,names,point,extra,tags,seen,same,many,where
                1,2024-01-02,"{1,NULL}","{a,""b, c"",NULL}","{0.1,-0}","[0:1]={{1},{2}}","{a,""b, c"",NULL}","{a,""b, c"",NULL}",true,2,"{0.1,0}"
                2,2024-01-02,{},"{""""}","{NaN,1e30}",x,,"{""""}",,0,
                1,2024-01-02,,,,,"{a,""b, c"",NULL}","{a,""b, c"",NULL}",,,

                """#)
        await connection.close()
    }

    /// Columns that pass through keep what lists cannot hold.
    @Test(arguments: JoinStrategy.allCases) func listsOfATableKeepTheirTypes(strategy: JoinStrategy) async throws {
        let connection = try await StoreBench.connect()
        let query = """
            SELECT 1::int8 AS id, '2024-01-02Z'::timestamptz AS event_timestamp, '[0:1]={1,2}'::int2[] AS history,
                   '{a,"b, c",NULL}'::varchar[] AS names, '[5:6]={1,2}'::real[] AS point, '{{1,2},{3,4}}'::numeric(4,1)[] AS extra,
                   '[0:0][1:1]={{7}}'::int4[] AS nested
            """
        try await train(.query(query), to: .table(["result"]), on: connection, by: strategy)
        let row = try await connection.execute(
            "SELECT history, names, point, extra, nested, seen, same, many, \"where\" FROM result"
        ).rows[0]
        let expected: [String?] = [
            "[0:1]={1,2}", "{a,\"b, c\",NULL}", "[5:6]={1,2}", "{{1.0,2.0},{3.0,4.0}}", "[0:0][1:1]={{7}}",
            "{a,\"b, c\",NULL}", "t", "2", "{1,2}",
        ]
        #expect(row.indices.map { row[$0] } == expected)
        let types = try await connection.execute(
            "SELECT pg_typeof(history), pg_typeof(names), pg_typeof(point), pg_typeof(extra), pg_typeof(seen), pg_typeof(\"where\") FROM result"
        ).rows[0]
        #expect(
            types.indices.map { types[$0] }
                == ["smallint[]", "character varying[]", "real[]", "numeric[]", "text[]", "real[]"])
        await connection.close()
    }

    @Test(arguments: JoinStrategy.allCases) func aCellThatIsNoListIsNamedWithItsLine(strategy: JoinStrategy) async throws {
        let connection = try await StoreBench.connect()
        let input = path("in")
        defer { try? FileManager.default.removeItem(atPath: input) }
        let mend = "; mend the row or leave the field empty for NULL"
        let cases = [
            ("1;2,{},{}", "`1;2` in column `history` is not a list<int64>, written as a Postgres array ({1,2,NULL})"),
            ("{x},{},{}", "`{x}` in column `history` is not a list<int64>, written as a Postgres array ({1,2,NULL})"),
            (
                "{},{},{1}",
                "`{1}` in column `point` is not a vector<2>: 2 numbers, none NULL, written as a Postgres array ({0.5,1})"
            ),
        ]
        for (cells, message) in cases {
            try Data("id,event_timestamp,history,names,point\n1,2024-01-02,\(cells)\n".utf8).write(to: URL(filePath: input))
            let failure = try await failure(.csv(path: input), on: connection, by: strategy).replacing(input, with: "in.csv")
            #expect(failure == "in.csv:2: \(message)\(mend)")
        }
        await connection.close()
    }

    @Test(arguments: JoinStrategy.allCases) func aColumnThatIsNoListIsRefused(strategy: JoinStrategy) async throws {
        let connection = try await StoreBench.connect()
        func query(history: String = "NULL::int8[]", point: String = "NULL::real[]") -> SpineSource {
            .query(
                """
                SELECT 1::int8 AS id, '2024-01-02Z'::timestamptz AS event_timestamp, \(history) AS history, NULL::text[] AS names,
                       \(point) AS point
                """)
        }
        #expect(
            try await failure(query(history: "'{1}'::float8[]"), on: connection, by: strategy)
                == "the spine's column `history` is of type double precision[], the definitions say list<int64>; cast it in `sql:SELECT ...`"
        )
        #expect(
            try await failure(query(point: "'{1,2}'::float8[]"), on: connection, by: strategy)
                == "the spine's column `point` is of type double precision[], the definitions say vector<2>; cast it in `sql:SELECT ...`"
        )
        for point in ["{1}", "{1,NULL}"] {
            let failure = try await failure(query(point: "'\(point)'::real[]"), on: connection, by: strategy)
            #expect(failure.contains("a vector has 2 elements in one dimension, none NULL; this array has"), "\(failure)")
        }
        let nested = try await failure(query(history: "'{{1}}'::int8[]"), on: connection, by: strategy)
        #expect(nested.contains("a list has one dimension; this array has [1:1][1:1]"), "\(nested)")
        await connection.close()
    }
}
