import Foundation
import Glibc
import RedisClient

/// The project's own Redis: one socket, no TCP.
struct RedisServer: Sendable {
    let layout: StackLayout
    let durability: LocalStack.Durability
    let report: @Sendable (String) -> Void

    var url: RedisURL { RedisURL(endpoint: .unixSocket(path: layout.redisSocket)) }

    var process: ServerProcess? {
        ServerProcess(file: layout.redisPID, name: "redis-server", directory: layout.redisData)
    }

    private enum Answer {
        case ready
        /// It starts, or reads its file back.
        case busy
        /// It took the connection and then said nothing.
        case silent
    }

    /// Whether it takes commands.
    func isReady() async -> Bool { await answer() == .ready }

    /// What it says to a PING, within a second or so.
    private func answer() async -> Answer {
        guard process != nil, access(layout.redisSocket, F_OK) == 0 else { return .busy }
        do {
            // Its login is a PING too.
            try await RedisConnection.connect(to: url, timeout: .seconds(1)).close()
            return .ready
        } catch {
            return error.code == .timedOut ? .silent : .busy
        }
    }

    /// Starts it if it does not run. The caller holds the lock.
    func start() async throws {
        if await isReady() { return }
        // Somebody who started it was interrupted; or its socket was removed from under it.
        let hasSocket = access(layout.redisSocket, F_OK) == 0
        if let process, hasSocket, await answer() == .silent {
            // It has a socket and says nothing: it hangs, or is stopped. What it holds may not be on disk, so it is not ended.
            throw LocalStackError.serverSilent("Redis", pid: process.identifier, log: layout.redisLog)
        }
        if process != nil, try await becomesReady(within: hasSocket ? .seconds(60) : .milliseconds(500)) { return }
        try await stop()

        let program = try ServerPrograms.redisServer()
        report("starting Redis")
        ServerLog.rotate(layout.redisLog)
        try StackLayout.remove(layout.redisPID)
        let child = try ChildProcess(program, arguments, log: layout.redisLog)
        guard try await becomesReady(within: .seconds(120), child) else {
            throw LocalStackError.serverFailed("Redis", log: layout.redisLog)
        }
    }

    /// Stops it and waits for the end. It writes what it has to its file first.
    func stop() async throws {
        try await process?.stop([(SIGTERM, .seconds(30)), (SIGKILL, .seconds(10))])
    }

    private func becomesReady(within limit: Duration, _ child: ChildProcess? = nil) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if await isReady() { return true }
            if let child, child.exitStatus() != nil { return false }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    private var arguments: [String] {
        let durable = durability == .survivesCrashes
        let settings: [(String, String)] = [
            ("port", "0"),
            ("unixsocket", layout.redisSocket),
            ("unixsocketperm", "700"),
            ("dir", layout.redisData),
            ("pidfile", layout.redisPID),
            ("daemonize", "no"),
            ("appendonly", durable ? "yes" : "no"),
            ("save", ""),
            ("databases", durable ? "16" : "4096"),
        ]
        return settings.flatMap { ["--" + $0, $1] }
    }
}
