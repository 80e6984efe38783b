import FeatureDefs
import PostgresClient
import RedisClient
import TestSupport
import Testing

@testable import Materializer
@testable import OfflineStore
@testable import OnlineStore

/// A full run removes the rows of entities that are gone, and walks Redis' keys only where there can be some.
@Suite struct FullRunSweepTests {
    /// Has a Redis of its own, whose calls are counted.
    private struct Bench {
        let server: PrivateRedisServer
        let push: PushBench

        init(shops: String...) async throws {
            server = try PrivateRedisServer()
            try await server.start()
            push = try await PushBench(redis: try await RedisConnection.connect(to: server.url))
            for shop in shops { try await push.connection.execute("INSERT INTO ratings VALUES ('\(shop)', 1, '2024-01-01')") }
        }

        /// A full run, and how many times it asked for keys.
        func runInFull(
            beforeTheSweep disturb: @escaping @Sendable () -> Void = {}
        ) async throws -> (run: MaterializationRun, scans: Int) {
            let before = try await scans()
            let target = MaterializationTarget(
                view: try #require(push.plan.featureView(named: "rating")), ids: try #require(push.ids["rating"]))
            let materializer = Materializer(project: "push", offline: push.connection, online: push.redis) { _, progress in
                if case .rows = progress { disturb() }
            }
            let run = try await materializer.materialize(target, at: .present(notBefore: .epoch), startedAt: .epoch, isFull: true)
            return (run, try await scans() - before)
        }

        private func scans() async throws -> Int {
            guard case .bytes(let statistics) = try await push.redis.send(RedisPipeline("INFO", "commandstats"))[0] else {
                return -1
            }
            let found = String(decoding: statistics, as: UTF8.self).firstMatch(of: /cmdstat_scan:calls=(\d+)/)
            return found.flatMap { Int($0.1) } ?? 0
        }

        func stars(_ shop: String) async throws -> FeatureValue {
            try await push.served("rating", ["shop": .string(shop)])[0]
        }

        /// As another process does it.
        func delete(_ shop: String) throws -> @Sendable () -> Void {
            guard case .unixSocket(let path) = server.url.endpoint else { throw CancellationError() }
            let view = try #require(push.plan.featureView(named: "rating"))
            var key: [UInt8] = []
            let layout = OnlineViewLayout(project: "push", view: view, ids: try #require(push.ids["rating"]))
            _ = try layout.encode(key: [.string(shop)], into: &key)
            let name = try #require(String(validating: key, as: UTF8.self))
            return { _ = try? RedisCommandLine.run(["-s", path, "DEL", name]) }
        }

        func forget(_ shop: String) async throws {
            try await push.connection.execute("DELETE FROM ratings WHERE shop = '\(shop)'")
        }
    }

    @Test func keysAreWalkedWhereThereAreMoreThanTheRunWrote() async throws {
        let bench = try await Bench(shops: "a", "b", "c")
        #expect(try await bench.runInFull().scans == 0)
        #expect(try await bench.runInFull().scans == 0)
        try await bench.forget("c")
        let last = try await bench.runInFull()
        #expect(last.scans > 0 && last.run.rowsRemoved == 1)
        #expect(try await bench.stars("c") == .null)
        #expect(try await bench.stars("b") == .int64(1))
        #expect(try await bench.runInFull().scans == 0)
        // A key of somebody else's.
        _ = try await bench.push.redis.send(RedisPipeline("SET", "theirs", "1"))
        let beside = try await bench.runInFull()
        #expect(beside.scans > 0 && beside.run.rowsRemoved == 0)
        await bench.push.close()
    }

    /// There are as many keys as the run wrote, one of them another.
    @Test func whatAPushRemovesMeanwhileHidesNothing() async throws {
        let bench = try await Bench(shops: "a", "b", "c")
        #expect(try await bench.runInFull().scans == 0)
        let request = PushBench.request(
            "rating", [("shop", [.string("b")]), ("stars", [.number("5")]), ("at", [.string("2024-01-02")])])
        _ = try await bench.push.pusher().push(request)
        try await bench.forget("c")
        let last = try await bench.runInFull(beforeTheSweep: try bench.delete("b"))
        #expect(try await bench.stars("b") == .null)
        #expect(last.scans > 0 && last.run.rowsRemoved == 1)
        #expect(try await bench.stars("c") == .null)
        await bench.push.close()
    }

    /// A user of Redis who may not ask how many keys there are.
    @Test func keysAreWalkedWhereTheirNumberIsNotTold() async throws {
        let bench = try await Bench(shops: "a", "b")
        _ = try await bench.push.redis.send(RedisPipeline("ACL", "SETUSER", "default", "-dbsize"))
        _ = try await bench.runInFull()
        try await bench.forget("b")
        let last = try await bench.runInFull()
        #expect(last.scans > 0 && last.run.rowsRemoved == 1)
        await bench.push.close()
    }
}
