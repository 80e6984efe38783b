import FeatureDefs
import Materializer
import Oracle
import PostgresClient
import TestSupport
import Testing
import Verification

@testable import OfflineStore

/// However the entities' values are found, they are the same, and no entity costs a pass over the source.
@Suite struct EntityAccessTests {
    /// Rows that arrive, change and go, between a run and the next; of tables in which an entity may have many rows, or one.
    @Test(arguments: 0..<2, RowsPerEntity.allCases)
    func scanningAndSearchingGiveTheSameRows(block: UInt64, perEntity: RowsPerEntity) async throws {
        let connection = try await StoreBench.connect()
        var compared = 0
        var gone = 0
        for seed in block * 15..<(block + 1) * 15 {
            var random = SeededGenerator(seed: seed &+ 11_000_000)
            let store = RandomStore(seed: seed, options: .init(isServable: true, rowsPerTable: 90, takesPushes: random.oneIn(2)))
            var bench = try await IncrementalBench(store, on: connection, random: &random)
            for _ in 0..<3 { try await bench.letRowsArrive(random: &random) }
            let project = bench.applied.plan.project
            let instants = (0..<2).map { _ in store.instant(random: &random) }.sorted()
            var bases: [MaterializationBase] = []
            for view in bench.applied.plan.featureViews {
                let state = try await SourceState.read(view.source.relation, on: connection).state
                let cut = view.cut(at: instants[0], knowledge: .asServed)
                bases.append(
                    MaterializationBase(project: project, run: 1, cut: cut, state: state, rows: nil))
            }
            try await bench.letRowsArrive(random: &random)
            try await bench.changeRows(random: &random)
            try await bench.deleteRows(random: &random)
            if perEntity == .one { try await bench.keepOneRowOfEach(random: &random) }
            for (view, base) in zip(bench.applied.plan.featureViews, bases) {
                let cut = view.cut(at: instants[1], knowledge: .asServed)
                // Whatever rows they have.
                try await UnsettledEntities(of: view, in: project)
                    .note(Array(store.keys(of: view).suffix(5)), at: instants[1], on: connection)
                let proven = try await RowsPerEntity.read(of: view, on: connection)
                let ways = Set<EntityAccess>([.scanned(proven), .searched])
                let buckets = try #require(EntityBuckets(count: random.pick([2, 64, 4096])))
                let losses = LostBuckets((0..<buckets.count).filter { _ in random.oneIn(3) }, among: buckets)
                let scopes: [MaterializationScope] = [
                    // As runs ask: a query's rows have no versions.
                    .changed(since: base).checked(against: base.state), .entities(Array(store.keys(of: view).prefix(7))),
                    .everyEntity(.asked),
                ]
                for scope in scopes {
                    func found(_ access: EntityAccess) async throws -> Rows {
                        let sql = MaterializationSQL(view: view, cut: cut, scope: scope, losses: losses, access: access)
                        return try await rows(of: sql, scope, view, on: connection)
                    }
                    let sorted = try await found(.scanned(.many))
                    for way in ways {
                        #expect(try await found(way) == sorted, "seed \(seed), \(way), \(view.name), \(scope)\n\(store.yaml)")
                    }
                    guard proven == perEntity else { continue }
                    compared += sorted.values.count
                    gone += sorted.gone.count
                }
            }
            bench.close()
        }
        let fewest = perEntity == .one ? 100 : 300
        #expect(compared > fewest && gone > 10, "only \(compared) rows and \(gone) that are gone were compared")
        await connection.close()
    }

    /// What a query gives, whatever the order, as bytes: two spellings of é are one string to Swift.
    private struct Rows: Equatable {
        /// Of entities that have a visible row: every column.
        var values = Set<[[UInt8]?]>()
        /// The keys of the others.
        var gone = Set<[[UInt8]?]>()
    }

    private func rows(
        of sql: MaterializationSQL, _ scope: MaterializationScope, _ view: FeatureViewPlan, on connection: PostgresConnection
    ) async throws -> Rows {
        let lines = try await connection.transaction {
            if case .entities(let keys) = scope { try await GivenEntities(of: view).stage(keys, on: connection) }
            return try await connection.execute(try sql.query().text).rows
        }
        var rows = Rows()
        for line in lines {
            let bytes = line.map { cell in cell.map { Array($0.utf8) } }
            if line.last == "t" { rows.values.insert(bytes) } else { rows.gone.insert(Array(bytes.prefix(view.joinKeys.count))) }
        }
        #expect(rows.values.count + rows.gone.count == lines.count, "an entity comes once")
        return rows
    }

