import FeatureDefs
import FeatureServer
import Logging
import OnlineStore
import ServiceLifecycle
import Synchronization
import Testing

/// What is logged of what is served, and that nothing of it can stop or fill the server.
struct ServedFeatureLogTests {
    /// Keeps rows in memory; may fail a number of times first.
    private final class MemorySink: ServedFeatureSink {
        struct Refused: Error {}
        private let state: Mutex<(rows: [ServedRow], failuresLeft: Int)>

        init(failures: Int = 0) { state = Mutex((rows: [], failuresLeft: failures)) }

        var rows: [ServedRow] { state.withLock { $0.rows } }

        func write(_ rows: [ServedRow]) async throws {
            try state.withLock { state in
                if state.failuresLeft > 0 {
                    state.failuresLeft -= 1
                    throw Refused()
                }
                state.rows += rows
            }
        }
    }

    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func makeLog(_ sink: MemorySink, capacity: Int = 1_000) -> ServedFeatureLog {
        var configuration = ServedFeatureLog.Configuration()
        configuration.attempts = 3
        configuration.capacity = capacity
        configuration.batchSize = 3
        configuration.linger = .zero
        configuration.retryDelay = .zero
        return ServedFeatureLog(sink: sink, configuration: configuration, logger: Self.quiet)
    }

    /// Runs the log until all that was offered is out, and through its shutdown.
    private func finish(_ log: ServedFeatureLog) async throws {
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [log], logger: Self.quiet))
        await group.triggerGracefulShutdown()
        try await group.run()
    }

    @Test func aServedRowHoldsAllThatTheSkewCheckNeeds() async throws {
        let sink = MemorySink()
        let log = makeLog(sink)
        let fixture = try await ServerFixture(log: log, logSample: 1)
        _ = try await fixture.post(#"{"entities": {"extra": [3, null], "card": [1, 2]}, "feature_service": "svc"}"#)
        _ = try await fixture.post(#"{"entities": {"card": [1]}, "features": ["cards:n"]}"#)
        try await finish(log)
        let rows = sink.rows
        try #require(rows.count == 2)
        #expect(rows.map(\.ordinal) == [0, 1])
        #expect(rows[0].requestID == rows[1].requestID)
        #expect(rows[0].schema.service == "svc")
        #expect(rows[0].schema.planFingerprint == "f1")
        #expect(rows[0].schema.views == ["cards"])
        #expect(rows[0].servedAt == ServerFixture.now)
        #expect(rows.map(\.keys) == [[.int64(1)], [.int64(2)]])
        #expect(rows.map(\.request) == [[.int64(3)], [.null]])
        #expect(
            rows[0].features == [
                ServedFeature(value: .int64(7), status: .present, eventTimestamp: ServerFixture.now),
                ServedFeature(value: .int64(9_007_199_254_740_993), status: .present, eventTimestamp: ServerFixture.event),
            ]
        )
        #expect(rows[1].features.map(\.status) == [.nullValue, .notFound])
        #expect(rows.map(\.cuts) == [[ServerFixture.now], [nil]])
        #expect(rows[0].host == "test-host")
        #expect(rows[0].sampleProbability == 1)
        #expect(log.counts == ServedLogCounts(written: 2))
    }

    @Test func aServiceWithoutALogSampleIsNotLogged() async throws {
        let sink = MemorySink()
        let log = makeLog(sink)
        let fixture = try await ServerFixture(log: log, logSample: nil)
        _ = try await fixture.post(#"{"entities": {"extra": [3], "card": [1]}, "feature_service": "svc"}"#)
        try await finish(log)
        #expect(sink.rows.isEmpty)
    }

    @Test func sampledEntitiesAreLoggedEachTimeAndOthersNever() async throws {
        let sink = MemorySink()
        let log = makeLog(sink)
        let fixture = try await ServerFixture(log: log, logSample: 0.5)
        let cards = (0..<400).map(String.init).joined(separator: ",")
        let extras = Array(repeating: "0", count: 400).joined(separator: ",")
        for _ in 0..<2 {
            _ = try await fixture.post(
                #"{"entities": {"extra": [\#(extras)], "card": [\#(cards)]}, "feature_service": "svc"}"#
            )
        }
        try await finish(log)
        let counts = Dictionary(grouping: sink.rows, by: \.keys).mapValues(\.count)
        #expect(counts.values.allSatisfy { $0 == 2 })
        #expect((140...260).contains(counts.count))
        #expect(sink.rows.allSatisfy { $0.sampleProbability == 0.5 })
    }

    @Test func aFullQueueDropsAndCounts() async throws {
        let sink = MemorySink()
        let log = makeLog(sink, capacity: 5)
        let fixture = try await ServerFixture(log: log, logSample: 1)
        for _ in 0..<3 {
            let answer = try await fixture.post(
                #"{"entities": {"extra": [1, 2], "card": [1, 2]}, "feature_service": "svc"}"#
            )
            #expect(answer.status == 200)
        }
        try await finish(log)
        #expect(log.counts == ServedLogCounts(written: 4, dropped: 2))
    }

    /// A request that is larger than the queue is kept whole when nothing waits.
    @Test func aLargeRequestFitsAnEmptyQueue() async throws {
        let sink = MemorySink()
        let log = makeLog(sink, capacity: 2)
        let fixture = try await ServerFixture(log: log, logSample: 1)
        _ = try await fixture.post(
            #"{"entities": {"extra": [1, 2, 3, 4], "card": [1, 2, 3, 4]}, "feature_service": "svc"}"#
        )
        try await finish(log)
        #expect(log.counts == ServedLogCounts(written: 4, dropped: 0))
    }

    @Test(arguments: [(2, 4, 0), (3, 1, 3)])
    func aFailingSinkIsTriedAgainAndThenGivenUp(failures: Int, written: Int, dropped: Int) async throws {
        let sink = MemorySink(failures: failures)
        let log = makeLog(sink)
        let fixture = try await ServerFixture(log: log, logSample: 1)
        _ = try await fixture.post(
            #"{"entities": {"extra": [1, 2, 3, 4], "card": [1, 2, 3, 4]}, "feature_service": "svc"}"#
        )
        try await finish(log)
        #expect(log.counts == ServedLogCounts(written: written, dropped: dropped))
        #expect(sink.rows.count == written)
    }
}
