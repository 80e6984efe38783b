import FeatureDefs
import PostgresClient
import TestSupport
import Testing

@testable import OfflineStore

/// Arrays that Postgres can hold and lists cannot, or that look different and are equal.
@Suite struct ListConformanceTests {
    private static func definitions(_ features: String) -> String {
        """
        entities: {item: {join_keys: {id: int64}}}
        sources: {events: {table: events, event_timestamp: at}}
        feature_views:
          lists:
            entities: [item]
            source: events
            features:
        \(features)
        feature_services: {all: {features: [lists]}}
        """
    }

    /// The features at 2024-01-10 of items 1, 2, ..., as text.
    private func train(
        _ features: String, _ rows: String, items: Int = 1, by strategy: JoinStrategy
    ) async throws -> [[String?]] {
        let connection = try await StoreBench.connect()
        try await connection.executeScript(
            """
            CREATE TABLE events (
                id int8, at timestamptz, a int8[], b int8[], small int2[], word varchar[], padded char(4)[], vec real[], seen timestamptz[]
            );
            INSERT INTO events (id, at, a, b, small, word, padded, vec, seen) VALUES \(rows);
            CREATE TABLE spine AS
            SELECT i AS id, '2024-01-10Z'::timestamptz AS event_timestamp FROM generate_series(1::int8, \(items)) AS i;
            """
        )
        let yaml = Self.definitions(features)
        let parsed = parseProject([SourceFile(path: "features/lists.yaml", text: yaml)], project: "lists")
        let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
        let request = TrainingRequest(
            selection: try plan.selection(of: plan.services.flatMap(\.features)), spine: .table(["spine"]),
            timestampColumn: "event_timestamp", knowledge: .asServed, usesFullFeatureNames: false,
            strategy: strategy)
        let origin = TrainingOrigin(engineVersion: "test", plan: plan, service: "all")
        _ = try await TrainingSetBuilder(connection: connection).build(request, for: origin, to: .table(["result"]))
        let result = try await connection.execute("SELECT * FROM result ORDER BY id").rows
        await connection.close()
        return result.map { row in row.indices.dropFirst(2).map { row[$0] } }
    }

    private func failure(_ features: String, _ rows: String, by strategy: JoinStrategy) async throws -> String {
        let error = await #expect(throws: TrainingError.self) { _ = try await train(features, rows, by: strategy) }
        return "\(try #require(error))"
    }

    /// Bounds are no part of a list, and char(n)'s blanks no part of a text.
    @Test(arguments: JoinStrategy.allCases) func boundsAndPaddingDoNotShow(strategy: JoinStrategy) async throws {
        let rows = try await train(
            """
                  a: {latest: a}
                  same: {latest: a = b}
                  count: {latest: length(b)}
                  small: {first: small, window: 30d}
                  word: {latest: word}
                  padded: {latest: padded}
                  kinds: {distinct_count: b, window: 30d}
            """,
            """
            (1, '2024-01-01Z', '{1}', '{7,NULL}', '[3:4]={-32768,32767}', '{}', '{}', NULL, NULL),
            (1, '2024-01-02Z', '[0:2]={1,NULL,3}', '{1,NULL,3}', '{}', '{"a b",NULL}', '{ab,"",NULL}', NULL, NULL),
            (1, '2024-01-03Z', '[0:2]={1,NULL,3}', '[5:7]={1,NULL,3}', '{}', '{"a b",NULL}', '{ab,"",NULL}', NULL, NULL)
            """, by: strategy
        )
        #expect(rows == [["{1,NULL,3}", "t", "3", "{-32768,32767}", "{\"a b\",NULL}", "{ab,\"\",NULL}", "2"]])
    }

    @Test(arguments: JoinStrategy.allCases) func nullListsEmptyListsAndListsOfNullsAreThreeThings(strategy: JoinStrategy)
        async throws
    {
        let rows = try await train(
            """
                  a: {latest: a}
                  count: {latest: length(a)}
                  last: {last_n: length(a), n: 2, window: 30d}
            """,
            """
            (1, '2024-01-02Z', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
            (2, '2024-01-02Z', '{}', NULL, NULL, NULL, NULL, NULL, NULL),
            (3, '2024-01-02Z', '{NULL}', NULL, NULL, NULL, NULL, NULL, NULL)
            """, items: 4, by: strategy)
        #expect(rows == [[nil, nil, "{NULL}"], ["{}", "0", "{0}"], ["{NULL}", "1", "{1}"], [nil, nil, nil]])
    }

