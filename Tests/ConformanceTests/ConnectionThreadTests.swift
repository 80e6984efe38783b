import FeatureDefs
import OfflineStore
import PostgresClient
import Testing

/// A run may be asked for on the connection's own thread, which its source is read by: what is read must not wait there to be written.
@Suite struct ConnectionThreadTests {
    @Test(.timeLimit(.minutes(1))) func aRunOnTheConnectionsThreadWritesWhileItReads() async throws {
        let connection = try await StoreBench.connect()
        // Some 20 batches, of which a few may wait.
        try await connection.execute(
            """
            CREATE TABLE texts AS SELECT n AS id, timestamptz '2024-01-01' AS at, repeat(n::text, 1000) AS text
            FROM generate_series(1000, 3999) AS n
            """)
        let bench = try await PlainBench(
            """
            entities: {text: {join_keys: {id: int64}}}
            sources: {texts: {table: texts, event_timestamp: at}}
            feature_views: {texts: {entities: [text], source: texts, features: {text: {latest: text}}}}
            """, on: connection)
        defer { bench.close() }
        let run = try await withTaskExecutorPreference(connection.executor) {
            try await bench.materialize(at: Timestamp(microseconds: 1_800_000_000_000_000))
        }
        #expect(run.rowsWritten == 3000)
        let stored = try await bench.stored(keys: [[.int64(1234)]])
        #expect(stored == [[.int64(1234), .string(String(repeating: "1234", count: 1000))]])
    }
}
