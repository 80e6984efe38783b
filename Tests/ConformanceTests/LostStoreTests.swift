import FeatureDefs
import Materializer
import OnlineStore
import PostgresClient
import RedisClient
import TestSupport
import Testing

@testable import OfflineStore

/// A run during which Redis loses what it has does not count as one, and the next makes it good.
@Suite struct LostStoreTests {
    private static let definitions = """
        entities:
          card: {join_keys: {card_id: int64}}
        sources:
          payments: {table: payments, event_timestamp: at}
        feature_views:
          card_payments:
            entities: [card]
            source: payments
            features:
              last_amount: {latest: amount}
              last_note: {latest: note}
        """
    /// So many, and their notes so long, that rows are in Redis before the last ones are computed.
    private static let cards = 4_000

    /// A store of its own with rows of many cards, applied.
    private struct Bench {
        let connection: PostgresConnection
        let target: MaterializationTarget

        init() async throws {
            connection = try await StoreBench.connect()
            try await connection.executeScript(
                """
                CREATE TABLE payments (card_id int8, amount float8, note text, at timestamptz);
                INSERT INTO payments SELECT c, c, repeat('x', 1000), '2024-03-01' FROM generate_series(1, \(LostStoreTests.cards)) AS c
                """)
            let files = [SourceFile(path: "features/lost.yaml", text: LostStoreTests.definitions)]
            let parsed = parseProject(files, project: "lost")
            let plan = try compile(parsed, catalogue: try await CatalogueReader(connection: connection).read(parsed.sources))
            let applied = try #require(
                try await Registry(connection: connection, project: "lost")
                    .apply(plan, appliedBy: "test", engineVersion: "test"))
            let view = try #require(applied.plan.featureViews.first)
            target = MaterializationTarget(view: view, ids: try #require(applied.layouts[view.name]))
        }

        func materialize(
            _ online: RedisConnection, day: Int, isFull: Bool = false, _ disturb: @escaping @Sendable () -> Void = {}
        ) async throws -> MaterializationRun {
            let once = Once(disturb)
            let materializer = Materializer(project: "lost", offline: connection, online: online) { _, progress in
                guard case .rows(let rows) = progress, rows > LostStoreTests.cards / 2, rows < LostStoreTests.cards else {
                    return
                }
                once.run()
            }
            let instant = try #require(Timestamp("2024-04-0\(day)T00:00:00Z"))
            return try await materializer.materialize(target, at: instant, startedAt: instant, isFull: isFull)
        }

        /// Every card gets another row.
        func touch() async throws {
            try await connection.execute(
                "INSERT INTO payments SELECT card_id, amount + 1, note, at + interval '1 s' FROM payments")
        }

        func isClean(_ online: RedisConnection) async throws -> Bool {
            let reconciled = try await Reconciler(project: "lost", offline: connection, online: online)
                .reconcile(target, sample: nil, repairs: false, startedAt: .epoch)
            return reconciled?.isClean == true && reconciled?.compared == LostStoreTests.cards
        }
    }

    /// Of the calls of a body, the first.
    private final class Once: @unchecked Sendable {
        // A run reports its progress from one task at a time.
        private var body: (() -> Void)?

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }

        func run() {
            body?()
            body = nil
        }
    }

    private static func flush(_ arguments: [String]) {
        _ = try? RedisCommandLine.run(arguments + ["FLUSHALL"])
    }

    @Test(arguments: [false, true]) func aServerThatIsEmptiedInMidRun(isFirstRun: Bool) async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        guard case .unixSocket(let path) = server.url.endpoint else { return }
        try await expectRecovery(try await RedisConnection.connect(to: server.url), isFirstRun) { Self.flush(["-s", path]) }
    }

    @Test(arguments: [false, true]) func aPrimaryOfAClusterThatIsEmptiedInMidRun(isFirstRun: Bool) async throws {
        let cluster = try await PrivateRedisCluster()
        let port = try await cluster.primary(of: "some key").port
        try await expectRecovery(try await RedisConnection.connect(to: cluster.address), isFirstRun) {
            Self.flush(["-p", "\(port)"])
        }
    }

    /// It comes back with what it had saved in the middle of the run.
    @Test func aServerThatRestartsInMidRunFromWhatItHadSaved() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let online = try await RedisConnection.connect(to: server.url)
        let bench = try await Bench()
        _ = try await bench.materialize(online, day: 1)
        try await bench.touch()
        let layout = OnlineViewLayout(project: "lost", view: bench.target.view, ids: bench.target.ids)
        let mark = OnlineRunMark(project: "lost", on: online)
        try await mark.begin(run: 1_000, of: layout)
        var save = RedisPipeline()
        save.startCommand("SAVE")
        _ = try await online.send(save)
        #expect(try await mark.isWhole(run: 1_000, of: layout))
        server.kill()
        try await server.start()
        #expect(try await !mark.isWhole(run: 1_000, of: layout))
        let next = try await bench.materialize(online, day: 2)
        // What was saved has the last run's mark and its rows. (That Postgres counts many changed rows may ask for a full run all the same.)
        #expect(next.scope.fullRunReason != .onlineStoreLostRun)
        #expect(try await bench.isClean(online))
        await bench.connection.close()
    }

    private func expectRecovery(
        _ online: RedisConnection, _ isFirstRun: Bool, _ flush: @escaping @Sendable () -> Void
    ) async throws {
        let bench = try await Bench()
        if !isFirstRun {
            #expect(try await bench.materialize(online, day: 1).scope.isFull)
            try await bench.touch()
        }
        await #expect(throws: MaterializationError.onlineStoreLostRows(view: "card_payments")) {
            _ = try await bench.materialize(online, day: 2, flush)
        }
        let next = try await bench.materialize(online, day: 3)
        #expect(next.scope.fullRunReason == (isFirstRun ? .firstRun : .onlineStoreLostRun))
        #expect(try await bench.isClean(online))
        try await bench.touch()
        #expect(try await bench.materialize(online, day: 4).scope.fullRunReason != .onlineStoreLostRun)
        #expect(try await bench.isClean(online))
        await bench.connection.close()
    }
}
