import FeatureDefs
import OnlineStore
import RedisClient
import TestSupport
import Testing

/// Writers whose connections are cut in the middle of their batches.
struct WriterFaultTests {
    private static let view = TestPlans.view(
        "cards", keys: [JoinKey(name: "card", type: .int64)], features: [TestPlans.latest("note", .text)])
    private static let cards: Int64 = 3_000

    private static func layout(field: UInt32) -> OnlineViewLayout {
        OnlineViewLayout(project: "p", view: view, ids: ViewLayoutIDs(field: field, layout: 5))
    }

    /// Writes a row for each of the cards that have a cut, from the first on again until all went through.
    private static func write(
        _ text: String, to connection: RedisConnection, _ layout: OnlineViewLayout, cut: (Int64) -> Int64?
    ) async throws {
        while true {
            do {
                var rows = 0
                var writer = OnlineWriter(to: connection, layout: layout)
                for card in 0..<cards {
                    guard let cut = cut(card).map({ Timestamp(microseconds: $0) }) else { continue }
                    let cells: [FeatureValue] = layout.view.storedCells.map { cell in
                        if case .feature = cell { .string(text + String(repeating: ".", count: 500)) } else { .timestamp(cut) }
                    }
                    try await writer.write(
                        key: [.int64(card)], version: RowVersion(cut: cut, run: 1, event: cut, available: cut), cells: cells)
                    rows += 1
                }
                let counts = try await writer.finish()
                #expect(counts.written + counts.kept == rows)
                return
            } catch let error as RedisError {
                guard error.isUnreachable else { throw error }
            }
        }
    }

    /// Cuts every connection but its own, again and again, with some of the server's time in between. Returns how many it cut.
    private static func cutConnections(of connection: RedisConnection) async throws -> Int {
        var cut = 0
        for _ in 0..<40 {
            let reply = try await connection.send(RedisPipeline("CLIENT", "KILL", "TYPE", "normal")).first?.orThrow()
            if case .integer(let count) = reply { cut += Int(count) }
            for _ in 0..<50 { _ = try await connection.send(RedisPipeline("PING")) }
        }
        return cut
    }

    /// Of each entity's rows, one there before and those of two writers at once, by HSETNX and by script, the newest stays: whatever was
    /// stored before a connection was lost, and is written again.
    @Test func twoWritersThatLoseTheirConnectionsLeaveTheNewestRows() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let cutter = try await RedisConnection.connect(to: server.url)
        let (one, two) = (try await RedisConnection.connect(to: server.url), try await RedisConnection.connect(to: server.url))
        let rounds: ClosedRange<UInt32> = 1...5
        let cut = try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask { try await Self.cutConnections(of: cutter) }
            for round in rounds {
                let layout = Self.layout(field: round)
                try await Self.write("before", to: one, layout) { $0 % 5 == 0 ? ($0 % 10 == 0 ? 9 : 0) : nil }
                async let first = Self.write("first", to: one, layout) { $0 % 3 == 0 ? 3 : 1 }
                async let second = Self.write("second", to: two, layout) { _ in 2 }
                _ = try await (first, second)
            }
            return try await group.reduce(0, +)
        }
        // The first cut alone meets both.
        #expect(cut >= 2)
        for round in rounds {
            let found = try await OnlineReader(from: cutter).rows(
                of: [.init(Self.layout(field: round))], count: Int(Self.cards),
                columns: ["card": (0..<Self.cards).map { .int64($0) }])[0]
            let wrong = try (0..<Self.cards).filter { card in
                guard case .row(let row) = found[Int(card)], case .string(let text) = try row.value(at: 0) else { return true }
                return text.prefix { $0 != "." } != (card % 10 == 0 ? "before" : card % 3 == 0 ? "first" : "second")
            }
            #expect(wrong.isEmpty, "round \(round): cards \(wrong.prefix(10))")
        }
    }
}
