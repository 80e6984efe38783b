import FeatureDefs
import OnlineStore
import RedisClient
import TestSupport
import Testing

/// What a row takes, as Redis itself measures it: the hash, its key and the row, all told.
struct StoredSizeTests {
    enum Kind: CaseIterable {
        case window, latest

        func feature(_ name: String) -> FeaturePlan {
            switch self {
            case .window:
                FeaturePlan(
                    name: name,
                    computation: .window(
                        .sum, argument: TestPlans.column("x", .float8), length: Period(microseconds: 3_600_000_000), filter: nil),
                    type: .float64, notes: TestPlans.notes)
            case .latest: TestPlans.latest(name, .float8)
            }
        }
    }

    @Test(arguments: Kind.allCases) func fiftyNumbersTakeAtMostFourteenBytesEach(kind: Kind) async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        let view = TestPlans.view(
            "cards", keys: [JoinKey(name: "card_id", type: .int64)], features: (0..<50).map { kind.feature("f\($0)") })
        let layout = OnlineViewLayout(project: "fraud", view: view, ids: ViewLayoutIDs(field: 1, layout: 1))
        var writer = OnlineWriter(to: connection, layout: layout)
        let event = Timestamp(microseconds: 1_700_000_000_000_001)
        let values = view.storedCells.enumerated().map { index, cell -> FeatureValue in
            switch cell {
            case .feature: .float64(Double(index) / 7)
            case .latestEventTimestamp: .timestamp(event)
            }
        }
        try await writer.write(
            key: [.int64(123_456_789)], version: RowVersion(cut: event, run: 1, event: event, available: event), cells: values)
        _ = try await writer.finish()
        let script = "return redis.call('MEMORY', 'USAGE', redis.call('RANDOMKEY'), 'SAMPLES', '0')"
        guard case .integer(let bytes) = try await connection.send(RedisPipeline("EVAL", script, "0"))[0] else {
            Issue.record("MEMORY USAGE gives no number")
            return
        }
        #expect(bytes <= 14 * 50, "\(bytes) bytes")
        let columns: [String: [FeatureValue]] = ["card_id": [.int64(123_456_789)]]
        let rows = try await OnlineReader(from: connection).rows(of: [.init(layout)], count: 1, columns: columns)
        guard case .row(let row) = rows[0][0] else {
            Issue.record("the row cannot be read")
            return
        }
        #expect(try row.values() == values)
    }
}
