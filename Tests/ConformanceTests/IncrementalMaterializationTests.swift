import FeatureDefs
import Materializer
import Oracle
import PostgresClient
import TestSupport
import Testing
import Verification

@testable import OfflineStore

/// After any sequence of runs, what Redis has is what one full run at that instant would write.
@Suite struct IncrementalMaterializationTests {
    private static let seedsPerBlock: UInt64 = 12
    private static let steps = 8

    /// Rows arrive late, are corrected, leave windows; runs crash and are run again.
    @Test(arguments: 0..<4)
    func incrementalRunsEqualAFullOne(block: UInt64) async throws {
        let connection = try await StoreBench.connect()
        var incremental = 0
        var compared = 0
        for seed in block * Self.seedsPerBlock..<(block + 1) * Self.seedsPerBlock {
            var random = SeededGenerator(seed: seed &+ 7_000_000)
            let store = RandomStore(seed: seed, options: .init(isServable: true, rowsPerTable: 90))
            var bench = try await IncrementalBench(store, on: connection, random: &random)
            // Close together, so that several runs may have the same cut.
            let instants = (0..<Self.steps).map { _ in store.instant(random: &random) }.sorted()
            for (step, instant) in instants.enumerated() {
                try await bench.letRowsArrive(random: &random)
                if random.oneIn(2) { try await bench.changeRows(random: &random) }
                if random.oneIn(4) { try await bench.moveRows(random: &random) }
                if random.oneIn(4) { try await bench.deleteRows(random: &random) }
                if random.oneIn(4) {
                    try await bench.crashMidway(at: instant, random: &random)
                    if random.oneIn(2) { try await bench.loseRows(random: &random) }
                }
                if random.oneIn(6) {
                    // As with `--at`, for the rows there are by now; some are gone when the next run comes.
                    try await bench.materialize(at: instants[Int.random(in: 0...step, using: &random)])
                    if random.oneIn(2) { try await bench.loseRows(random: &random) }
                }
                if random.oneIn(3) { try await bench.letRowsArrive(random: &random) }
                if random.oneIn(3) { try await bench.keepFewerBuckets(random: &random) }
                let scopes = try await bench.materialize(at: instant)
                incremental += scopes.count { !$0.isFull }
                let expected = try await bench.expected(at: instant)
                let actual = try await bench.actual()
                compared += expected.count
                #expect(actual == expected, "seed \(seed) at \(instant), \(scopes)\n\(store.yaml)")
                guard random.oneIn(3) else { continue }
                // Once more at the same instant, so that time itself changes nothing: what a run wrote that does not count is lost again.
                try await bench.letRowsArrive(random: &random)
                if random.oneIn(2) {
                    try await bench.crashMidway(at: instant, random: &random)
                } else {
                    try await bench.materialize(at: instants[Int.random(in: 0...step, using: &random)])
                }
                try await bench.loseRows(random: &random)
                try await bench.materialize(at: instant)
                let again = try await bench.expected(at: instant)
                #expect(try await bench.actual() == again, "seed \(seed), again at \(instant)\n\(store.yaml)")
            }
            bench.close()
        }
        #expect(incremental > 60, "only \(incremental) runs were incremental")
        #expect(compared > 300)
        await connection.close()
    }

