import Foundation
import PostgresClient
import RedisClient
import TestSupport
import Testing

/// What becomes of requests and runs when a store fails under them: errors, then the right answers again, and never another one.
@Suite struct StoresUnderFaultTests {
    enum Stop: CaseIterable { case killed, stopped }

    /// Lookups go on all the while. Before it is killed, Redis has saved what it has.
    @Test(arguments: Stop.allCases) func lookupsFailWhileRedisIsAwayAndAreRightAfterwards(how: Stop) async throws {
        let redis = try PrivateRedisServer()
        try await redis.start()
        let bench = try await FaultBench(onlineURL: redis.url.description)
        defer { bench.asof.remove() }
        try await bench.materialize()
        let server = try await bench.asof.serve()
        let right = try server.ask("/get-online-features", "-d", FaultBench.lookup)
        #expect(right.status == 200 && right.body.contains(#""n40""#) && !right.body.contains("NOT_FOUND"), "\(right)")
        let asker = Asker(server, "/get-online-features", FaultBench.lookup)
        try await asker.wait("served") { $0.status == 200 }
        switch how {
        case .killed:
            try await command(redis, "SAVE")
            redis.kill()
        case .stopped: redis.pause()
        }
        try await asker.wait("503 while Redis is \(how)") { $0.status == 503 }
        #expect(try server.ask("/health").status == 503)
        switch how {
        case .killed: try await redis.start()
        case .stopped: redis.resume()
        }
        try await asker.wait("200 after Redis was \(how)") { $0.status == 200 }
        let answers = asker.stop()
        #expect(answers.map(\.status) == [200, 503, 200])
        #expect(answers.filter { $0.status == 200 }.allSatisfy { $0.body == right.body })
        #expect(try server.ask("/health").status == 200)
        #expect(server.stop() == 0)
    }

    enum Loss: CaseIterable { case emptied, restartedEmpty, restartedFromAnOlderSnapshot }

    /// Entities whose rows are gone, or old, are not answered as if that were so: not one request, from the first moment on.
    @Test(arguments: Loss.allCases) func lookupsFailFromWhenRedisLosesRowsUntilTheyAreWrittenAgain(how: Loss) async throws {
        let redis = try PrivateRedisServer()
        try await redis.start()
        let bench = try await FaultBench(onlineURL: redis.url.description)
        defer { bench.asof.remove() }
        try await bench.materialize()
        if how == .restartedFromAnOlderSnapshot {
            try await command(redis, "SAVE")
            let connection = try await bench.asof.connectOffline()
            try await connection.execute(
                "INSERT INTO payments SELECT card_id, amount + 1, 'new', paid_at + interval '1 s', known_at FROM payments")
            await connection.close()
            try await bench.materialize()
        }
        let server = try await bench.asof.serve()
        let right = try server.ask("/get-online-features", "-d", FaultBench.lookup)
        #expect(right.status == 200 && !right.body.contains("NOT_FOUND"), "\(right)")
        #expect(try server.ask("/ready").status == 200)
        let asker = Asker(server, "/get-online-features", FaultBench.lookup)
        try await asker.wait("served") { $0.status == 200 }
        switch how {
        case .emptied: try await command(redis, "FLUSHALL")
        case .restartedEmpty, .restartedFromAnOlderSnapshot:
            redis.kill()
            try await redis.start()
        }
        try await asker.wait("503 after Redis was \(how)") { $0.status == 503 }
        let lost = try server.ask("/get-online-features", "-d", FaultBench.lookup)
        #expect(lost.status == 503 && lost.body.contains("asof materialize"), "\(lost)")
        #expect(try server.ask("/health").status == 200)
        #expect(try server.ask("/ready").status == 503)
        try await bench.materialize()
        try await asker.wait("200 after the rows are back") { $0.status == 200 }
        let answers = asker.stop()
        #expect(answers.filter { $0.status == 200 }.allSatisfy { $0.body == right.body }, "\(answers)")
        #expect(answers.map(\.status).first == 200 && answers.map(\.status).last == 200)
        #expect(try server.ask("/ready").status == 200)
        #expect(server.stop() == 0)
    }