    /// Only what is read is judged: to `probe` an older row may hold anything, while `merge` reads all rows that the spine can see. Strategy merge reads every row that the spine can see.
    @Test(arguments: JoinStrategy.allCases) func anArrayOfTwoDimensionsIsAnErrorWhereItIsRead(strategy: JoinStrategy) async throws
    {
        let older = "(1, '2024-01-01Z', '{{1,2},{3,4}}', NULL, NULL, NULL, NULL, NULL, NULL)"
        let newer = "(1, '2024-01-02Z', '{5}', NULL, NULL, NULL, NULL, NULL, NULL)"
        switch strategy {
        case .probe: #expect(try await train("      a: {latest: a}", "\(older), \(newer)", by: strategy) == [["{5}"]])
        case .merge:
            let failure = try await failure("      a: {latest: a}", "\(older), \(newer)", by: strategy)
            #expect(failure.contains("a list has one dimension"))
        }
        #expect(try await train("      n: {count: '*', window: 30d}", "\(older), \(newer)", by: strategy) == [["2"]])
        let message = "a list has one dimension; this array has [1:2][1:2]"
        for feature in ["latest: a", "first: a, window: 30d", "count: a, window: 30d", "latest: length(a)"] {
            let failure = try await failure("      f: {\(feature)}", older, by: strategy)
            #expect(failure.contains(message), "\(feature): \(failure)")
        }
    }

    @Test(arguments: ["{1,2}", "{1,2,3,4}", "{}", "{1,NULL,3}", "{NULL,NULL}", "{{1,2,3}}"], JoinStrategy.allCases)
    func whatIsNoVectorIsAnErrorAndCanBeGuarded(array: String, strategy: JoinStrategy) async throws {
        let row = "(1, '2024-01-01Z', NULL, NULL, NULL, NULL, NULL, '\(array)', NULL)"
        let failure = try await failure("      f: {latest: cast(vec as vector<3>)}", row, by: strategy)
        let isNested = array.hasPrefix("{{")
        let message =
            switch strategy {
            case .probe: "a vector has 3 elements in one dimension, none NULL; this array has"
            case .merge: isNested ? "a list has one dimension" : "a list is not a vector"
            }
        #expect(failure.contains(message), "\(failure)")
        if array.contains("NULL") || isNested { return }
        let guarded = "      f: {latest: cast(case when length(vec) = 3 then vec end as vector<3>)}"
        #expect(try await train(guarded, row, by: strategy) == [[nil]])
    }

    @Test(arguments: JoinStrategy.allCases) func vectorsComeOutAsTheyAre(strategy: JoinStrategy) async throws {
        let rows = try await train(
            "      f: {latest: cast(vec as vector<3>)}",
            "(1, '2024-01-01Z', NULL, NULL, NULL, NULL, NULL, '[0:2]={0.1,-1e30,NaN}', NULL)", items: 2, by: strategy)
        #expect(rows == [["{0.1,-1e+30,NaN}"], [nil]])
    }

    /// Newest first; of rows of one time the one that `latest` prefers comes first, and a shorter list begins a longer one.
    @Test(arguments: JoinStrategy.allCases) func lastNGivesTheNewestFirst(strategy: JoinStrategy) async throws {
        let rows = try await train(
            """
                  latest: {latest: a}
                  two: {last_n: length(a), n: 2, window: 2d}
                  many: {last_n: length(a), n: 9, window: 2d}
                  tied: {last_n: "case when a is null then -1 else length(a) end", n: 9, window: 1us}
                  none: {last_n: length(a), n: 2, window: 2d, filter: length(a) > 9}
            """,
            """
            (1, '2024-01-08Z', '{1,2,3,4}', NULL, NULL, NULL, NULL, NULL, NULL),
            (1, '2024-01-08 00:00:00.000001Z', '{1,2,3}', NULL, NULL, NULL, NULL, NULL, NULL),
            (1, '2024-01-10Z', '{}', NULL, NULL, NULL, NULL, NULL, NULL),
            (1, '2024-01-10Z', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
            (1, '2024-01-10Z', '{8,1}', NULL, NULL, NULL, NULL, NULL, NULL),
            (1, '2024-01-10Z', '{9}', NULL, NULL, NULL, NULL, NULL, NULL),
            (1, '2024-01-10 00:00:00.000001Z', '{9,9,9,9,9}', NULL, NULL, NULL, NULL, NULL, NULL)
            """, by: strategy
        )
        #expect(rows == [["{9}", "{1,2}", "{1,2,0,NULL,3}", "{1,2,0,-1}", nil]])
    }

    /// Arrays that features cannot have are named when definitions are compiled.
    @Test func otherArraysAreRefusedWithTheWayOut() async throws {
        let connection = try await StoreBench.connect()
        try await connection.execute("CREATE TABLE events (id int8, at timestamptz, a numeric[], b timestamp[], c json[])")
        let yaml = Self.definitions("      a: {latest: a}\n      b: {latest: b}\n      c: {latest: c}")
        let parsed = parseProject([SourceFile(path: "features/lists.yaml", text: yaml)], project: "lists")
        let catalogue = try await CatalogueReader(connection: connection).read(parsed.sources)
        let error = #expect(throws: Diagnostics.self) { try compile(parsed, catalogue: catalogue) }
        let text = "\(try #require(error))"
        for way in ["a::float8[] AS a", "b::timestamptz[] AS b", "c::text[] AS c"] { #expect(text.contains(way), "\(text)") }
        await connection.close()
    }
}
