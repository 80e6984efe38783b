import FeatureDefs
import OnlineStore
import RedisClient
import TestSupport
import Testing

/// Compare-and-set, sweep and read on a real Redis.
struct OnlineWriterTests {
    static let keys = [JoinKey(name: "b", type: .int64), JoinKey(name: "a", type: .string)]
    static let view = TestPlans.view("v", keys: keys, features: [TestPlans.latest("x")])

    private func layout(project: String = "p", field: UInt32 = 36, layout: UInt32 = 1) -> OnlineViewLayout {
        OnlineViewLayout(project: project, view: Self.view, ids: ViewLayoutIDs(field: field, layout: layout))
    }

    private func version(_ cut: Int64, _ event: Int64 = 0, _ available: Int64 = 0, run: UInt32 = 7) -> RowVersion {
        RowVersion(
            cut: Timestamp(microseconds: cut), run: run, event: Timestamp(microseconds: event),
            available: Timestamp(microseconds: available)
        )
    }

    private func write(
        _ value: Int64, _ version: RowVersion, to connection: RedisConnection, layout: OnlineViewLayout,
        key: [FeatureValue] = [.int64(1), .string("one")], repairing latestCut: Timestamp? = nil
    ) async throws -> OnlineWriteCounts {
        var writer = OnlineWriter(to: connection, layout: layout, repairing: latestCut)
        try await writer.write(key: key, version: version, cells: [.int64(value), .timestamp(version.event)])
        return try await writer.finish()
    }

    private func read(_ layout: OnlineViewLayout, from connection: RedisConnection) async throws -> StoredRow? {
        let columns: [String: [FeatureValue]] = ["b": [.int64(1)], "a": [.string("one")]]
        return try await OnlineReader(from: connection).rows(of: [.init(layout)], count: 1, columns: columns)[0].first
    }

    private func value(_ row: StoredRow?) throws -> FeatureValue? {
        guard case .row(let row)? = row else { return nil }
        return try row.value(at: 0)
    }

