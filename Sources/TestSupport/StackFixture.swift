import Foundation
import LocalStack
package import PostgresClient
package import RedisClient
import Synchronization

/// One private Postgres and Redis for a test process, started when the first test asks.
///
/// It is in a folder of its own in `/tmp`, on sockets of its own, so any number of test processes may run at once; it is gone,
/// folder and all, when the process is, however the process ends (`StackSupervisor`). Tests take a database and a Redis of
/// their own from it, and so may run in parallel too.
package final class TestStack: Sendable {
    /// The database that every test shares. Prefer `freshDatabase`.
    package let postgresURL: PostgresURL
    /// Database 0, which every test shares. Prefer `freshRedisURL`.
    package let redisURL: RedisURL
    private let admin: PostgresConnection
    private let issued = Atomic<Int>(0)

    private static let startup = Task { try await TestStack() }

    /// The process's stack.
    package static func shared() async throws -> TestStack {
        try await startup.value
    }

    private init() async throws {
        let directory = "/tmp/asof-t\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        // First of all, so that whatever comes is cleaned up.
        try StackSupervisor(folder: directory, top: directory).finishAtExit()
        let stack = try LocalStack(projectRoot: directory, durability: .throwaway)
        try await stack.up()
        // A hundred tests that connect at once, on a machine that is busy with other things, need more than the usual 3 s.
        postgresURL = stack.offlineURL.with(connectTimeoutSeconds: 60)
        redisURL = stack.onlineURL
        admin = try await .connect(to: postgresURL)
    }

    /// A new, empty database. `timeZone` makes it the default of the database's sessions, as an unkind administrator might.
    package func freshDatabase(_ hint: String = "test", timeZone: String? = nil) async throws -> PostgresURL {
        let name = try SQLIdentifier("\(String(hint.prefix(40)))_\(nextNumber())")
        try await admin.execute("CREATE DATABASE \(name.quoted)")
        if let timeZone {
            // ALTER DATABASE takes no parameters, so the server writes the statement, quoting and all.
            let statement = try await admin.execute(
                "SELECT format('ALTER DATABASE %I SET TimeZone = %L', $1::text, $2::text)", [.text(name.raw), .text(timeZone)])
            try await admin.executeScript(statement.firstCell ?? "")
        }
        return postgresURL.with(database: name.raw)
    }

    /// An empty Redis database that nobody else has.
    package func freshRedisURL() -> RedisURL {
        var url = redisURL
        // 0 is the shared one; the server is started with 4,096.
        url.database = 1 + nextNumber() % 4095
        return url
    }

    /// A prefix for keys that no other test of the process uses.
    package func freshRedisPrefix(_ hint: String = "test") -> String {
        "\(hint)-\(nextNumber()):"
    }

    private func nextNumber() -> Int {
        issued.add(1, ordering: .relaxed).newValue
    }
}
