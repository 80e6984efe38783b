import Foundation
import Glibc
import PostgresClient
import RedisClient
import TestSupport
import Testing

@Suite struct StackFixtureTests {
    /// Where a URL of the stack says that its folder is.
    static func folder(_ url: PostgresURL) -> String? {
        url.description.components(separatedBy: "host=").last?.components(separatedBy: "/.asof").first
    }

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

    @Test func aStackIsGoneWhenItsProcessIsKilled() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardErrorContent]) {
            let url = try await TestStack.shared().freshDatabase()
            FileHandle.standardError.write(Data("folder=\(StackFixtureTests.folder(url) ?? "")\n".utf8))
            kill(getpid(), SIGKILL)
        }
        try await expectGone(result)
    }

    @Test func aStackIsGoneWhenItsProcessExits() async throws {
        let result = await #expect(processExitsWith: .exitCode(3), observing: [\.standardErrorContent]) {
            let url = try await TestStack.shared().freshDatabase()
            FileHandle.standardError.write(Data("folder=\(StackFixtureTests.folder(url) ?? "")\n".utf8))
            exit(3)
        }
        try await expectGone(result)
    }

    private func expectGone(_ result: ExitTest.Result?) async throws {
        let output = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        let line = try #require(output.split(separator: "\n").first { $0.hasPrefix("folder=/tmp/") })
        let folder = line.dropFirst("folder=".count)
        let deadline = ContinuousClock.now + .seconds(30)
        while access(String(folder), F_OK) == 0, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(access(String(folder), F_OK) != 0)
    }
}