    /// All orders of arrival of versions that differ by little, below zero and beyond 2^53.
    @Test func theGreatestVersionStaysWhateverTheOrder() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        let large: Int64 = 1 << 53
        let ascending = [
            version(.min, 0, 0), version(-large - 1, 5, 5), version(-large, -1, 9), version(-large, 0, -1),
            version(-large, 0, 0), version(-1, 0, 0), version(0, 0, 0), version(1, -9, 0),
            version(large, 0, 0), version(large + 1, 0, 0), version(large + 1, 0, 1),
            version(large + 1, -9, -9, run: 8), version(large + 1, -9, -9, run: .max), version(large + 2, -9, -9, run: 0),
            version(.max, .min, .min),
        ]
        for (older, low) in ascending.enumerated() {
            for newer in (older + 1)..<ascending.count {
                let upward = layout(field: 1)
                #expect(try await write(1, low, to: connection, layout: upward) == OnlineWriteCounts(written: 1))
                #expect(try await write(2, ascending[newer], to: connection, layout: upward) == OnlineWriteCounts(written: 1))
                #expect(
                    try await write(3, low, to: connection, layout: upward)
                        == OnlineWriteCounts(kept: 1, outranked: ascending[newer].run == 0 ? 0 : 1))
                #expect(try await value(read(upward, from: connection)) == .int64(2))
                _ = try await connection.send(RedisPipeline("FLUSHALL"))
            }
        }
    }

    @Test func anEqualVersionIsWrittenAgain() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        _ = try await write(1, version(5, 5, 5), to: connection, layout: layout())
        #expect(try await write(2, version(5, 5, 5), to: connection, layout: layout()).written == 1)
        #expect(try await value(read(layout(), from: connection)) == .int64(2))
    }

    @Test func aNewerLayoutWinsWhateverTheTimes() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        _ = try await write(1, version(9), to: connection, layout: layout(layout: 1))
        #expect(try await write(2, version(1), to: connection, layout: layout(layout: 300)).written == 1)
        #expect(try await write(3, version(99), to: connection, layout: layout(layout: 2)).kept == 1)
        #expect(try await value(read(layout(layout: 300), from: connection)) == .int64(2))
        #expect(
            try await read(layout(layout: 2), from: connection)
                == .undecodable(.otherLayout(found: 300, expected: 2))
        )
        let forced = try await write(4, version(0), to: connection, layout: layout(layout: 2), repairing: version(0).cut)
        #expect(forced.written == 1)
        #expect(try await value(read(layout(layout: 2), from: connection)) == .int64(4))
    }

    @Test func garbageIsToldAndOverwritten() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        var key: [UInt8] = []
        #expect(try layout().keyEncoder.encode(into: &key) { [.string("one"), .int64(1)][$0] })
        var pipeline = RedisPipeline()
        pipeline.startCommand("HSET")
        pipeline.add(key)
        pipeline.add("10")
        pipeline.add("junk")
        _ = try await connection.send(pipeline)
        #expect(try await read(layout(), from: connection) == .undecodable(.truncated(size: 4, needed: 32)))
        #expect(try await write(1, version(0), to: connection, layout: layout()).written == 1)
        #expect(try await value(read(layout(), from: connection)) == .int64(1))
    }

    @Test func manyRowsGoInAndNullKeysDoNot() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        var writer = OnlineWriter(to: connection, layout: layout())
        for index in 0..<20_000 as Range<Int64> {
            let key: [FeatureValue] = index % 10 == 0 ? [.null, .string("x")] : [.int64(index), .string("x")]
            try await writer.write(key: key, version: version(1), cells: [.int64(index), .null])
        }
        #expect(try await writer.finish() == OnlineWriteCounts(written: 18_000, nullKeys: 2_000))
        #expect(try await connection.send(RedisPipeline("DBSIZE")) == [.integer(18_000)])
    }

    /// So many that they are offered by HSETNX first: new, older and newer rows mixed, and some twice.
    @Test(arguments: [1, 4]) func manyRowsMeetOlderAndNewerOnes(newEntities: Int64) async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        let count: Int64 = 6000
        func key(_ entity: Int64) -> [FeatureValue] { [.int64(entity), .string("one")] }
        var before = OnlineWriter(to: connection, layout: layout())
        for entity in 0..<count where entity % (newEntities + 1) == 0 {
            // Of the rows that are there every other one is newer than what comes.
            let cut: Int64 = entity % 2 == 0 ? 9 : 1
            try await before.write(key: key(entity), version: version(cut), cells: [.int64(cut), .null])
        }
        let there = try await before.finish().written
        var writer = OnlineWriter(to: connection, layout: layout())
        for entity in 0..<count {
            try await writer.write(key: key(entity), version: version(5), cells: [.int64(5), .null])
            guard entity % 100 == 7 else { continue }
            try await writer.write(key: key(entity), version: version(4), cells: [.int64(4), .null])
            try await writer.write(key: key(entity), version: version(6), cells: [.int64(6), .null])
        }
        let counts = try await writer.finish()
        let columns: [String: [FeatureValue]] = [
            "b": (0..<count).map { .int64($0) }, "a": (0..<count).map { _ in .string("one") },
        ]
        let rows = try await OnlineReader(from: connection).rows(of: [.init(layout())], count: Int(count), columns: columns)[0]
        var kept = 0
        for entity in 0..<count {
            let isNewer = entity % (newEntities + 1) == 0 && entity % 2 == 0
            if isNewer { kept += 1 }
            let expected: Int64 = isNewer ? 9 : entity % 100 == 7 ? 6 : 5
            #expect(try value(rows[Int(entity)]) == .int64(expected), "entity \(entity)")
        }
        #expect(there > 1000 && kept > 500)
        // Of a row that comes three times the one in the middle is older than the first; of a newer one all three are.
        let twice = (0..<count).filter { $0 % 100 == 7 }
        let twiceKept = twice.filter { $0 % (newEntities + 1) == 0 && $0 % 2 == 0 }.count
        #expect(counts.kept == kept + twice.count + twiceKept)
        #expect(counts.written + counts.kept == Int(count) + 2 * twice.count)
    }

    @Test func readingAnswersDuplicatesMissingAndNullKeysInOrder() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        let first = layout(field: 1)
        let second = layout(field: 2)
        _ = try await write(10, version(1), to: connection, layout: first)
        _ = try await write(20, version(1), to: connection, layout: second)
        _ = try await write(11, version(1), to: connection, layout: first, key: [.int64(2), .string("two")])
        let columns: [String: [FeatureValue]] = [
            "b": [.int64(2), .int64(1), .int64(9), .null, .int64(2)],
            "a": [.string("two"), .string("one"), .string("one"), .string("one"), .string("two")],
        ]
        let rows = try await OnlineReader(from: connection).rows(of: [.init(first), .init(second)], count: 5, columns: columns)
        #expect(try rows[0].map { try value($0) } == [.int64(11), .int64(10), nil, nil, .int64(11)])
        #expect(try rows[1].map { try value($0) } == [nil, .int64(20), nil, nil, nil])
        #expect(rows[0][2] == .missing)
    }

    @Test func aSweepRemovesOnlyWhatIsOlderAndOurs() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        // A project whose name is a glob that would match the other's.
        let ours = layout(project: "p*[a-z]?\\")
        let others = layout(project: "p*[a-z]?\\x")
        let look = layout(project: "pppx??q")
        var writer = OnlineWriter(to: connection, layout: ours)
        for index in 0..<3_000 as Range<Int64> {
            try await writer.write(
                key: [.int64(index), .string("e")], version: version(index < 1_000 ? -5 : 5), cells: [.int64(index), .null]
            )
        }
        _ = try await writer.finish()
        let otherField = layout(project: "p*[a-z]?\\", field: 77)
        for other in [others, look, otherField] {
            _ = try await write(1, version(-100), to: connection, layout: other)
        }
        let newerLayout = layout(project: "p*[a-z]?\\", layout: 2)
        _ = try await write(
            1, version(-100), to: connection, layout: newerLayout, key: [.int64(0), .string("e")]
        )
        let sweep = OnlineSweep(on: connection)
        #expect(
            try await sweep.removeRows(of: ours, olderThan: Timestamp(microseconds: 5), run: 7)
                == RemovalCounts(removed: 999, outranked: 1))
        #expect(try await connection.send(RedisPipeline("DBSIZE")) == [.integer(2_001 + 3)])
        // Of the same cut, but an earlier run: what the later run did not write again.
        let counts = try await sweep.removeRows(of: ours, olderThan: Timestamp(microseconds: 5), run: 8)
        // So many keys go that Redis makes its table smaller, and then SCAN may meet the one that stays twice.
        #expect(counts.removed == 2_000 && counts.outranked >= 1)
        #expect(try await connection.send(RedisPipeline("DBSIZE")) == [.integer(1 + 3)])
        for other in [others, look, otherField] { #expect(try await value(read(other, from: connection)) == .int64(1)) }
    }

    @Test func onlyOlderRowsAreRemovedOneByOne() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        var writer = OnlineWriter(to: connection, layout: layout())
        for index in 0..<500 as Range<Int64> {
            try await writer.write(key: [.int64(index), .string("x")], version: version(index), cells: [.int64(index), .null])
        }
        _ = try await writer.finish()
        var remover = OnlineRemover(
            of: layout(), olderThan: Timestamp(microseconds: 300), run: 7, on: connection)
        for index in 200..<600 as Range<Int64> { try await remover.remove(key: [.int64(index), .string("x")]) }
        try await remover.remove(key: [.null, .string("x")])
        #expect(try await remover.finish() == RemovalCounts(removed: 100, outranked: 199))
        #expect(try await connection.send(RedisPipeline("DBSIZE")) == [.integer(400)])
    }
}
