import PostgresClient
import RedisClient
import TestSupport
import Testing

@Suite struct StackFixtureTests {
    @Test func databasesAreEmptyAndTheirOwn() async throws {
        let stack = try await TestStack.shared()
        let first = try await PostgresConnection.connect(to: stack.freshDatabase("it's \"odd\""))
        let second = try await PostgresConnection.connect(to: stack.freshDatabase("it's \"odd\""))
        try await first.execute("CREATE TABLE t (n int)")
        try await second.execute("CREATE TABLE t (n int)")
        #expect(stack.freshRedisURL() != stack.freshRedisURL())
        #expect(stack.freshRedisPrefix() != stack.freshRedisPrefix())
        _ = try await RedisConnection.connect(to: stack.freshRedisURL())
    }

    @Test func aDatabaseCanHaveATimeZoneThatOurSessionsDoNotTake() async throws {
        let url = try await TestStack.shared().freshDatabase(timeZone: "America/New_York")
        let connection = try await PostgresConnection.connect(to: url)
        #expect(try await connection.execute("SHOW TimeZone").firstCell == "UTC")
        try await connection.execute("RESET TimeZone")
        #expect(try await connection.execute("SHOW TimeZone").firstCell == "America/New_York")
    }
}
