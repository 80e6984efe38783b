import FeatureDefs
import FeatureServer
import Logging
import OnlineStore
import ServiceLifecycle
import Synchronization
import Testing

/// What is logged of what is served, and that nothing of it can stop or fill the server.
struct ServedFeatureLogTests {
    /// Keeps rows in memory; may fail a number of times first, and cannot hold some rows.
    private final class MemorySink: ServedFeatureSink {
        private struct Refused: Error {}
        private struct State {
            var rows: [ServedRow] = []
            var losses: [ServedLogLoss] = []
            var failuresLeft: Int
        }
        private let state: Mutex<State>
        private let unstorable: Set<Int>

        init(failures: Int = 0, unstorable: Set<Int> = []) {
            state = Mutex(State(failuresLeft: failures))
            self.unstorable = unstorable
        }

        var rows: [ServedRow] { state.withLock { $0.rows } }
        var losses: [ServedLogLoss] { state.withLock { $0.losses } }

        func write(_ rows: [ServedRow]) async throws {
            try state.withLock { state in
                try Self.mayFail(&state)
                if rows.contains(where: { unstorable.contains($0.ordinal) }) { throw UnstorableRows(reason: "test") }
                state.rows += rows
            }
        }

        func record(_ losses: [ServedLogLoss]) async throws {
            try state.withLock { state in
                try Self.mayFail(&state)
                state.losses += losses
            }
        }

        private static func mayFail(_ state: inout State) throws {
            guard state.failuresLeft > 0 else { return }
            state.failuresLeft -= 1
            throw Refused()
        }
    }

    private static func loss(_ rows: Int, _ cause: ServedLogLoss.Cause) -> ServedLogLoss {
        ServedLogLoss(
            service: "svc", cause: cause, host: "test-host", rows: rows, first: ServerFixture.now, last: ServerFixture.now)
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
        let record = ServedRecord(cut: ServerFixture.now, run: 1, event: ServerFixture.event, available: ServerFixture.event)
        #expect(rows.map(\.records) == [[record], [nil]])
        #expect(rows[0].schema.viewFingerprints == [ServerFixture.plan(logSample: 1).featureView(named: "cards")?.fingerprint])
        #expect(rows[0].monotonicMicroseconds > 0 && rows[0].monotonicMicroseconds == rows[1].monotonicMicroseconds)
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
        #expect(sink.losses == [Self.loss(2, .queueFull)])
    }

    @Test func countsAreInHealthAndMetrics() async throws {
        let log = makeLog(MemorySink(), capacity: 3)
        let fixture = try await ServerFixture(log: log, logSample: 1)
        for _ in 0..<3 {
            _ = try await fixture.post(#"{"entities": {"extra": [1, 2], "card": [1, 2]}, "feature_service": "svc"}"#)
        }
        #expect(
            try await fixture.get("/health").body
                == #"{"status":"ok","served_log":{"written":0,"dropped":4,"queued":2}}"#)
        let metrics = try await fixture.get("/metrics").body
        #expect(metrics.contains("\nasof_served_log_rows_total{outcome=\"dropped\"} 4\n"))
        #expect(metrics.contains("\nasof_served_log_queued_rows 2\n"))
    }

    /// One row that can never be stored, which a caller may bring about, takes no other with it.
    @Test func aRowThatCannotBeStoredIsSetAside() async throws {
        let sink = MemorySink(unstorable: [1, 6])
        let log = makeLog(sink)
        let fixture = try await ServerFixture(log: log, logSample: 1)
        let many = (0..<8).map(String.init).joined(separator: ",")
        _ = try await fixture.post(
            #"{"entities": {"extra": [\#(many)], "card": [\#(many)]}, "feature_service": "svc"}"#)
        try await finish(log)
        #expect(sink.rows.map(\.ordinal) == [0, 2, 3, 4, 5, 7])
        #expect(log.counts == ServedLogCounts(written: 6, dropped: 2))
        #expect(sink.losses == [Self.loss(2, .unstorable)])
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

    @Test(arguments: [(2, 4, 0, []), (3, 1, 3, [3]), (6, 0, 4, [4]), (7, 0, 4, [4]), (8, 0, 4, [])])
    func aFailingSinkIsTriedAgainAndThenGivenUp(failures: Int, written: Int, dropped: Int, told: [Int]) async throws {
        let sink = MemorySink(failures: failures)
        let log = makeLog(sink)
        let fixture = try await ServerFixture(log: log, logSample: 1)
        _ = try await fixture.post(
            #"{"entities": {"extra": [1, 2, 3, 4], "card": [1, 2, 3, 4]}, "feature_service": "svc"}"#
        )
        try await finish(log)
        #expect(log.counts == ServedLogCounts(written: written, dropped: dropped))
        #expect(sink.rows.count == written)
        #expect(sink.losses == told.map { Self.loss($0, .storeUnavailable) })
    }
}
