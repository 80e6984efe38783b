import FeatureDefs
import OnlineStore
import RedisClient
import TestSupport
import Testing

/// The online store on a cluster: rows of one view are on all its servers.
struct ClusterStoreTests {
    @Test func rowsAreWrittenReadSweptAndMarkedOnEveryServer() async throws {
        let cluster = try await PrivateRedisCluster()
        let connection = try await RedisConnection.connect(to: cluster.address)
        let keys = [JoinKey(name: "card", type: .int64)]
        let view = TestPlans.view("cards", keys: keys, features: [TestPlans.count("n")])
        let layout = OnlineViewLayout(project: "p", view: view, ids: ViewLayoutIDs(field: 1, layout: 5))
        let count: Int64 = 500
        func write(_ entities: [Int64], cut: Int64, run: UInt32) async throws -> OnlineWriteCounts {
            var writer = OnlineWriter(to: connection, layout: layout)
            for entity in entities {
                try await writer.write(
                    key: [.int64(entity)],
                    version: RowVersion(
                        cut: Timestamp(microseconds: cut), run: run, event: .negativeInfinity, available: .negativeInfinity),
                    cells: [.int64(entity * cut)])
            }
            return try await writer.finish()
        }
        func values() async throws -> [FeatureValue?] {
            let rows = try await OnlineReader(from: connection).rows(
                of: [.init(layout)], count: Int(count), columns: ["card": (0..<count).map { .int64($0) }])[0]
            return rows.map { if case .row(let row) = $0 { try? row.value(at: 0) } else { nil } }
        }
        #expect(try await write(Array(0..<count), cut: 1, run: 1) == OnlineWriteCounts(written: Int(count)))
        #expect(try await values() == (0..<count).map { .int64($0) })
        // Newer ones for the even, then older ones for all: which are kept out, on every server.
        let even = Array(stride(from: 0, to: count, by: 2))
        _ = try await write(even, cut: 3, run: 2)
        #expect(
            try await write(Array(0..<count), cut: 2, run: 3)
                == OnlineWriteCounts(written: Int(count) / 2, kept: Int(count) / 2, outranked: Int(count) / 2))
        #expect(try await values() == (0..<count).map { .int64($0 * ($0 % 2 == 0 ? 3 : 2)) })
        let removed = try await OnlineSweep(on: connection).removeRows(of: layout, olderThan: Timestamp(microseconds: 3), run: 2)
        #expect(removed == RemovalCounts(removed: Int(count) / 2))
        #expect(try await values() == (0..<count).map { $0 % 2 == 0 ? .int64($0 * 3) : nil })
        var remover = OnlineRemover(of: layout, olderThan: Timestamp(microseconds: 4), run: 1, on: connection)
        for entity in 0..<count { try await remover.remove(key: [.int64(entity)]) }
        #expect(try await remover.finish() == RemovalCounts(removed: Int(count) / 2))
        #expect(try await values() == Array(repeating: nil, count: Int(count)))
        let mark = OnlineRunMark(project: "p", on: connection)
        #expect(try await mark.run(of: layout) == nil)
        try await mark.begin(run: 7, of: layout)
        #expect(try await mark.set(run: 7, of: layout))
        #expect(try await mark.run(of: layout) == 7)
        // One primary loses all it has: neither the run that is marked nor the one under way is whole.
        try await mark.begin(run: 8, of: layout)
        let primary = try await cluster.primary(of: "some key")
        #expect(try await mark.isWhole(run: 8, of: layout))
        #expect(try await primary.says("FLUSHALL") == .status("OK"))
        #expect(try await mark.run(of: layout) == nil)
        #expect(try await !mark.isWhole(run: 8, of: layout))
        #expect(try await !mark.set(run: 8, of: layout))
        #expect(try await mark.run(of: layout) == nil)
    }
}
