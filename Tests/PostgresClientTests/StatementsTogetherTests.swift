import PostgresClient
import Testing

@Suite struct StatementsTogetherTests {
    private static func table() async throws -> PostgresConnection {
        let connection = try await PostgresTest.connection()
        try await connection.execute("CREATE TEMP TABLE t (n int PRIMARY KEY)")
        return connection
    }

    private static func inserting(_ number: Int64) -> PostgresStatement {
        PostgresStatement("INSERT INTO t VALUES ($1) RETURNING n", [.int64(number)])
    }

    private static func numbers(on connection: PostgresConnection) async throws -> [String?] {
        try await connection.execute("SELECT n FROM t ORDER BY n").rows.map { $0[0] }
    }

    @Test func eachIsAnsweredInOrder() async throws {
        let connection = try await Self.table()
        let answers = try await connection.executeTogether([
            Self.inserting(2), PostgresStatement("SELECT n, $1 FROM t", [.null]), Self.inserting(1),
            PostgresStatement("SELECT count(*) FROM t"),
        ])
        #expect(answers.map(\.rows) == [[["2"]], [["2", nil]], [["1"]], [["2"]]])
        #expect(answers.map(\.commandTag) == ["INSERT 0 1", "SELECT 1", "INSERT 0 1", "SELECT 1"])
        let none = try await connection.executeTogether([])
        #expect(none.isEmpty)
    }

    @Test(arguments: 0..<3) func oneThatFailsUndoesAll(place: Int) async throws {
        let connection = try await Self.table()
        var statements = [Self.inserting(1), Self.inserting(2)]
        statements.insert(PostgresStatement("SELECT 1 / $1", [.int64(0)]), at: place)
        let all = statements
        let error = await #expect(throws: PostgresError.self) { try await connection.executeTogether(all) }
        #expect(error?.sqlState == .divisionByZero)
        #expect(error?.statement == "SELECT 1 / $1")
        #expect(await connection.isInTransaction == false)
        #expect(try await Self.numbers(on: connection) == [])
    }

    @Test func theyArePartOfATransactionThatIsOpen() async throws {
        struct Refusal: Error {}
        let connection = try await Self.table()
        await #expect(throws: Refusal.self) {
            try await connection.transaction {
                try await connection.executeTogether([Self.inserting(1), Self.inserting(2)])
                throw Refusal()
            }
        }
        #expect(try await Self.numbers(on: connection) == [])
    }

    @Test func whatCannotBeSentKeepsAllFromBeingSent() async throws {
        let connection = try await Self.table()
        let error = await #expect(throws: PostgresError.self) {
            try await connection.executeTogether([Self.inserting(1), PostgresStatement("SELECT 'a\0b'")])
        }
        #expect(error?.code == .invalidRequest)
        #expect(try await Self.numbers(on: connection) == [])
    }

    @Test func aBackendThatGoesIsALostConnection() async throws {
        let connection = try await Self.table()
        let error = await #expect(throws: PostgresError.self) {
            try await connection.executeTogether([
                Self.inserting(1), PostgresStatement("SELECT pg_terminate_backend(pg_backend_pid())"), Self.inserting(2),
            ])
        }
        #expect(error?.code == .connectionLost)
        let later = await #expect(throws: PostgresError.self) { try await connection.execute("SELECT 1") }
        #expect(later?.code == .connectionLost)
    }

    @Test func cancellingTheTaskCancelsThemAll() async throws {
        let connection = try await Self.table()
        let pid = try #require(await connection.execute("SELECT pg_backend_pid()").firstCell)
        let statements = Task {
            try await connection.executeTogether([
                Self.inserting(1), PostgresStatement("SELECT pg_sleep(600)"), Self.inserting(2),
            ])
        }
        let observer = try await PostgresTest.connection()
        while try await observer.execute(
            "SELECT FROM pg_stat_activity WHERE pid = $1::int AND wait_event = 'PgSleep'", [.text(pid)]
        ).rows.isEmpty {
            try await Task.sleep(for: .milliseconds(5))
        }
        statements.cancel()
        let error = await #expect(throws: PostgresError.self) { try await statements.value }
        #expect(error?.code == .cancelled)
        #expect(try await Self.numbers(on: connection) == [])
    }

    /// COPY has no place among them (https://www.postgresql.org/docs/15/libpq-pipeline-mode.html): nothing is kept.
    @Test func copyIsRefused() async throws {
        let connection = try await Self.table()
        let error = await #expect(throws: PostgresError.self) {
            try await connection.executeTogether([Self.inserting(1), PostgresStatement("COPY t TO STDOUT"), Self.inserting(2)])
        }
        #expect(error?.code == .invalidRequest)
        await #expect(throws: PostgresError.self) { try await connection.execute("SELECT 1") }
    }
}
