import FeatureDefs
import Materializer
import OnlineStore
import PostgresClient
import RedisClient
import Synchronization
import TestSupport
import Testing

@testable import OfflineStore

/// Pushed rows are in the source and online at once, each once, and never in place of a newer one.
@Suite struct PushTests {
    private static func payment(
        _ card: Int, _ amount: String, at: String, known: String? = nil, shop: String = "s", count: Int = 1
    ) -> [(String, [JSONValue])] {
        [
            ("card_id", [.number("\(card)")]), ("shop", [.string(shop)]), ("amount", [.number(amount)]),
            ("count", [.number("\(count)")]), ("at", [.string(at)]),
        ] + (known.map { [("known_at", [.string($0)])] } ?? [])
    }

    @Test func aPushedRowIsInTheTableAndServedByEveryViewThatPushesReach() async throws {
        let bench = try await PushBench()
        let columns: [(String, [JSONValue])] = [
            ("card_id", [.number("1"), .number("2.0")]), ("shop", [.string("s 1"), .string("s 2")]),
            ("amount", [.number("9.5"), .string("NaN")]), ("count", [.number("3"), .null]),
            ("price", [.number("12345678.90"), .number("0.1")]),
            ("extra", [.object([.init(name: "a\"", value: .array([.number("1.0"), .null]))]), .string("\"x\"")]),
            ("tags", [.array([.string("a,b"), .null]), .array([])]),
            ("at", [.string("2024-01-01T10:00:00.000001"), .number("1704103200")]),
        ]
        let outcome = try await bench.pusher().push(PushBench.request("card_last", columns))
        #expect(outcome.inserted == 2 && outcome.duplicates == 0)
        #expect(
            outcome.views == [
                .init(name: "card_last", written: 2, kept: 0), .init(name: "inverse", written: 2, kept: 0),
                .init(name: "pair_last", written: 2, kept: 0),
            ])
        #expect(try await bench.served("card_last", ["card_id": .int64(1)]) == [.float64(9.5), .string("s 1")])
        #expect(try await bench.served("card_last", ["card_id": .int64(2)]) == [.float64(.nan), .string("s 2")])
        #expect(try await bench.served("pair_last", ["card_id": .int64(1), "shop": .string("s 1")]) == [.float64(19)])
        // Followed by its schedule alone.
        #expect(try await bench.served("hourly", ["card_id": .int64(1)]) == [.null, .int64(0)])
        let rows = try await bench.connection.execute(
            """
            SELECT card_id, shop, amount, count, price, extra, tags, at = '2024-01-01 10:00:00Z' OR at = '2024-01-01 10:00:00.000001Z',
                known_at BETWEEN ((now() - interval '1 hour') AT TIME ZONE 'UTC') AND (now() AT TIME ZONE 'UTC')
            FROM payments ORDER BY payment
            """
        ).rows
        #expect(rows[0] == ["1", "s 1", "9.5", "3", "12345678.90", #"{"a\"": [1.0, null]}"#, #"{"a,b",NULL}"#, "t", "t"])
        // A decimal's scale is the column's, and does not make another row of it.
        #expect(try await bench.pusher().push(PushBench.request("card_last", columns)).duplicates == 2)
        #expect(rows[1] == ["2", "s 2", "NaN", nil, "0.10", #""x""#, "{}", "t", "t"])
        await bench.close()
    }

    @Test func aRowIsKnownByKeyEventAndCreated() async throws {
        let bench = try await PushBench()
        let pusher = bench.pusher()
        func push(_ columns: [(String, [JSONValue])], _ target: String = "payments") async throws -> [Int] {
            let outcome = try await pusher.push(PushBench.request(target, columns))
            return [outcome.inserted, outcome.duplicates]
        }
        let first = Self.payment(1, "5", at: "2024-01-01T00:00:00Z", known: "2024-01-02T00:00:00Z")
        #expect(try await push(first) == [1, 0])
        // However the same instant and number are spelt.
        #expect(
            try await push(Self.payment(1, "5.0", at: "2024-01-01T01:00:00+01:00", known: "2024-01-02", count: 1), "card_last")
                == [
                    0, 1,
                ])
        await #expect(throws: PushError.conflict(row: 0, createdColumn: "known_at")) {
            try await push(Self.payment(1, "6", at: "2024-01-01T00:00:00Z", known: "2024-01-02T00:00:00Z"))
        }
        // A correction, with the same event.
        #expect(try await push(Self.payment(1, "7", at: "2024-01-01T00:00:00Z", known: "2024-01-03T00:00:00Z")) == [1, 0])
        #expect(try await bench.served("card_last", ["card_id": .int64(1)]) == [.float64(7), .string("s")])
        // Rows that do not say when they came: the same again is the same, another value is a correction as of now.
        #expect(try await push(Self.payment(1, "7", at: "2024-01-01T00:00:00Z")) == [0, 1])
        #expect(try await push(Self.payment(1, "8", at: "2024-01-01T00:00:00Z")) == [1, 0])
        #expect(try await push(Self.payment(1, "8", at: "2024-01-01T00:00:00Z")) == [0, 1])
        #expect(try await bench.served("card_last", ["card_id": .int64(1)]) == [.float64(8), .string("s")])
        #expect(try await bench.count("payments") == 3)
        await bench.close()
    }

    @Test func repetitionsAndContradictionsWithinOnePushAreFound() async throws {
        let bench = try await PushBench()
        let pusher = bench.pusher()
        func stars(_ numbers: [String]) -> PushRequest {
            PushBench.request(
                "rating",
                [
                    ("shop", numbers.map { _ in .string("s") }), ("stars", numbers.map { .number($0) }),
                    ("at", numbers.map { _ in .string("2024-01-01") }),
                ])
        }
        let outcome = try await pusher.push(stars(["4", "4", "4.0"]))
        #expect(outcome.inserted == 1 && outcome.duplicates == 2)
        await #expect(throws: PushError.conflict(row: 1, createdColumn: nil)) { try await pusher.push(stars(["4", "5"])) }
        await #expect(throws: PushError.conflict(row: 0, createdColumn: nil)) { try await pusher.push(stars(["5"])) }
        #expect(try await bench.count("ratings") == 1)
        await bench.close()
    }

    /// Two spellings of é: to Swift's strings one, to Postgres and to Redis two.
    @Test func keysAndValuesAreToldApartByTheirBytes() async throws {
        let bench = try await PushBench()
        let spellings = ["caf\u{e9}", "cafe\u{301}"]
        let push = PushBench.request(
            "rating",
            [
                ("shop", spellings.map { .string($0) }), ("stars", [.number("4"), .number("5")]),
                ("at", spellings.map { _ in .string("2024-01-01") }),
            ])
        #expect(try await bench.pusher().push(push).inserted == 2)
        for (shop, stars) in zip(spellings, [4, 5] as [Int64]) {
            #expect(try await bench.served("rating", ["shop": .string(shop)]).first == .int64(stars))
        }
        let card = Self.payment(1, "5", at: "2024-01-01T00:00:00Z", known: "2024-01-02T00:00:00Z", shop: spellings[0])
        #expect(try await bench.pusher().push(PushBench.request("payments", card)).inserted == 1)
        await bench.close()
    }

    @Test func theSamePushFromManyAtOnceInsertsOnce() async throws {
        let bench = try await PushBench()
        let pusher = bench.pusher()
        let inserted = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    try await pusher.push(PushBench.request("card_last", Self.payment(1, "5", at: "2024-01-01T00:00:00Z")))
                        .inserted
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(inserted == 1)
        #expect(try await bench.count("payments") == 1)
        await bench.close()
    }

    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    /// Of two pushes of one row the second waits until it can see the first's.
    @Test func aPushWaitsForTheOneBefore() async throws {
        let bench = try await PushBench()
        let pusher = bench.pusher()
        let first = try await PostgresConnection.connect(to: bench.connection.url)
        try await first.execute("BEGIN")
        try await first.execute("SELECT pg_advisory_xact_lock(hashtextextended('asof.push \"ratings\"', 0))")
        try await first.execute("INSERT INTO ratings VALUES ('s', 1, '2024-01-01')")
        let flag = Flag()
        let request = PushBench.request("rating", Self.rating(1))
        let push = Task {
            defer { flag.isSet.store(true, ordering: .releasing) }
            return try await pusher.push(request)
        }
        var isWaiting = false
        while !isWaiting, !flag.isSet.load(ordering: .acquiring) {
            isWaiting =
                try await bench.connection.execute(
                    """
                    SELECT count(*) > 0 FROM pg_locks
                    WHERE locktype = 'advisory' AND NOT granted
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """
                ).firstCell == "t"
            if !isWaiting { try await Task.sleep(for: .milliseconds(5)) }
        }
        try await first.execute("COMMIT")
        let outcome = try await push.value
        #expect(outcome.inserted == 0 && outcome.duplicates == 1)
        #expect(try await bench.count("ratings") == 1)
        await first.close()
        await bench.close()
    }

    /// The instant as of which entities are computed is later than the commit: whoever computes as of a later one sees the row.
    @Test func theInstantIsTakenAfterTheCommit() async throws {
        let bench = try await PushBench()
        let (url, witness) = (bench.connection.url, bench.connection)
        let seen = Mutex<[String?]>([])
        let pusher = Pusher(
            plan: bench.plan, ids: bench.ids, offline: PushConnections { try await PostgresConnection.connect(to: url) },
            online: bench.redis,
            clock: { connection in
                let count = try await witness.execute("SELECT count(*) FROM ratings").firstCell
                seen.withLock { $0.append(count) }
                return try await Pusher.postgresClock(connection)
            })
        _ = try await pusher.push(PushBench.request("rating", Self.rating(1)))
        #expect(seen.withLock { $0 } == ["0", "1"])
        await bench.close()
    }

    @Test func anOlderRowNeverReplacesANewerOne() async throws {
        let bench = try await PushBench()
        let pusher = bench.pusher()
        _ = try await pusher.push(PushBench.request("card_last", Self.payment(1, "5", at: "2024-01-02T00:00:00Z")))
        let late = try await pusher.push(PushBench.request("card_last", Self.payment(1, "4", at: "2024-01-01T00:00:00Z")))
        #expect(late.inserted == 1)
        #expect(try await bench.served("card_last", ["card_id": .int64(1)]) == [.float64(5), .string("s")])
        // Not yet: known tomorrow, or happened tomorrow.
        let tomorrow = (try await Pusher.postgresClock(bench.connection) + Period(microseconds: 86_400_000_000)).description
        for columns in [
            Self.payment(1, "6", at: tomorrow), Self.payment(1, "7", at: "2024-01-03T00:00:00Z", known: tomorrow),
        ] {
            #expect(try await pusher.push(PushBench.request("card_last", columns)).inserted == 1)
        }
        #expect(try await bench.served("card_last", ["card_id": .int64(1)]) == [.float64(5), .string("s")])
        await bench.close()
    }

    struct Refusal: CustomTestStringConvertible {
        let target: String
        let columns: [(String, [JSONValue])]
        var destination = PushRequest.Destination.online
        let message: String
        var testDescription: String { message }
    }

    @Test(arguments: [
        Refusal(
            target: "nobody", columns: [],
            message: "Unable to find push source 'nobody': there is no feature view and no source of that name"),
        Refusal(
            target: "big_last", columns: payment(1, "1", at: "2024-01-01"),
            message: "source `big` is not a table, so no row can be inserted into it; push to what it reads from"),
        Refusal(
            target: "hourly", columns: payment(1, "1", at: "2024-01-01"),
            message:
                "`hourly` has a schedule: what is served is its value at the last due instant, as in training. Push for the source alone "
                + "(`to: offline`, --offline-only), or to source `payments`, and `asof materialize` takes the rows online when they are due"
        ),
        Refusal(
            target: "unserved", columns: payment(1, "1", at: "2024-01-01"),
            message:
                "`unserved` cannot be served: its window features (count_1h) need a `schedule`; push for the source alone (`to: offline`, --offline-only)"
        ),
        Refusal(target: "card_last", columns: [], message: "there is no row to push"),
        Refusal(target: "card_last", columns: [("card_id", []), ("at", [])], message: "there is no row to push"),
        Refusal(
            target: "pair_last", columns: [("card_id", [.number("1")]), ("amount", [.number("1")])],
            message: "missing columns: shop, at; a row of source `payments` needs its keys and its event timestamp"),
        Refusal(
            target: "rating", columns: [("shop", [.string("s")]), ("star", [.number("1")]), ("at", [.string("2024-01-01")])],
            message: "unknown columns: star; the table of source `ratings` has shop, stars, at"),
        Refusal(
            target: "rating", columns: [("shop", [.string("s")]), ("stars", []), ("at", [.string("2024-01-01")])],
            message: "`shop` has 1 rows, `stars` has 0"),
        Refusal(
            target: "rating", columns: [("shop", [.string("s")]), ("stars", [.number("4.5")]), ("at", [.string("2024-01-01")])],
            message: "row 0 of `stars` is not int64"),
        Refusal(
            target: "rating",
            columns: [("shop", [.string("s")]), ("stars", [.number("40000")]), ("at", [.string("2024-01-01")])],
            message: "Postgres refused the rows: value \"40000\" is out of range for type smallint"),
        Refusal(
            target: "rating", columns: [("shop", [.string("a\0b")]), ("at", [.string("2024-01-01")])],
            message: "row 0 of `shop` is not string"),
        Refusal(
            target: "rating", columns: [("shop", [.null]), ("at", [.string("2024-01-01")])],
            message: "row 0 of `shop` is NULL: no value would ever come of the row"),
        Refusal(
            target: "rating", columns: [("shop", [.string("s")]), ("at", [.null])],
            message: "row 0 of `at` is NULL: no value would ever come of the row"),
        Refusal(
            target: "rating", columns: [("shop", [.string("s")]), ("at", [.string("yesterday")])],
            message: "row 0 of `at` is not timestamp"),
        Refusal(
            target: "card_last", columns: payment(1, "1", at: "2024-01-01", shop: String(repeating: "x", count: 21)),
            message: "Postgres refused the rows: value too long for type character varying(20)"),
        Refusal(
            target: "card_last", columns: payment(1, "1", at: "2024-01-01", count: 13), destination: .offline,
            message:
                #"Postgres refused the rows: new row for relation "payments" violates check constraint "payments_count_check""#),
    ])
    func whatCannotBePushedIsRefusedAndNothingIsInserted(_ refusal: Refusal) async throws {
        let bench = try await PushBench()
        let error = await #expect(throws: PushError.self) {
            try await bench.pusher().push(PushBench.request(refusal.target, refusal.columns, to: refusal.destination))
        }
        #expect(error?.description == refusal.message)
        #expect(try await bench.count("payments") + bench.count("ratings") == 0)
        await bench.close()
    }

    /// The row is there, as a load job could have brought it, and the next run would fail on it too.
    @Test func anExpressionThatFailsOnTheRowIsTold() async throws {
        let bench = try await PushBench()
        let error = await #expect(throws: PushError.self) {
            try await bench.pusher().push(
                PushBench.request("card_last", Self.payment(1, "1", at: "2024-01-01T00:00:00Z", count: 0)))
        }
        #expect(error?.description.hasPrefix("the rows were inserted, but computing `inverse` failed: division by zero") == true)
        #expect(try await bench.count("payments") == 1)
        await bench.close()
    }

    @Test func rowsForTheSourceAloneWaitForTheNextRun() async throws {
        let bench = try await PushBench()
        let columns = Self.payment(1, "5", at: "2024-01-01T00:00:00Z")
        for target in ["hourly", "payments"] {
            let outcome = try await bench.pusher().push(PushBench.request(target, columns, to: .offline))
            #expect(outcome.views.isEmpty && outcome.inserted + outcome.duplicates == 1)
        }
        #expect(try await bench.served("card_last", ["card_id": .int64(1)]) == [.null, .null])
        // Pushed online afterwards: it is there, and is computed all the same.
        #expect(try await bench.pusher().push(PushBench.request("payments", columns)).duplicates == 1)
        #expect(try await bench.served("card_last", ["card_id": .int64(1)]) == [.float64(5), .string("s")])
        await bench.close()
    }

    /// The client tries again, as it does on a 503, and then the row is online.
    @Test func aPushThatRedisMissedIsMadeGoodByTheNext() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let redis = try RedisConnection.open(server.url, timeout: .milliseconds(500), commandTimeout: .seconds(2))
        let bench = try await PushBench(redis: redis)
        let request = PushBench.request("card_last", Self.payment(1, "5", at: "2024-01-01T00:00:00Z"))
        server.kill()
        let error = await #expect(throws: PushError.self) { try await bench.pusher().push(request) }
        #expect(error?.isUnavailable == true, "\(String(describing: error))")
        try await server.start()
        let again = try await bench.pusher().push(request)
        #expect(again.inserted == 0 && again.duplicates == 1 && again.views.allSatisfy { $0.written == 1 })
        #expect(try await bench.served("card_last", ["card_id": .int64(1)]) == [.float64(5), .string("s")])
        await bench.close()
    }

    /// As when a table is being rewritten: the client is told to come back, and does no harm by it.
    @Test func aTableThatIsLockedIsNoMistakeOfTheCaller() async throws {
        let bench = try await PushBench()
        let url = bench.connection.url
        let pusher = Pusher(
            plan: bench.plan, ids: bench.ids,
            offline: PushConnections {
                try await PostgresConnection.connect(to: url, settings: [(name: "statement_timeout", value: "100ms")])
            }, online: bench.redis)
        let request = PushBench.request("rating", Self.rating(1))
        try await bench.connection.transaction {
            try await bench.connection.execute("LOCK TABLE ratings IN EXCLUSIVE MODE")
            let error = await #expect(throws: PushError.self) { try await pusher.push(request) }
            #expect(error?.isUnavailable == true, "\(String(describing: error))")
        }
        #expect(try await pusher.push(request).inserted == 1)
        await bench.close()
    }

    /// Connections that Postgres has closed in the meantime are replaced unseen.
    @Test func aPushSurvivesARestartOfItsConnections() async throws {
        let bench = try await PushBench()
        let pusher = bench.pusher(connections: 1)
        _ = try await pusher.push(PushBench.request("rating", Self.rating(1)))
        try await bench.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        #expect(try await pusher.push(PushBench.request("rating", Self.rating(2))).inserted == 1)
        await bench.close()
    }

    private static let gate =
        "{unique: [card_id, shop, at], columns: {amount: {min: 0, max: 100}, price: {nulls: 0.5}}, gate: true}"

    /// How a push was refused; nil where it was not.
    private static func refusal(_ pusher: Pusher, _ target: String, _ columns: [(String, [JSONValue])]) async throws -> String? {
        do {
            _ = try await pusher.push(PushBench.request(target, columns, to: target == "hourly" ? .offline : .online))
            return nil
        } catch PushError.breaksExpectations(let source, let reason) {
            #expect(source == "payments")
            return reason
        }
    }

    @Test func aPushThatBreaksItsGateChangesNothing() async throws {
        let bench = try await PushBench(gate: Self.gate)
        let pusher = bench.pusher()
        func priced(_ columns: [(String, [JSONValue])], _ price: JSONValue = .number("1")) -> [(String, [JSONValue])] {
            columns + [("price", columns[0].1.map { _ in price })]
        }
        let first = priced(Self.payment(1, "5", at: "2024-01-01T00:00:00Z", known: "2024-01-01T00:00:00Z"))
        #expect(try await Self.refusal(pusher, "card_last", first) == nil)
        let served = try await bench.served("card_last", ["card_id": .int64(1)])
        #expect(served == [.float64(5), .string("s")])
        // One bad row of three: none is taken, whether for the views or for the source alone.
        let mixed: [(String, [JSONValue])] = [
            ("card_id", [.number("1"), .number("2"), .number("3")]), ("shop", [.string("s"), .string("s"), .string("s")]),
            ("amount", [.number("6"), .number("-0.5"), .null]), ("price", [.number("1"), .number("1"), .null]),
            ("at", [.string("2024-01-02"), .string("2024-01-02"), .string("2024-01-02")]),
        ]
        for target in ["card_last", "payments", "hourly"] {
            let reason = try #require(try await Self.refusal(pusher, target, mixed))
            #expect(reason.hasPrefix("amount: range 0.0 .. 100.0, 1 of 2 outside (50.0%) ("), "\(reason)")
            #expect(reason.contains("card_id 2, shop s, at 2024-01-02 00:00:00+00: -0.5"), "\(reason)")
            // One NULL of three is half at most.
            #expect(!reason.contains("price"))
        }
        let unpriced = Self.payment(2, "5", at: "2024-01-01T00:00:00Z")
        #expect(try await Self.refusal(pusher, "card_last", unpriced)?.hasPrefix("price: nulls up to 0.5, 1 of 1 NULL") == true)
        // Equal to a row of the table, and to one of the same push.
        let twin = priced(Self.payment(1, "6", at: "2024-01-01T00:00:00Z", known: "2024-01-05T00:00:00Z"))
        let twins = twin.map { ($0.0, $0.0 == "amount" ? [.number("7"), .number("8")] : $0.1 + $0.1) }
            .map { $0.0 == "at" ? ($0.0, [.string("2024-01-03"), .string("2024-01-03")]) : $0 }
            .map { $0.0 == "known_at" ? ($0.0, [.string("2024-01-03"), .string("2024-01-04")]) : $0 }
        let known = try #require(try await Self.refusal(pusher, "card_last", twin))
        #expect(known.hasPrefix("card_id, shop, at: uniqueness unique, 1 row more than once ("), "\(known)")
        #expect(known.contains(": 2 rows"), "\(known)")
        #expect(try await Self.refusal(pusher, "card_last", twins)?.contains("1 row more than once") == true)
        #expect(try await bench.count("payments") == 1)
        #expect(try await bench.served("card_last", ["card_id": .int64(1)]) == served)
        #expect(try await bench.served("card_last", ["card_id": .int64(2)]) == [.null, .null])
        // What others have put in the table is not the push's affair, unless it is equal to what is pushed.
        try await bench.connection.execute(
            """
            INSERT INTO payments (card_id, shop, amount, at, known_at)
            SELECT 9, 's', -1, '2024-01-01', '2024-01-01' FROM generate_series(1, 2)
            """)
        #expect(try await Self.refusal(pusher, "card_last", priced(Self.payment(2, "100", at: "2024-01-02T00:00:00Z"))) == nil)
        #expect(try await bench.served("card_last", ["card_id": .int64(2)]) == [.float64(100), .string("s")])
        // The same again inserts nothing that could break anything.
        #expect(try await Self.refusal(pusher, "card_last", first) == nil)
        let third = priced(Self.payment(9, "1", at: "2024-01-01T00:00:00Z", known: "2024-01-07T00:00:00Z"))
        #expect(try await Self.refusal(pusher, "card_last", third)?.contains("1 row more than once") == true)
        await bench.close()
    }

    /// The inserted rows are found in whichever partition they went to, and no other row for one of them.
    @Test func aGateJudgesRowsOfEveryPartition() async throws {
        let bench = try await PushBench(gate: Self.gate)
        try await bench.connection.executeScript(
            """
            ALTER TABLE payments RENAME TO old_payments;
            CREATE TABLE payments (LIKE old_payments INCLUDING DEFAULTS) PARTITION BY RANGE (at);
            CREATE TABLE payments_1 PARTITION OF payments FOR VALUES FROM ('2024-01-01Z') TO ('2024-02-01Z');
            CREATE TABLE payments_2 PARTITION OF payments DEFAULT;
            INSERT INTO payments (card_id, shop, amount, at, known_at) VALUES (7, 's', -1, '2024-01-01Z', '2024-01-01');
            """)
        let pusher = bench.pusher()
        func pushed(_ amount: String, _ at: String) -> [(String, [JSONValue])] {
            [
                ("card_id", [.number("1"), .number("2")]), ("shop", [.string("s"), .string("s")]),
                ("amount", [.number("1"), .number(amount)]), ("price", [.number("1"), .number("1")]),
                ("at", [.string("2024-03-01"), .string(at)]),
            ]
        }
        for at in ["2024-01-02", "2024-03-02"] {
            #expect(try await Self.refusal(pusher, "card_last", pushed("101", at))?.contains("card_id 2, shop s") == true)
        }
        #expect(try await bench.count("payments") == 1)
        // At the place of the first partition's bad row stands, in the second, the first of these.
        #expect(try await Self.refusal(pusher, "card_last", pushed("100", "2024-03-02")) == nil)
        #expect(try await bench.count("payments") == 3)
        await bench.close()
    }

    private static func rating(_ stars: Int) -> [(String, [JSONValue])] {
        [("shop", [.string("s")]), ("stars", [.number("\(stars)")]), ("at", [.string("2024-01-0\(stars)")])]
    }

    /// Many pushes of the same entities beside runs, all by the machine's clock: without a further run, Redis has what the last
    /// row of each entity says.
    @Test func pushesAndRunsAtOnceLeaveTheNewest() async throws {
        let bench = try await PushBench()
        let pusher = bench.pusher()
        let (url, project, redis) = (bench.connection.url, bench.plan.project, bench.redis)
        let view = try #require(bench.plan.featureView(named: "card_last"))
        let target = MaterializationTarget(view: view, ids: try #require(bench.ids["card_last"]))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<6 {
                group.addTask {
                    for step in 0..<20 {
                        let second = step * 6 + worker
                        let time = Timestamp(microseconds: 1_704_067_200_000_000 + Int64(second) * 1_000_000).description
                        let columns = Self.payment(1 + step % 3, "\(second)", at: time)
                        _ = try await pusher.push(PushBench.request("payments", columns))
                    }
                }
            }
            for runner in 0..<2 {
                group.addTask {
                    let offline = try await PostgresConnection.connect(to: url)
                    for _ in 0..<10 {
                        let now = Timestamp.now
                        _ = try await Materializer(project: project, offline: offline, online: redis)
                            .materialize(target, at: now, startedAt: now, isFull: runner == 0)
                    }
                    await offline.close()
                }
            }
            try await group.waitForAll()
        }
        for card in 1...3 as ClosedRange<Int64> {
            let newest = (0..<120).filter { Int64(1 + ($0 / 6) % 3) == card }.max() ?? 0
            #expect(try await bench.served("card_last", ["card_id": .int64(card)])[0] == .float64(Double(newest)))
        }
        await bench.close()
    }
}
