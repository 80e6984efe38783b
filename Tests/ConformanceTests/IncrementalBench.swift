import FeatureDefs
import Materializer
import Oracle
import PostgresClient
import RedisClient
import TestSupport
import Testing
import Verification

@testable import OfflineStore
@testable import OnlineStore

/// A random store whose rows arrive bit by bit, with an online store that incremental runs fill and another one that is filled
/// whole, for comparison.
struct IncrementalBench {
    let store: RandomStore
    let applied: AppliedPlan
    private let connection: PostgresConnection
    private let online: RedisConnection
    private let reference: RedisConnection
    /// Rows that have not arrived yet, by table.
    private var pending: [String: [[FeatureValue]]]

    init(_ store: RandomStore, on connection: PostgresConnection, random: inout SeededGenerator) async throws {
        self.store = store
        self.connection = connection
        let bench = try await StoreBench(store, on: connection)
        applied = try #require(
            try await Registry(connection: connection, project: bench.plan.project)
                .apply(bench.plan, appliedBy: "test", engineVersion: "test"))
        online = try await .connect(to: try await TestStack.shared().freshRedisURL())
        reference = try await .connect(to: try await TestStack.shared().freshRedisURL())
        pending = [:]
        for table in store.tables {
            try await connection.execute("TRUNCATE \(table.name)")
            pending[table.name] = table.rows.shuffled(using: &random)
        }
        for redis in [online, reference] { _ = try await redis.send(RedisPipeline("FLUSHDB")) }
    }

    func close() {
        online.close()
        reference.close()
    }

    /// Some of the rows that have not arrived do, whatever times they claim.
    mutating func letRowsArrive(random: inout SeededGenerator) async throws {
        for table in store.tables {
            let waiting = pending[table.name] ?? []
            let count = min(waiting.count, Int.random(in: 0...15, using: &random))
            pending[table.name] = Array(waiting.dropFirst(count))
            let lines = RandomTable(name: table.name, columns: table.columns, rows: Array(waiting.prefix(count))).copyText
            try await connection.copyIn("COPY \(table.name) FROM STDIN") { writer in try writer.write(lines) }
        }
    }

    /// What happens to rows that are there: some move in time, change what a filter reads, or lose their time, but keep their keys.
    func changeRows(random: inout SeededGenerator) async throws {
        let changes = [
            "happened_at = happened_at + interval '1 day'", "happened_at = happened_at - interval '1 day'", "happened_at = NULL",
            "status = 'open'", "status = 'settled'", "quantity = 1", "flag = NOT flag", "amount = 17",
        ]
        for table in store.tables where random.oneIn(2) {
            let remainder = Int.random(in: 0..<7, using: &random)
            try await connection.execute(
                "UPDATE \(table.name) SET \(random.pick(changes)) WHERE abs(hashtext(ctid::text)) % 7 = \(remainder)")
        }
    }

    /// Some rows become another entity's.
    func moveRows(random: inout SeededGenerator) async throws {
        for view in applied.plan.featureViews where random.oneIn(2) {
            guard case .table(let parts) = view.source.relation, let name = parts.last,
                let column = view.joinKeyColumns.randomElement(using: &random)?.name
            else { continue }
            let remainder = Int.random(in: 0..<9, using: &random)
            try await connection.execute(
                """
                UPDATE "\(name)" SET "\(column)" = (SELECT "\(column)" FROM "\(name)" ORDER BY hashtext(ctid::text) LIMIT 1)
                WHERE abs(hashtext(ctid::text)) % 9 = \(remainder)
                """)
        }
    }

    func deleteRows(random: inout SeededGenerator) async throws {
        for table in store.tables {
            let remainder = Int.random(in: 0..<7, using: &random)
            try await connection.execute("DELETE FROM \(table.name) WHERE abs(hashtext(ctid::text)) % 7 = \(remainder)")
        }
    }

    /// Of the rows with the same keys of a view, or some of its keys, one stays in each table, and a unique index sees that no other
    /// comes. Rows with a NULL key all stay.
    func keepOneRowOfEach(random: inout SeededGenerator) async throws {
        for table in store.tables {
            let views = applied.plan.featureViews.filter { $0.source.name == table.name && !$0.joinKeys.isEmpty }
            guard case .table? = views.first?.source.relation, let view = views.randomElement(using: &random) else { continue }
            let some = Array(view.joinKeyColumns.shuffled(using: &random).dropFirst(random.oneIn(2) ? 1 : 0))
            let columns = (some.isEmpty ? view.joinKeyColumns : some).map { "\"\($0.name)\"" }
            let equal = columns.map { "other.\($0) = gone.\($0)" }
            try await connection.executeScript(
                """
                DELETE FROM \(table.name) AS gone USING \(table.name) AS other
                WHERE other.ctid < gone.ctid AND \(equal.joined(separator: " AND "));
                CREATE UNIQUE INDEX ON \(table.name) (\(columns.joined(separator: ", ")))
                """)
        }
    }

    /// As if there had been fewer rows when the last runs counted them.
    func keepFewerBuckets(random: inout SeededGenerator) async throws {
        let count = random.pick([1, 8, 64])
        func sums(_ counts: String) -> String {
            "ARRAY(SELECT sum(n)::int8 FROM unnest(\(counts)) WITH ORDINALITY AS c(n, i) GROUP BY (i - 1) % \(count) ORDER BY (i - 1) % \(count))"
        }
        try await connection.execute(
            "UPDATE asof.source_rows SET settled = \(sums("settled")), recent = \(sums("recent"))")
    }

    /// Rows go, or become another entity's, and leave nothing in the table that would tell.
    func loseRows(random: inout SeededGenerator) async throws {
        if random.oneIn(2) { try await deleteRows(random: &random) } else { try await moveRows(random: &random) }
    }

    /// Some of the rows that have not arrived are pushed, at an instant. Returns the places that must now be those of that instant;
    /// what contradicts a row of the table is refused, and stays to arrive in another way.
    mutating func push(at instant: Timestamp, random: inout SeededGenerator) async throws -> Set<String> {
        let (url, project) = (connection.url, applied.plan.project)
        let offline = PushConnections { try await PostgresConnection.connect(to: url) }
        let pusher = Pusher(
            plan: applied.plan, ids: applied.layouts, offline: offline, online: online, clock: { _ in instant })
        var places = Set<String>()
        for table in store.tables {
            let views = applied.plan.featureViews.filter { $0.source.name == table.name }
            let pushed = views.filter(\.isServedFromPushes)
            let target = random.oneIn(2) ? table.name : (pushed.isEmpty ? views : pushed).randomElement(using: &random)?.name
            guard let target, let first = views.first else { continue }
            let needed = Set(views.flatMap { $0.joinKeyColumns.map(\.name) } + [first.source.eventTimestamp.name])
            var rows: [[FeatureValue]] = []
            var others: [[FeatureValue]] = []
            let wanted = Int.random(in: 1...12, using: &random)
            for row in pending[table.name] ?? [] {
                let isWhole = !zip(table.columns, row).contains { needed.contains($0.name) && $1.isNull }
                if isWhole, rows.count < wanted { rows.append(row) } else { others.append(row) }
            }
            // Once more what was pushed.
            if let again = rows.first, random.oneIn(2) { rows.append(again) }
            pending[table.name] = others
            for row in rows {
                let columns = zip(table.columns, row).map { column, value in
                    PushedColumn(name: column.name, cells: [.text(value.text)])
                }
                let request = PushRequest(
                    target: target, columns: columns, destination: pushed.isEmpty ? .offline : .onlineAndOffline)
                do {
                    let outcome = try await pusher.push(request)
                    #expect(outcome.inserted + outcome.duplicates == 1)
                } catch {
                    guard case .conflict = error else { throw error }
                    pending[table.name, default: []].append(row)
                    continue
                }
                for view in pushed {
                    guard let ids = applied.layouts[view.name] else { continue }
                    let layout = OnlineViewLayout(project: project, view: view, ids: ids)
                    let key = view.joinKeyColumns.map { column in
                        table.columns.firstIndex { $0.name == column.name }.map { row[$0] } ?? .null
                    }
                    var bytes: [UInt8] = []
                    if try layout.encode(key: key, into: &bytes) { places.insert(Place.text(bytes, Array(layout.field.utf8))) }
                }
            }
        }
        await offline.close()
        return places
    }

    /// Runs every view and returns which runs were full.
    @discardableResult
    func materialize(at instant: Timestamp, isFull: Bool = false) async throws -> [MaterializationScope] {
        try await run(on: online, at: instant, isFull: isFull)
    }

    private func run(on redis: RedisConnection, at instant: Timestamp, isFull: Bool) async throws -> [MaterializationScope] {
        var scopes: [MaterializationScope] = []
        for view in applied.plan.featureViews {
            let ids = try #require(applied.layouts[view.name])
            let run = try await Materializer(project: applied.plan.project, offline: connection, online: redis)
                .materialize(.init(view: view, ids: ids), at: instant, startedAt: instant, isFull: isFull)
            scopes.append(run.scope)
        }
        return scopes
    }

    /// What one full run at the instant writes into an empty store. Leaves no trace in the record of runs.
    func expected(at instant: Timestamp) async throws -> [String: [UInt8]] {
        _ = try await reference.send(RedisPipeline("FLUSHDB"))
        let last = try await rememberRuns()
        _ = try await run(on: reference, at: instant, isFull: true)
        try await forgetRuns(after: last)
        return try await Self.rows(in: reference)
    }

    /// The last run's number.
    private func rememberRuns() async throws -> String? {
        try await connection.executeScript(
            """
            DROP TABLE IF EXISTS pg_temp.kept_rows, pg_temp.kept_entities; CREATE TEMP TABLE kept_rows AS TABLE asof.source_rows;
            CREATE TEMP TABLE kept_entities AS TABLE asof.unsettled_entities
            """)
        return try await connection.execute("SELECT coalesce(max(run_id), 0) FROM asof.materializations").firstCell
    }

    private func forgetRuns(after run: String?) async throws {
        try await connection.executeScript(
            """
            BEGIN; DELETE FROM asof.materializations WHERE run_id > \(run ?? "0");
            DELETE FROM asof.source_rows; INSERT INTO asof.source_rows TABLE pg_temp.kept_rows;
            DELETE FROM asof.unsettled_entities; INSERT INTO asof.unsettled_entities TABLE pg_temp.kept_entities; COMMIT
            """)
    }

    /// A run that is killed: some of its rows are written, all or none of them in one view's case, and maybe its record, never its
    /// mark.
    func crashMidway(at instant: Timestamp, random: inout SeededGenerator) async throws {
        let before = try await Self.rows(in: online, withVersions: true)
        let marks = try await online.send(RedisPipeline("HGETALL", "asof-runs:random"))
        let last = try await rememberRuns()
        try await materialize(at: instant)
        let after = try await Self.rows(in: online, withVersions: true)
        var pipeline = RedisPipeline()
        for place in Set(before.keys).union(after.keys).sorted() where before[place] != after[place] && random.oneIn(2) {
            let parts = Place(place)
            if let bytes = before[place] {
                pipeline.startCommand("HSET")
                pipeline.add(parts.key)
                pipeline.add(parts.field)
                pipeline.add(bytes)
            } else {
                pipeline.startCommand("HDEL")
                pipeline.add(parts.key)
                pipeline.add(parts.field)
            }
        }
        try addMarks(marks, to: &pipeline)
        _ = try await online.send(pipeline)
        if random.oneIn(2) { try await forgetRuns(after: last) }
    }

    /// The marks of runs that ended as they were before; which one began last is not forgotten.
    private func addMarks(_ marks: [RedisReply], to pipeline: inout RedisPipeline) throws {
        for view in applied.plan.featureViews {
            let ids = try #require(applied.layouts[view.name])
            let field = [UInt8](OnlineViewLayout(project: applied.plan.project, view: view, ids: ids).field.utf8)
            pipeline.startCommand("HDEL")
            pipeline.add("asof-runs:random")
            pipeline.add(field)
            guard case .array(let entries)? = marks.first else { continue }
            for index in stride(from: 0, to: entries.count, by: 2) where entries[index] == .bytes(field) {
                guard case .bytes(let run) = entries[index + 1] else { continue }
                pipeline.startCommand("HSET")
                pipeline.add("asof-runs:random")
                pipeline.add(field)
                pipeline.add(run)
            }
        }
    }

    /// What others do to Redis: rows vanish, turn to garbage, claim an older value, or stand where no entity is.
    func damage(random: inout SeededGenerator) async throws -> Int {
        let rows = try await Self.rows(in: online, withVersions: true)
        var pipeline = RedisPipeline()
        var damaged = 0
        for place in rows.keys.sorted() where random.oneIn(3) {
            guard let row = rows[place], row.count > 33 else { continue }
            damaged += 1
            let (key, field) = (Place(place).key, Place(place).field)
            let kind = Int.random(in: 0..<6, using: &random)
            if kind == 5 {
                // No hash any more, for all the views of the entity.
                pipeline.startCommand("SET")
                pipeline.add(key)
                pipeline.add("not ours")
                damaged += applied.plan.featureViews.count - 1
                continue
            }
            pipeline.startCommand(kind == 0 ? "HDEL" : "HSET")
            // The last byte of a key belongs to its last value: another entity, which has no rows.
            pipeline.add(kind == 3 ? key + [0xFF, 0x01] : key)
            pipeline.add(field)
            switch kind {
            case 0: break
            case 1: pipeline.add("junk")
            case 2: pipeline.add(Array(row[..<16]) + [row[16] ^ 1] + Array(row[17...]))
            // A cut of which no run has been yet.
            case 4:
                pipeline.add(
                    Array(row[..<4]) + [UInt8](repeating: 0xFF, count: 8) + Array(row[12..<16]) + [row[16] ^ 1]
                        + Array(row[17...]))
            default: pipeline.add(row)
            }
        }
        if damaged > 0 { _ = try await online.send(pipeline) }
        return damaged
    }

    /// - Parameter instant: the one that it is: views without a schedule are compared as of it.
    func reconcile(at instant: Timestamp, repairs: Bool) async throws -> [Reconciliation] {
        var results: [Reconciliation] = []
        for view in applied.plan.featureViews {
            let ids = try #require(applied.layouts[view.name])
            let reconciler = Reconciler(project: applied.plan.project, offline: connection, online: online)
            let result = try await reconciler.reconcile(
                .init(view: view, ids: ids), sample: nil, repairs: repairs, startedAt: instant)
            results.append(try #require(result))
        }
        return results
    }

    func actual() async throws -> [String: [UInt8]] { try await Self.rows(in: online) }

    // MARK: What Redis has

    private struct Place {
        let key: [UInt8]
        let field: [UInt8]

        init(_ text: String) {
            let halves = text.split(separator: " ").map { hex in
                stride(from: 0, to: hex.utf8.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
            }
            key = halves[0]
            field = halves[1]
        }

        static func text(_ key: [UInt8], _ field: [UInt8]) -> String {
            [key, field].map(\.hexadecimal).joined(separator: " ")
        }
    }

    /// Every stored row by its place; without its cut and run, which say when it was computed and not what it is.
    private static func rows(in redis: RedisConnection, withVersions: Bool = false) async throws -> [String: [UInt8]] {
        guard case .array(let keys)? = try await redis.send(RedisPipeline("KEYS", "asof:*")).first else { return [:] }
        var rows: [String: [UInt8]] = [:]
        for case .bytes(let key) in keys {
            var pipeline = RedisPipeline()
            pipeline.startCommand("HGETALL")
            pipeline.add(key)
            guard case .array(let entries)? = try await redis.send(pipeline).first else { continue }
            for index in stride(from: 0, to: entries.count, by: 2) {
                guard case .bytes(let field) = entries[index], case .bytes(let row) = entries[index + 1] else { continue }
                rows[Place.text(key, field)] = withVersions ? row : Array(row[..<4] + row[16...])
            }
        }
        return rows
    }
}