    enum Refusal: CaseIterable {
        case outOfMemory, readOnly

        var begin: [String] {
            switch self {
            case .outOfMemory: ["CONFIG", "SET", "maxmemory", "1"]
            case .readOnly: ["REPLICAOF", "127.0.0.1", "1"]
            }
        }

        var end: [String] {
            switch self {
            case .outOfMemory: ["CONFIG", "SET", "maxmemory", "0"]
            case .readOnly: ["REPLICAOF", "NO", "ONE"]
            }
        }
    }

    /// What writes fails, what reads goes on: first with the old answer, then with the pushed one.
    @Test(arguments: Refusal.allCases) func pushesFailWhileRedisRefusesWritesAndLookupsGoOn(how: Refusal) async throws {
        let redis = try PrivateRedisServer()
        try await redis.start()
        let bench = try await FaultBench(onlineURL: redis.url.description)
        defer { bench.asof.remove() }
        try await bench.materialize()
        let server = try await bench.asof.serve("--allow-push")
        let old = try server.ask("/get-online-features", "-d", FaultBench.lookup)
        let lookups = Asker(server, "/get-online-features", FaultBench.lookup)
        try await lookups.wait("served") { $0.status == 200 }
        try await command(redis, how.begin)
        let pushes = Asker(server, "/push", FaultBench.push(amount: 1_001))
        try await pushes.wait("503 while Redis refuses writes") { $0.status == 503 }
        let run = try await bench.asof.run("materialize")
        #expect(run.code == 4 && run.output.isEmpty, "\(run)")
        #expect(run.error.hasPrefix("asof: ") && run.error.filter(\.isNewline).count == 1, "\(run.error)")
        try await command(redis, how.end)
        try await pushes.wait("200 once Redis takes writes") { $0.status == 200 }
        try await lookups.wait("the pushed value is served") { $0.body.contains("1001") }
        let (pushed, served) = (pushes.stop(), lookups.stop())
        // A push says what it inserted, so the second that is well says something else.
        #expect(pushed.map(\.status).first == 503 && pushed.dropFirst().allSatisfy { $0.status == 200 }, "\(pushed)")
        #expect(served.map(\.status) == [200, 200] && served.first?.body == old.body, "\(served)")
        try await bench.materialize()
        let compared = try await bench.asof.run("reconcile", "--dry-run")
        #expect(compared.code == 0, "\(compared)")
        #expect(server.stop() == 0)
    }

    /// In the middle of a first run, and of one that is to write changes: run again, nothing is lost and nothing stale.
    @Test func aRunThatPostgresIsKilledUnderIsMadeGoodByTheNext() async throws {
        let postgres = try await PrivatePostgres()
        let redis = try PrivateRedisServer()
        try await redis.start()
        let cards = 400_000
        let bench = try await FaultBench(
            onlineURL: redis.url.description, offlineURL: postgres.url.description, cards: cards)
        defer { bench.asof.remove() }
        for round in 1...2 {
            let watcher = try await PostgresConnection.connect(to: postgres.url)
            let killed = try await bench.asof.run(["materialize"], signal: 0) {
                let running = try await watcher.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY (%' AND pid <> pg_backend_pid()"
                )
                guard running.firstCell == "1" else { return false }
                await postgres.kill()
                return true
            }
            #expect(killed.code == 4 && killed.output.isEmpty, "round \(round): \(killed)")
            #expect(killed.error.hasPrefix("asof: ") && killed.error.filter(\.isNewline).count == 1, "\(killed.error)")
            try await postgres.start()
            try await bench.materialize()
            let compared = try await bench.asof.run("reconcile", "--dry-run", "--json")
            #expect(compared.code == 0 && compared.output.contains("\"compared\" : \(cards),"), "round \(round): \(compared)")
            let connection = try await bench.asof.connectOffline()
            try await connection.execute(
                "INSERT INTO payments SELECT card_id, amount + 1, note, paid_at + interval '1 s', known_at FROM payments WHERE card_id % 3 < 2"
            )
            try await connection.execute("DELETE FROM payments WHERE card_id % 1000 = 0")
            try await connection.execute(
                "INSERT INTO payments SELECT c, 1, 'new', '2024-03-01', '2024-03-01' FROM generate_series(1000, \(cards), 1000) AS c"
            )
            await connection.close()
        }
        try await postgres.remove()
    }