    private static let yaml = """
        entities:
          card: {join_keys: {card_id: int64}}
        sources:
          payments: {table: payments, event_timestamp: at}
        feature_views:
          card_payments:
            entities: [card]
            source: payments
            schedule: {every: 1h}
            features:
              last_amount: {latest: amount}
              last_high: {latest: amount, filter: amount > 7}
              count_1d: {count: "*", window: 1d}
        """
    private static let cards = 12_000

    /// Neither has the table an index nor the planner an idea of how many cards there are.
    @Test func aRunOfManyEntitiesGoesOverATableWithoutAnIndexAFewTimes() async throws {
        let connection = try await StoreBench.connect()
        try await connection.executeScript(
            """
            CREATE TABLE payments (card_id int8, amount float8, at timestamptz) WITH (autovacuum_enabled = off);
            INSERT INTO payments SELECT c, c % 10, '2024-03-01 00:30+00' FROM generate_series(1, \(Self.cards)) AS c
            """)
        let bench = try await PlainBench(Self.yaml, on: connection)
        let first = try #require(Timestamp("2024-03-01T01:00:00Z"))
        #expect(try await bench.materialize(at: first).scope.isFull)
        try await connection.execute("INSERT INTO payments SELECT card_id, amount + 1, at + interval '45 min' FROM payments")
        let before = try await passes(connection)
        let run = try await bench.materialize(at: try #require(Timestamp("2024-03-01T02:00:00Z")))
        #expect(!run.scope.isFull && run.rowsWritten == Self.cards)
        // To count, to name the transactions that came while others' were open, to find what has changed, and for each part of the view:
        // the entities, two latest rows, the windows.
        #expect(try await passes(connection) - before <= 7)
        let keys = [1, 9, Int64(Self.cards)]
        #expect(
            try await bench.stored(keys: keys.map { [.int64($0)] })
                == keys.map { card in
                    let amount = Double(card % 10 + 1)
                    return [.int64(card), .float64(amount), amount > 7 ? .float64(amount) : .null, .int64(2)]
                })
        bench.close()
        await connection.close()
    }

    /// How often `payments` was gone over.
    private func passes(_ connection: PostgresConnection) async throws -> Int {
        try await connection.execute("SELECT pg_stat_force_next_flush()")
        let passes = try await connection.execute(
            "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'payments'"
        ).firstCell
        return try #require(passes.flatMap { Int($0) })
    }

