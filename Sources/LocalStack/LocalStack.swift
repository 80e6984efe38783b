import Foundation
import Glibc
package import PostgresClient
package import RedisClient

/// A project's own Postgres and Redis, for people who have configured none, and for tests.
///
/// Everything is in the project's `.asof/` (see `StackLayout` for the exceptions) and on Unix sockets that only their owner can
/// reach, so that projects never meet. The servers outlive the command that starts them; `up` brings them back after a crash.
package struct LocalStack: Sendable {
    package enum Durability: Sendable, Hashable {
        /// What was committed or written is there after a crash of either server.
        case survivesCrashes
        /// Nothing is kept safe, and all is faster: for tests.
        case throwaway
    }

    private let layout: StackLayout
    private let account: ServerAccount?
    private let postgres: PostgresServer
    private let redis: RedisServer

    /// Looks at the project's folder and starts nothing. `report` is told what takes time, a line each.
    package init(
        projectRoot: String, durability: Durability = .survivesCrashes,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(LocalStackError) {
        account = try ServerAccount.forPostgres()
        layout = try StackLayout(projectRoot: projectRoot, account: account)
        postgres = PostgresServer(layout: layout, account: account, durability: durability, report: report)
        redis = RedisServer(layout: layout, durability: durability, report: report)
    }

    /// Where Postgres is, or will be.
    package var offlineURL: PostgresURL { postgres.url }

    /// Where Redis is, or will be.
    package var onlineURL: RedisURL { redis.url }

    /// Starts what does not run, and returns when both take requests. Creates the stores the first time.
    package func up() async throws {
        try layout.prepareControl()
        let lock = try await StackLock(path: layout.lock)
        try layout.prepare(account: account)
        try await postgres.start()
        try await redis.start()
        _ = consume lock
    }

    /// As `up`, but costs next to nothing when both run: for commands that need the stores.
    package func ensureRunning() async throws {
        if postgres.isReady, await redis.isReady() { return }
        try await up()
    }

    /// Stops both and waits until they have ended. The data stays.
    package func down() async throws {
        guard access(layout.control, F_OK) == 0 else { return }
        let lock = try await StackLock(path: layout.lock)
        try await redis.stop()
        try await postgres.stop()
        _ = consume lock
    }

    /// Stops both and removes their data, logs and sockets.
    package func reset() async throws {
        guard access(layout.control, F_OK) == 0 else { return }
        let lock = try await StackLock(path: layout.lock)
        try await redis.stop()
        try await postgres.stop()
        try layout.removeData()
        _ = consume lock
    }

    /// What runs where. Changes nothing.
    package func status() async -> StackStatus {
        StackStatus(
            postgres: ServerStatus(
                state: Self.state(postgres.process, isReady: postgres.isReady, exists: postgres.exists),
                url: postgres.url.description, dataDirectory: layout.postgresData, log: layout.postgresLog),
            redis: ServerStatus(
                state: Self.state(
                    redis.process, isReady: await redis.isReady(), exists: access(layout.redisData, F_OK) == 0),
                url: redis.url.description, dataDirectory: layout.redisData, log: layout.redisLog),
            postgresAccount: account?.name,
            isOutsideProject: layout.isOutsideProject
        )
    }

    private static func state(_ process: ServerProcess?, isReady: Bool, exists: Bool) -> ServerStatus.State {
        guard let process else { return exists ? .stopped : .notCreated }
        return isReady ? .running(pid: process.identifier) : .notAnswering(pid: process.identifier)
    }
}