    /// The commands against six servers.
    @Test func theCommandsWorkOnACluster() async throws {
        let cluster = try await PrivateRedisCluster()
        let nodes = cluster.nodes.prefix(2).map(\.url.description).joined(separator: ",")
        let bench = try await FaultBench(onlineURL: nodes)
        defer { bench.asof.remove() }
        try await bench.materialize()
        let found = try await bench.asof.run("get", "--service", "payments_v1", "--keys", "card_id=40")
        #expect(found.code == 0 && found.output.contains("n40"), "\(found)")
        let server = try await bench.asof.serve("--allow-push")
        let right = try server.ask("/get-online-features", "-d", FaultBench.lookup)
        #expect(right.status == 200 && right.body.contains(#""n1""#) && !right.body.contains("NOT_FOUND"), "\(right)")
        #expect(try server.ask("/push", "-d", FaultBench.push(amount: 1_001)).status == 200)
        let pushed = try server.ask("/get-online-features", "-d", FaultBench.lookup)
        #expect(pushed.status == 200 && pushed.body.contains("1001"), "\(pushed)")
        // Rows that are gone from one of the servers.
        let primary = try await cluster.primary(of: "some key")
        #expect(try await primary.says("FLUSHALL") == .status("OK"))
        let dry = try await bench.asof.run("reconcile", "--dry-run")
        #expect(dry.code == 0, "the run before it makes good what the mark tells of: \(dry)")
        let key = try await oneKey(of: cluster)
        #expect(try await key.node.says("DEL", key.name) == .integer(1))
        let faulty = try await bench.asof.run("reconcile", "--dry-run")
        #expect(faulty.code == 1, "\(faulty)")
        let repaired = try await bench.asof.run("reconcile")
        #expect(repaired.code == 0 || repaired.code == 1, "\(repaired)")
        #expect(try await bench.asof.run("reconcile", "--dry-run").code == 0)
        #expect(try server.ask("/get-online-features", "-d", FaultBench.lookup).body == pushed.body)
        #expect(server.stop() == 0)
    }

    /// A row's key that is text enough for a command line. Not the pushed card's: the next run computes it once more, which makes good
    /// what is missing before it can be found missing.
    private func oneKey(of cluster: PrivateRedisCluster) async throws -> (node: PrivateRedisCluster.Node, name: String) {
        for node in cluster.nodes {
            guard case .bytes(let role) = try await node.says("INFO", "replication"),
                String(decoding: role, as: UTF8.self).contains("role:master"),
                case .array(let keys) = try await node.says("KEYS", "asof:*")
            else { continue }
            for case .bytes(let key) in keys {
                // Card 7: the key ends with its number's zigzag form.
                guard key.last != 2 * 7 else { continue }
                if let name = String(validating: key, as: UTF8.self) { return (node, name) }
            }
        }
        throw CancellationError()
    }

    private func command(_ redis: PrivateRedisServer, _ words: String...) async throws { try await command(redis, words) }

    private func command(_ redis: PrivateRedisServer, _ words: [String]) async throws {
        guard case .unixSocket(let path) = redis.url.endpoint else { return }
        #expect(try RedisCommandLine.run(["-s", path] + words) == 0)
    }
}
