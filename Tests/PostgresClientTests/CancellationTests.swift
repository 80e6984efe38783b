import PostgresClient
import Testing

@Suite struct CancellationTests {
    /// Waits until the server runs the other connection's statement.
    func waitUntilRunning(_ marker: String) async throws {
        let observer = try await PostgresTest.connection()
        while try await observer.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE $1 AND pid <> pg_backend_pid()",
            [.text("%\(marker)%")]
        ).firstCell == "0" {
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test func aStatementCanBeCancelledFromElsewhere() async throws {
        let connection = try await PostgresTest.connection()
        let statement = Task { try await connection.execute("SELECT pg_sleep(600) /* cancelled from elsewhere */") }
        try await waitUntilRunning("cancelled from elsewhere")
        connection.cancel()
        let error = await #expect(throws: PostgresError.self) { try await statement.value }
        #expect(error?.code == .cancelled)
        #expect(try await connection.execute("SELECT 1").firstCell == "1")
    }

    @Test func cancellingTheTaskCancelsItsStatement() async throws {
        let connection = try await PostgresTest.connection()
        let statement = Task { try await connection.execute("SELECT pg_sleep(600) /* task cancelled */") }
        try await waitUntilRunning("task cancelled")
        statement.cancel()
        let error = await #expect(throws: PostgresError.self) { try await statement.value }
        #expect(error?.code == .cancelled)
        #expect(try await connection.execute("SELECT 1").firstCell == "1")
    }

    @Test func aCancelledTaskStartsNoStatement() async throws {
        let connection = try await PostgresTest.connection()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await connection.execute("SELECT pg_sleep(600)")
        }
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        #expect(error?.code == .cancelled)
    }

    @Test func aTransactionOfACancelledTaskIsRolledBack() async throws {
        let connection = try await PostgresTest.connection()
        let task = Task {
            try await connection.transaction {
                try await connection.execute("SELECT pg_sleep(600) /* rolled back */")
            }
        }
        try await waitUntilRunning("rolled back")
        task.cancel()
        await #expect(throws: PostgresError.self) { try await task.value }
        #expect(await connection.isInTransaction == false)
    }

    @Test func aCancellationNeverHitsTheNextStatement() async throws {
        let connection = try await PostgresTest.connection()
        for _ in 0..<200 {
            let statement = Task { try await connection.execute("SELECT count(*) FROM generate_series(1, 1000)") }
            statement.cancel()
            _ = try? await statement.value
            #expect(try await connection.execute("SELECT 1").firstCell == "1")
        }
    }

    @Test func aStatementTimeoutIsTheServersErrorNotOurs() async throws {
        let connection = try await PostgresTest.connection()
        try await connection.execute("SET statement_timeout = 20")
        let error = await #expect(throws: PostgresError.self) { try await connection.execute("SELECT pg_sleep(600)") }
        #expect(error?.code == .server(.queryCanceled))
    }
}
