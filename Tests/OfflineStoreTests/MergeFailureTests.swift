import FeatureDefs
import Foundation
import PostgresClient
import TestSupport
import Testing

@testable import OfflineStore

/// An expression that fails is an error of a training set exactly when a row that counts fails, in memory and by way of the disk.
@Suite struct MergeFailureTests {
    private static let yaml = """
        entities:
          card: {join_keys: {card_id: int64}}
        sources:
          tx: {table: tx, event_timestamp: at}
        feature_views:
          v:
            entities: [card]
            source: tx
            ttl: 1d
            features:
              last_share: {latest: "amount / parts"}
              share_1h: {sum: "amount / parts", window: 1h}
              some_1h: {sum: "amount / parts", window: 1h, filter: "parts > 0"}
              large_1h: {count: "*", window: 1h, filter: "amount / parts > 1"}
        feature_services:
          all: {features: [v]}
          latest: {features: [v.last_share]}
        """

    /// What is asked for, and the feature that fails.
    private static let cases: [(at: String, failing: String?)] = [
        // Only the row with three parts is seen.
        ("2024-01-01T10:30:00Z", nil),
        // The row without parts is in the windows of an hour, and the latest one.
        ("2024-01-01T12:30:00Z", "v.share_1h"),
        // It is the latest one still.
        ("2024-01-01T13:00:01Z", "v.last_share"),
        // It is in no window, and no longer the latest.
        ("2024-01-01T15:00:00Z", nil),
        // Nothing is within its ttl.
        ("2024-01-03T12:00:00Z", nil),
    ]

    @Test(arguments: [nil, 0])
    func onlyARowThatCountsIsAnError(memoryBytes: Int?) async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("failures"))
        try await connection.executeScript(
            """
            CREATE TABLE tx (card_id int8, at timestamptz, amount float8, parts int8);
            INSERT INTO tx VALUES
                (1, '2024-01-01 10:00Z', 6, 3), (1, '2024-01-01 12:00Z', 1, 0), (1, '2024-01-01 14:30Z', 8, 2),
                (2, '2024-01-01 10:00Z', 1, 0);
            """)
        let parsed = parseProject([SourceFile(path: "features/v.yaml", text: Self.yaml)], project: "p")
        let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
        let service = try #require(plan.service(named: "all"))
        for (at, failing) in Self.cases {
            let request = TrainingRequest(
                selection: try plan.selection(of: service),
                spine: .query("SELECT 1::int8 AS card_id, '\(at)'::timestamptz AS event_timestamp"),
                timestampColumn: "event_timestamp", knowledge: .asServed, usesFullFeatureNames: false, strategy: .merge,
                memoryBytes: memoryBytes)
            let origin = TrainingOrigin(engineVersion: "test", plan: plan, service: "all")
            let output = TrainingOutput.table(["result"])
            try await connection.execute("DROP TABLE IF EXISTS result")
            if let failing {
                let expected = TrainingError.computationFailed(feature: failing, reason: "division by zero")
                await #expect(throws: expected, "\(at)") {
                    try await TrainingSetBuilder(connection: connection).build(request, for: origin, to: output)
                }
            } else {
                _ = try await TrainingSetBuilder(connection: connection).build(request, for: origin, to: output)
                let rows = try await connection.execute("SELECT last_share, share_1h, some_1h, large_1h FROM result").rows
                let expected: [String: [String?]] = [
                    "2024-01-01T10:30:00Z": ["2", "2", "2", "1"], "2024-01-01T15:00:00Z": ["4", "4", "4", "1"],
                    "2024-01-03T12:00:00Z": [nil, nil, nil, "0"],
                ]
                #expect(rows == [try #require(expected[at])], "\(at)")
            }
        }
        await connection.close()
    }
}
