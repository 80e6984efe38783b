import FeatureDefs
import OnlineStore
import RedisClient
import TestSupport
import Testing

/// What a row takes, as Redis itself measures it.
struct StoredSizeTests {
    /// 50 float64 window features in one view: the hash, its key and the row, all told, at most 14 bytes for each.
    @Test func fiftyNumbersTakeAtMostFourteenBytesEach() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        let features = (0..<50).map { index in
            FeaturePlan(
                name: "f\(index)",
                computation: .window(
                    .sum, argument: TestPlans.column("x", .float8), length: Period(microseconds: 3_600_000_000), filter: nil),
                type: .float64, notes: TestPlans.notes)
        }
        let view = TestPlans.view("cards", keys: [JoinKey(name: "card_id", type: .int64)], features: features)
        let layout = OnlineViewLayout(project: "fraud", view: view, ids: ViewLayoutIDs(field: 1, layout: 1))
        var writer = try await OnlineWriter(to: connection, layout: layout)
        try await writer.write(
            key: [.int64(123_456_789)],
            version: RowVersion(cut: .epoch, run: 1, event: .epoch, available: .epoch),
            cells: (0..<50).map { .float64(Double($0) / 7) })
        _ = try await writer.finish()
        let script = "return redis.call('MEMORY', 'USAGE', redis.call('RANDOMKEY'), 'SAMPLES', '0')"
        guard case .integer(let bytes) = try await connection.send(RedisPipeline("EVAL", script, "0"))[0] else {
            Issue.record("MEMORY USAGE gives no number")
            return
        }
        #expect(bytes <= 14 * 50, "\(bytes) bytes")
    }
}