    /// Pushed rows are online at once, as a full run at that instant would have them; the next run, late rows, crashes and pushes
    /// that come with an older clock end where one full run does.
    @Test(arguments: 0..<4)
    func pushesAndRunsEqualAFullRun(block: UInt64) async throws {
        let connection = try await StoreBench.connect()
        var pushed = 0
        for seed in block * Self.seedsPerBlock..<(block + 1) * Self.seedsPerBlock {
            var random = SeededGenerator(seed: seed &+ 9_000_000)
            let options = RandomStore.Options(isServable: true, rowsPerTable: 90, takesPushes: true)
            let store = RandomStore(seed: seed, options: options)
            var bench = try await IncrementalBench(store, on: connection, random: &random)
            // At one instant a run outranks a push, so each has its own.
            let instants = Set((0..<Self.steps).map { _ in store.instant(random: &random) }).sorted()
            for (step, instant) in instants.enumerated() {
                try await bench.letRowsArrive(random: &random)
                if random.oneIn(3) { try await bench.changeRows(random: &random) }
                if random.oneIn(4) { try await bench.crashMidway(at: instant - Period(microseconds: 1), random: &random) }
                let places = try await bench.push(at: instant, random: &random)
                let now = try await bench.expected(at: instant)
                let served = try await bench.actual()
                pushed += places.count
                for place in places {
                    #expect(served[place] == now[place], "seed \(seed) at \(instant), just pushed\n\(store.yaml)")
                }
                if random.oneIn(2) { _ = try await bench.push(at: instants[max(0, step - 1)], random: &random) }
                if random.oneIn(3) { try await bench.loseRows(random: &random) }
                if random.oneIn(3) {
                    // A run that took its instant before the pushes came: Redis keeps theirs, though rows have come since.
                    try await bench.letRowsArrive(random: &random)
                    try await bench.materialize(at: instant - Period(microseconds: 1))
                    if random.oneIn(2) { try await bench.loseRows(random: &random) }
                }
                let scopes = try await bench.materialize(at: instant)
                if random.oneIn(3) {
                    // By a clock that is behind: what is online stays, and the next run knows.
                    _ = try await bench.push(at: instant - Period(microseconds: 1), random: &random)
                    if random.oneIn(2) { try await bench.loseRows(random: &random) }
                    try await bench.materialize(at: instant)
                }
                #expect(
                    try await bench.actual() == bench.expected(at: instant),
                    "seed \(seed) at \(instant), \(scopes)\n\(store.yaml)")
                if random.oneIn(3) {
                    let isClean = try await bench.reconcile(at: instant, repairs: false).allSatisfy(\.isClean)
                    #expect(isClean, "seed \(seed) at \(instant)")
                }
            }
            bench.close()
        }
        #expect(pushed > 100, "only \(pushed) rows were pushed")
        await connection.close()
    }

    /// What others did to Redis is found, and mended, to the last row.
    @Test func reconciliationMendsWhatNoRunNotices() async throws {
        let connection = try await StoreBench.connect()
        var damaged = 0
        for seed in 0..<24 as Range<UInt64> {
            var random = SeededGenerator(seed: seed &+ 8_000_000)
            let store = RandomStore(seed: seed, options: .init(isServable: true))
            var bench = try await IncrementalBench(store, on: connection, random: &random)
            for _ in 0..<6 { try await bench.letRowsArrive(random: &random) }
            let instant = store.instant(random: &random)
            try await bench.materialize(at: instant)
            #expect(try await bench.reconcile(at: instant, repairs: false).allSatisfy(\.isClean), "seed \(seed), untouched")
            let count = try await bench.damage(random: &random)
            // Rows that have come since are no damage.
            try await bench.letRowsArrive(random: &random)
            let expected = try await bench.expected(at: instant)
            let seen = try await bench.reconcile(at: instant, repairs: false)
            #expect(seen.map(\.faults).reduce(0, +) <= count, "seed \(seed)")
            let mended = try await bench.reconcile(at: instant, repairs: true)
            // The run that goes first may have mended some already: those of entities that it cannot tell from changed ones.
            #expect(mended.map(\.repaired).reduce(0, +) <= seen.map(\.faults).reduce(0, +), "seed \(seed)")
            #expect(try await bench.actual() == expected, "seed \(seed): \(mended)")
            #expect(try await bench.reconcile(at: instant, repairs: false).allSatisfy(\.isClean), "seed \(seed), mended")
            damaged += seen.map(\.faults).reduce(0, +)
            bench.close()
        }
        // About 40; which rows change hangs on their places on disk, and so on when autovacuum came by.
        #expect(damaged > 10)
        await connection.close()
    }

    private static let yaml = """
        entities:
          card: {join_keys: {card_id: int64}}
        sources:
          payments: {table: payments, event_timestamp: at, created_timestamp: known_at}
        feature_views:
          card_payments:
            entities: [card]
            source: payments
            filter: "status = 'settled'"
            schedule: {every: 1h, lag: 5m}
            features:
              last_amount: {latest: amount}
              count_2h: {count: "*", window: 2h}
        feature_services:
          all: {features: [card_payments]}
        """

    private func payments(_ connection: PostgresConnection, as relation: String = "TABLE") async throws -> PlainBench {
        try await connection.executeScript("DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS asof CASCADE")
        try await connection.executeScript(
            """
            CREATE TABLE payments (card_id int8, amount float8, status text, at timestamptz, known_at timestamptz);
            INSERT INTO payments SELECT c, 10 * c, 'settled', '2024-03-01 10:30+00', '2024-03-01 10:31+00' FROM generate_series(1, 5) AS c;
            """)
        return try await PlainBench(Self.yaml, on: connection)
    }

    /// (card, amount, count) of every stored row.
    private func expect(_ bench: PlainBench, has expected: [[FeatureValue]], _ comment: Comment) async throws {
        #expect(try await bench.stored(keys: (1...9).map { [.int64($0)] }) == expected, comment)
    }

    private static func row(_ card: Int64, _ amount: Double, _ count: Int64) -> [FeatureValue] {
        [.int64(card), .float64(amount), .int64(count)]
    }

    @Test func whatNoTimestampTellsIsFound() async throws {
        let connection = try await StoreBench.connect()
        let bench = try await payments(connection)
        let noon = try #require(Timestamp("2024-03-01T12:05:00Z"))
        #expect(try await bench.materialize(at: noon).scope == .everyEntity(.firstRun))
        let first = (1...5).map { Self.row($0, Double(10 * $0), 1) }
        try await expect(bench, has: first, "the first run")

        // A row that claims to have been known before the last run; one that no longer passes the filter; one that moves out of sight.
        try await connection.executeScript(
            """
            INSERT INTO payments VALUES (1, 11, 'settled', '2024-03-01 10:45+00', '2024-03-01 10:46+00');
            UPDATE payments SET status = 'void' WHERE card_id = 2;
            UPDATE payments SET at = '2030-01-01' WHERE card_id = 3;
            """)
        let second = try await bench.materialize(at: noon)
        #expect(!second.scope.isFull && second.rowsRemoved == 2)
        try await expect(
            bench, has: [Self.row(1, 11, 2), Self.row(4, 40, 1), Self.row(5, 50, 1)], "the same cut, two cards gone")

        // Nothing happens, and time takes all rows out of the window.
        let later = try #require(Timestamp("2024-03-01T13:05:00Z"))
        let third = try await bench.materialize(at: later)
        #expect(!third.scope.isFull && third.rowsWritten == 3)
        try await expect(
            bench, has: [Self.row(1, 11, 0), Self.row(4, 40, 0), Self.row(5, 50, 0)], "windows have lost their rows")

        bench.close()
        await connection.close()
    }

    @Test(arguments: [
        (
            "TRUNCATE payments; INSERT INTO payments VALUES (4, 44, 'settled', '2024-03-01 10:30+00', NULL)",
            FullRunReason.sourceWasRewritten
        ),
        (
            """
            UPDATE payments SET amount = 43; ALTER TABLE payments ADD extra float8 DEFAULT 44;
            ALTER TABLE payments RENAME amount TO old; ALTER TABLE payments RENAME extra TO amount; DELETE FROM payments WHERE card_id <> 4
            """, .sourceWasRewritten
        ),
    ])
    func whatLeavesNoTraceLeadsToAFullRun(change: String, reason: FullRunReason) async throws {
        let connection = try await StoreBench.connect()
        let bench = try await payments(connection)
        let noon = try #require(Timestamp("2024-03-01T12:05:00Z"))
        try await bench.materialize(at: noon)
        for statement in change.split(separator: ";") { try await connection.execute(String(statement)) }
        let run = try await bench.materialize(at: noon)
        #expect(run.scope == .everyEntity(reason))
        try await expect(bench, has: [Self.row(4, 44, 1)], "\(reason)")
        bench.close()
        await connection.close()
    }

    /// Rows that are gone, and rows that are another entity's now, leave nothing in the table that would tell.
    @Test(arguments: [
        ("DELETE FROM payments WHERE card_id IN (2, 3)", [1, 4, 5]),
        ("UPDATE payments SET card_id = 9 WHERE card_id = 2", [1, 3, 4, 5, 9]),
        ("UPDATE payments SET card_id = NULL WHERE card_id = 2", [1, 3, 4, 5]),
        ("UPDATE payments SET card_id = card_id + 1", [2, 3, 4, 5, 6]),
        (
            "INSERT INTO payments SELECT 7, amount, status, at, known_at FROM payments WHERE card_id = 2; DELETE FROM payments WHERE card_id = 2",
            [1, 3, 4, 5, 7]
        ),
    ])
    func rowsThatAreGoneTakeTheirEntitysValueAlong(change: String, cards: [Int64]) async throws {
        let connection = try await StoreBench.connect()
        let bench = try await payments(connection)
        let noon = try #require(Timestamp("2024-03-01T12:05:00Z"))
        try await bench.materialize(at: noon)
        // Resets what Postgres counts for itself: nobody may rely on it.
        for statement in change.split(separator: ";") + ["SELECT pg_stat_reset()"] as [Substring] {
            try await connection.execute(String(statement))
        }
        let run = try await bench.materialize(at: noon)
        #expect(!run.scope.isFull)
        #expect(try await bench.stored(keys: (1...9).map { [.int64($0)] }).map { $0[0] } == cards.map { .int64($0) })
        bench.close()
        await connection.close()
    }

    /// A card of two payments loses one to another card; and rows that a long transaction kept from being settled are lost.
    @Test func anEntityThatKeepsSomeOfItsRowsIsComputedAnew() async throws {
        let connection = try await StoreBench.connect()
        let bench = try await payments(connection)
        let noon = try #require(Timestamp("2024-03-01T12:05:00Z"))
        let long = try await PostgresConnection.connect(to: connection.url)
        try await long.executeScript("BEGIN; CREATE TABLE held (x int)")
        try await connection.execute(
            "INSERT INTO payments SELECT card_id, 1, status, at + interval '1 minute', known_at FROM payments WHERE card_id < 3")
        let first = try await bench.materialize(at: noon)
        let second = try await bench.materialize(at: noon)
        let (before, after) = (try #require(first.sourceRows), try #require(second.sourceRows))
        #expect(after.losses(since: before) == nil, "nothing has changed, open transaction or not")
        try await connection.execute("UPDATE payments SET card_id = 3 WHERE card_id = 1 AND amount = 1")
        try await connection.execute("DELETE FROM payments WHERE card_id = 2 AND amount = 1")
        let run = try await bench.materialize(at: noon)
        #expect(!run.scope.isFull)
        try await expect(
            bench, has: [Self.row(1, 10, 1), Self.row(2, 20, 1), Self.row(3, 1, 2), Self.row(4, 40, 1), Self.row(5, 50, 1)], "")
        try await long.executeScript("ROLLBACK")
        await long.close()
        bench.close()
        await connection.close()
    }

    /// A base of few rows, and so of few buckets, tells of losses when there are many rows and more buckets.
    @Test func rowsAreMissedAfterTheTableHasGrown() async throws {
        let connection = try await StoreBench.connect()
        let bench = try await payments(connection)
        let noon = try #require(Timestamp("2024-03-01T12:05:00Z"))
        let first = try await bench.materialize(at: noon)
        #expect(first.sourceRows?.buckets.count == 256)
        try await connection.execute(
            """
            INSERT INTO payments SELECT card_id + 100 * i, amount, status, at, known_at
            FROM payments, generate_series(1, 6000) AS i
            UNION ALL SELECT card_id + 100 * i, 7, status, at + interval '1 minute', known_at
            FROM payments, generate_series(1, 10) AS i
            """)
        try await connection.execute("DELETE FROM payments WHERE card_id = 2")
        let grown = try await bench.materialize(at: noon)
        #expect(!grown.scope.isFull)
        #expect(grown.sourceRows?.buckets.count == 512)
        try await connection.execute("DELETE FROM payments WHERE card_id IN (4, 103, 60005) OR amount = 7 AND card_id > 500")
        let last = try await bench.materialize(at: noon)
        #expect(!last.scope.isFull)
        #expect(last.rowsRemoved == 3)
        let cards: [Int64] = [1, 2, 3, 4, 5, 102, 103, 104, 60_004, 60_005]
        let left: [Int64] = [1, 3, 5, 102, 104, 60_004]
        #expect(try await bench.stored(keys: cards.map { [.int64($0)] }).map { $0[0] } == left.map { .int64($0) })
        // Those that lost one of two.
        let twice = (1...10).flatMap { i in (1...5).map { 100 * i + $0 } }
        let counted = twice.filter { $0 != 103 }.map { card in
            card > 500 ? Self.row(Int64(card), Double(card % 100 * 10), 1) : Self.row(Int64(card), 7, 2)
        }
        #expect(try await bench.stored(keys: twice.map { [.int64(Int64($0))] }) == counted)

        // And when it has shrunk.
        try await connection.execute("DELETE FROM payments WHERE card_id > 1000")
        #expect(try await bench.materialize(at: noon).sourceRows?.buckets.count == 512)
        try await connection.execute("VACUUM payments")
        try await connection.execute("DELETE FROM payments WHERE card_id = 5")
        let shrunk = try await bench.materialize(at: noon)
        #expect(!shrunk.scope.isFull && shrunk.rowsRemoved == 1)
        #expect(shrunk.sourceRows?.buckets.count == 512)
        bench.close()
        await connection.close()
    }

    @Test func aFlushedRedisIsFilledAgainAndAnOlderRunIsNoBase() async throws {
        let connection = try await StoreBench.connect()
        let bench = try await payments(connection)
        let noon = try #require(Timestamp("2024-03-01T12:05:00Z"))
        let later = try #require(Timestamp("2024-03-01T13:05:00Z"))
        try await bench.materialize(at: later)
        #expect(try await bench.materialize(at: noon).scope == .everyEntity(.earlierThanLastRun))
        #expect(try await bench.materialize(at: later).scope == .everyEntity(.lastRunDoesNotCount))
        #expect(try await bench.materialize(at: later).scope.isFull == false)
        #expect(try await bench.lastCut() == Timestamp("2024-03-01T13:00:00Z"))
        try await bench.flush()
        #expect(try await bench.lastCut() == nil)
        #expect(try await bench.materialize(at: later).scope == .everyEntity(.onlineStoreLostRun))
        try await expect(bench, has: (1...5).map { Self.row($0, Double(10 * $0), 0) }, "filled again")
        bench.close()
        await connection.close()
    }

    /// Rows of a partition, of a long transaction that began before the last run, and of its savepoints.
    @Test func rowsOfOpenTransactionsArriveWithTheNextRun() async throws {
        let connection = try await StoreBench.connect()
        try await connection.executeScript("DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS asof CASCADE")
        try await connection.executeScript(
            """
            CREATE TABLE payments (card_id int8, amount float8, status text, at timestamptz, known_at timestamptz)
                PARTITION BY RANGE (at);
            CREATE TABLE payments_2024 PARTITION OF payments FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
            INSERT INTO payments SELECT c, 10 * c, 'settled', '2024-03-01 10:30+00', '2024-03-01 10:31+00' FROM generate_series(1, 5) AS c;
            """)
        let bench = try await PlainBench(Self.yaml, on: connection)
        let other = try await PostgresConnection.connect(to: connection.url)
        let noon = try #require(Timestamp("2024-03-01T12:05:00Z"))
        try await other.executeScript(
            """
            BEGIN; INSERT INTO payments VALUES (1, 12, 'settled', '2024-03-01 10:45+00', NULL); SAVEPOINT s;
            """)
        try await bench.materialize(at: noon)
        // The savepoint's own number comes after the run's.
        try await connection.execute("INSERT INTO payments VALUES (2, 22, 'settled', '2024-03-01 10:45+00', NULL)")
        try await other.executeScript("INSERT INTO payments VALUES (3, 33, 'settled', '2024-03-01 10:45+00', NULL)")
        try await bench.materialize(at: noon)
        try await expect(
            bench, has: [Self.row(1, 10, 1), Self.row(2, 22, 2)] + (3...5).map { Self.row($0, Double(10 * $0), 1) },
            "before the commit")
        try await other.executeScript("COMMIT")
        let run = try await bench.materialize(at: noon)
        #expect(!run.scope.isFull)
        try await expect(
            bench,
            has: [Self.row(1, 12, 2), Self.row(2, 22, 2), Self.row(3, 33, 2), Self.row(4, 40, 1), Self.row(5, 50, 1)],
            "after the commit")
        await other.close()
        bench.close()
        await connection.close()
    }
}