    /// What is few is searched for where there is an index, and what is many sorted.
    @Test func theCheaperWayIsTaken() async throws {
        let connection = try await StoreBench.connect()
        try await connection.executeScript(
            """
            CREATE TABLE payments (card_id int8, amount float8, at timestamptz);
            INSERT INTO payments SELECT c % 6000, 1, '2024-03-01' FROM generate_series(1, 60000) AS c;
            ANALYZE payments
            """)
        let bench = try await PlainBench(Self.yaml, on: connection)
        func access(_ wanted: Int64?, share: Double? = nil) async throws -> EntityAccess {
            try await EntityAccess.choose(
                for: bench.view, wanted: wanted, sample: share.map { EntitySample(share: $0, seed: 1) }, on: connection)
        }
        #expect(try await access(1) == .searched)
        for wanted in [2, 60_000, nil] as [Int64?] { #expect(try await access(wanted) == .scanned(.many), "without an index") }
        try await connection.execute("CREATE INDEX ON payments (card_id, at)")
        #expect(try await access(1_000) == .searched)
        for wanted in [2_500, 60_000, nil] as [Int64?] { #expect(try await access(wanted) == .scanned(.many)) }
        #expect(try await access(nil, share: 0.05) == .searched)
        // Two hundred rows of each card: the fewer cards, the better it is to search.
        try await connection.execute("UPDATE payments SET card_id = card_id % 300")
        // Or else the planner counts the pages of the old rows for more rows.
        try await connection.execute("VACUUM FULL ANALYZE payments")
        #expect(try await access(nil) == .searched)
        // One row of each: there is nothing to sort, and the key is an index to search.
        try await connection.executeScript(
            """
            DROP INDEX payments_card_id_at_idx; CREATE SEQUENCE cards;
            UPDATE payments SET card_id = nextval('cards'); ALTER TABLE payments ADD PRIMARY KEY (card_id)
            """)
        try await connection.execute("VACUUM FULL ANALYZE payments")
        for wanted in [1, 1_000] as [Int64] { #expect(try await access(wanted) == .searched) }
        for wanted in [2_500, 60_000, nil] as [Int64?] { #expect(try await access(wanted) == .scanned(.one)) }
        #expect(try await access(nil, share: 0.01) == .searched)
        for share in [0.05, 0.0183] {
            #expect(try await access(nil, share: share) == .scanned(.one), "a sort would make the smaller one a search")
        }
        bench.close()
        await connection.close()
    }

    /// A row that a filter leaves out, or that is of an entity that is not wanted, may have what cannot be computed.
    @Test(arguments: ["", "last_even: {latest: 100 / amount, filter: amount % 2 = 0}, count_1d: {count: '*', window: 1d}"])
    func onlyRowsThatCountAreComputed(others: String) async throws {
        let connection = try await StoreBench.connect()
        try await connection.executeScript(
            """
            CREATE TABLE payments (card_id int8 PRIMARY KEY, amount int8, at timestamptz, status text);
            INSERT INTO payments SELECT c, c, '2024-03-01', 'settled' FROM generate_series(1, 5) AS c;
            INSERT INTO payments VALUES (6, 0, '2024-03-01', 'void'), (7, 0, '2024-03-09', 'settled')
            """)
        let bench = try await PlainBench(
            """
            entities:
              card: {join_keys: {card_id: int64}}
            sources:
              payments: {table: payments, event_timestamp: at}
            feature_views:
              card_payments:
                entities: [card]
                source: payments
                filter: status <> 'void'
                schedule: {every: 1h}
                features: {part: {latest: "coalesce(100 / amount, 0)"}, \(others)}
            """, on: connection)
        let cut = try #require(Timestamp("2024-03-01T02:00:00Z"))
        func found(_ scope: MaterializationScope, _ access: EntityAccess) async throws -> Rows {
            try await rows(of: .init(view: bench.view, cut: cut, scope: scope, access: access), scope, bench.view, on: connection)
        }
        // As runs that go over the source: all of it is read, whoever is wanted.
        try await connection.execute("SET enable_nestloop = off")
        let wanted = MaterializationScope.entities([2, 4, 6, 7].map { [.int64($0)] })
        for scope in [.everyEntity(.asked), wanted] {
            let sorted = try await found(scope, .scanned(.many))
            #expect(sorted.values.count == (scope.isFull ? 5 : 2))
            #expect(try await found(scope, .scanned(.one)) == sorted)
        }
        // Visible, and it passes the filter, but nobody has asked for it.
        try await connection.execute("INSERT INTO payments VALUES (8, 0, '2024-03-01', 'settled')")
        #expect(try await found(wanted, .scanned(.one)).values.count == 2)
        await #expect(throws: PostgresError.self) { try await found(.everyEntity(.asked), .scanned(.one)) }
        bench.close()
        await connection.close()
    }

    @Test func aRunOfATableWithAKeyEqualsOneWithout() async throws {
        let connection = try await StoreBench.connect()
        try await connection.executeScript(
            """
            CREATE TABLE payments (card_id int8 PRIMARY KEY, amount float8, at timestamptz);
            INSERT INTO payments SELECT c, c % 10, '2024-03-01 00:30+00' FROM generate_series(1, \(Self.cards)) AS c;
            ANALYZE payments
            """)
        let bench = try await PlainBench(Self.yaml, on: connection)
        let keys = (1...Int64(Self.cards)).map { [FeatureValue.int64($0)] }
        let first = try #require(Timestamp("2024-03-01T01:00:00Z"))
        #expect(try await bench.materialize(at: first).rowsWritten == Self.cards)
        let withKey = try await bench.stored(keys: keys)
        // Few are searched for by the key.
        #expect(try await EntityAccess.choose(for: bench.view, wanted: 20, on: connection) == .searched)
        let few = MaterializationScope.entities(Array(keys.prefix(20)))
        let search = MaterializationSQL(view: bench.view, cut: first, scope: few, access: .searched)
        let before = try await passes(connection)
        #expect(try await rows(of: search, few, bench.view, on: connection).values.count == 20)
        #expect(try await passes(connection) == before)
        try await connection.execute("ALTER TABLE payments DROP CONSTRAINT payments_pkey")
        try await bench.flush()
        #expect(try await bench.materialize(at: first, isFull: true).rowsWritten == Self.cards)
        #expect(try await bench.stored(keys: keys) == withKey)
        bench.close()
        await connection.close()
    }
}
