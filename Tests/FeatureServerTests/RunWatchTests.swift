import FeatureDefs
import Logging
import OnlineStore
import RedisClient
import Synchronization
import TestSupport
import Testing

@testable import FeatureServer

/// What a server says of a Redis that loses what it had.
@Suite struct RunWatchTests {
    /// Keeps what is logged.
    private struct Recorder: LogHandler {
        final class Lines: Sendable {
            let all = Mutex<[String]>([])
        }

        let lines: Lines
        var logLevel = Logger.Level.debug
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.all.withLock { $0.append("\(event.level): \(event.message)") }
        }
    }

    private struct Fixture {
        let server: PrivateRedisServer
        let connection: RedisConnection
        let lookup: FeatureLookup
        private let layout: OnlineViewLayout
        private let lines = Recorder.Lines()

        init() async throws {
            server = try PrivateRedisServer()
            try await server.start()
            connection = try await RedisConnection.connect(to: server.url)
            let view = TestPlans.view(
                "cards", keys: [JoinKey(name: "card", type: .int64)], features: [TestPlans.latest("amount")])
            let plan = Plan(project: "p", entities: [], featureViews: [view], onDemandViews: [], services: [])
            let ids = ViewLayoutIDs(field: 1, layout: 1)
            layout = OnlineViewLayout(project: "p", view: view, ids: ids)
            lookup = FeatureLookup(plan: plan, ids: ["cards": ids], connection: connection)
        }

        func mark(run: UInt32) async throws {
            let mark = OnlineRunMark(project: "p", on: connection)
            try await mark.begin(run: run, of: layout)
            #expect(try await mark.set(run: run, of: layout))
        }

        func watch(recorded: @escaping @Sendable () -> [RecordedRun]) -> Task<Void, any Error> {
            let watch = RunWatch(
                current: { [lookup] in ServedPlan(lookup: lookup, fingerprint: "f") }, recorded: { recorded() },
                timeout: .seconds(5), logger: Logger(label: "test") { [lines] _ in Recorder(lines: lines) })
            return Task { try await watch.run() }
        }

        var said: [String] { lines.all.withLock { $0 } }

        /// For a minute, however slow the machine is.
        func wait(until isReached: () async throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation) async throws {
            let deadline = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < deadline {
                if try await isReached() { return }
                try await Task.sleep(for: .milliseconds(50))
            }
            Issue.record("\(said)", sourceLocation: sourceLocation)
        }
    }

    /// Nobody looks anything up.
    @Test func aLossIsToldOnceAndSoIsItsEnd() async throws {
        let fixture = try await Fixture()
        let watch = fixture.watch { [] }
        // A mark that the watch has not seen yet, on a slow machine, nobody misses.
        try await fixture.wait {
            try await fixture.mark(run: 5)
            try await Task.sleep(for: .milliseconds(1500))
            _ = try await fixture.connection.send(RedisPipeline("FLUSHALL"))
            try await Task.sleep(for: .milliseconds(1500))
            return !fixture.said.isEmpty
        }
        // Away is not whole again.
        fixture.server.kill()
        try await Task.sleep(for: .milliseconds(2500))
        #expect(fixture.said.count == 1)
        try await fixture.server.start()
        try await Task.sleep(for: .milliseconds(1500))
        #expect(fixture.said.count == 1)
        #expect(fixture.said[0].hasPrefix("error: Redis at ") && fixture.said[0].contains("feature view `cards`"))
        try await fixture.mark(run: 6)
        try await fixture.wait { fixture.said.count == 2 }
        #expect(fixture.said.last == "notice: Redis has what was materialized again")
        watch.cancel()
        try await watch.value
    }

    /// Its runs count anew, and Redis has its newest.
    @Test func aRegistryThatWasPutBackIsAsked() async throws {
        let fixture = try await Fixture()
        try await fixture.mark(run: 7)
        try await fixture.lookup.requireMaterializedRows(timeout: .seconds(5))
        try await fixture.mark(run: 3)
        await #expect(throws: RedisError.self) { try await fixture.lookup.requireMaterializedRows(timeout: .seconds(5)) }
        let watch = fixture.watch { [RecordedRun(view: "cards", number: 3, settlesIn: .zero)] }
        try await fixture.wait { fixture.said.count == 2 }
        try await fixture.lookup.requireMaterializedRows(timeout: .seconds(5))
        watch.cancel()
        try await watch.value
    }
}
