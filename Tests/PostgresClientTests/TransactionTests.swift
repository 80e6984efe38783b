import PostgresClient
import Testing

@Suite struct TransactionTests {
    struct Refusal: Error {}

    @Test func aTransactionIsKeptWhenItsBodyReturns() async throws {
        let connection = try await PostgresTest.connection()
        try await connection.execute("CREATE TEMP TABLE t (n int)")
        let answer = try await connection.transaction(isolation: .repeatableRead) {
            try await connection.execute("INSERT INTO t VALUES (1)")
            return try await connection.execute("SHOW transaction_isolation").firstCell
        }
        #expect(answer == "repeatable read")
        #expect(try await connection.execute("SELECT n FROM t").rows == [["1"]])
    }

    @Test func aTransactionIsUndoneWhenItsBodyThrows() async throws {
        let connection = try await PostgresTest.connection()
        try await connection.execute("CREATE TEMP TABLE t (n int)")
        await #expect(throws: Refusal.self) {
            try await connection.transaction {
                try await connection.execute("INSERT INTO t VALUES (1)")
                throw Refusal()
            }
        }
        #expect(await connection.isInTransaction == false)
        #expect(try await connection.execute("SELECT n FROM t").rows == [])
    }

    @Test func aSwallowedErrorDoesNotPassForACommit() async throws {
        let connection = try await PostgresTest.connection()
        await #expect(throws: PostgresError.self) {
            try await connection.transaction {
                _ = try? await connection.execute("SELECT 1/0")
            }
        }
        #expect(await connection.isInTransaction == false)
    }

    @Test func transactionsDoNotNest() async throws {
        let connection = try await PostgresTest.connection()
        let error = await #expect(throws: PostgresError.self) {
            try await connection.transaction {
                try await connection.transaction {}
            }
        }
        #expect(error?.code == .invalidRequest)
    }

    @Test func aReadOnlyTransactionRefusesToWrite() async throws {
        let connection = try await PostgresTest.connection()
        await #expect(throws: PostgresError.self) {
            try await connection.transaction(readOnly: true) {
                try await connection.execute("CREATE TABLE never (n int)")
            }
        }
    }
}
