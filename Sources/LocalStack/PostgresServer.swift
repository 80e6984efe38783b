import Foundation
import Glibc
import PostgresClient

/// The project's own Postgres: one cluster, one socket, no TCP.
struct PostgresServer: Sendable {
    let layout: StackLayout
    let account: ServerAccount?
    let durability: LocalStack.Durability
    let report: @Sendable (String) -> Void

    /// The superuser, and the database that everything is in.
    static let user = "asof"
    static let database = "asof"

    var url: PostgresURL {
        PostgresURL(socketDirectory: layout.sockets, user: Self.user, database: Self.database)
    }

    /// The postmaster, found by either of the files that it leaves its number in.
    var process: ServerProcess? {
        [layout.postgresData + "/postmaster.pid", layout.postgresSocketLock].lazy
            .compactMap { ServerProcess(file: $0, name: "postgres", directory: layout.postgresData) }
            .first
    }

    /// Whether it takes connections, and its socket is still there.
    var isReady: Bool { process != nil && saysReady && hasSocket }

    /// What the last line of its pid file tells; before, there is `starting`.
    private var saysReady: Bool {
        let text = try? String(contentsOfFile: layout.postgresData + "/postmaster.pid", encoding: .utf8)
        let lines = (text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        return lines.count > 7 && lines[7].hasPrefix("ready")
    }

    private var hasSocket: Bool { access(layout.sockets + "/.s.PGSQL.5432", F_OK) == 0 }

    var exists: Bool { access(layout.postgresData + "/PG_VERSION", F_OK) == 0 }

    /// Creates the cluster if there is none, and starts it if it does not run. The caller holds the lock.
    func start() async throws {
        if isReady { return }
        // Somebody who started it was interrupted; or its socket was removed from under it.
        if process != nil, !saysReady, try await becomesReady(within: .seconds(60)) { return }
        try await stop()

        let version = try? String(contentsOfFile: layout.postgresData + "/PG_VERSION", encoding: .utf8)
        let programs = try await ServerPrograms.postgresDirectory(
            clusterVersion: version?.trimmingCharacters(in: .whitespacesAndNewlines), scratch: layout.logs + "/pg_config.log")
        if !exists { try await createCluster(programs) }
        report("starting Postgres")
        ServerLog.rotate(layout.postgresLog)
        let deadline = ContinuousClock.now + .seconds(120)
        while true {
            try removeStaleLocks()
            let child = try ChildProcess(programs + "/postgres", arguments, log: layout.postgresLog, account: account)
            if try await becomesReady(within: deadline - .now, child) { return }
            // After a crash the old backends take a moment to notice; Postgres waits for none of them, so we do.
            let said = ServerLog.lastLines(of: layout.postgresLog, count: 3).joined()
            guard said.contains("pre-existing shared memory block"), ContinuousClock.now < deadline else {
                throw LocalStackError.serverFailed("Postgres", log: layout.postgresLog)
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Stops it and waits for the end: orderly first, then less and less.
    func stop() async throws {
        try await process?.stop([
            (SIGINT, .seconds(30)), (SIGQUIT, .seconds(10)), (SIGKILL, .seconds(10)),
        ])
    }

    /// False if `child` has ended, or the time is up.
    private func becomesReady(within limit: Duration, _ child: ChildProcess? = nil) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if isReady { return true }
            if let child, child.exitStatus() != nil { return false }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    /// After a crash the lock files stay. Postgres takes over those of a dead process, but not when another has got its number.
    private func removeStaleLocks() throws(LocalStackError) {
        guard process == nil else { return }
        for path in [layout.postgresData + "/postmaster.pid", layout.postgresSocketLock, layout.sockets + "/.s.PGSQL.5432"] {
            try StackLayout.remove(path)
        }
    }

    /// Makes the cluster beside its place and moves it there once it is whole, database and all: a half-made one never counts.
    private func createCluster(_ programs: String) async throws {
        report("creating a Postgres cluster in \(layout.postgresData)")
        let unfinished = layout.unfinishedPostgresData
        try StackLayout.remove(unfinished)
        try StackLayout.remove(layout.postgresData)
        try StackLayout.makeDirectory(unfinished, mode: 0o700)
        if let account { try StackLayout.give(unfinished, to: account) }

        let log = layout.logs + "/initdb.log"
        try StackLayout.remove(log)
        try await run(
            programs + "/initdb", log: log,
            ["-D", unfinished, "-U", Self.user, "-E", "UTF8", "--locale=C", "-A", "trust", "--no-sync", "--no-instructions"])
        // Postgres reads a single user's commands from its input, a line each.
        let commands = layout.logs + "/create-database.sql"
        do {
            try "CREATE DATABASE \(Self.database)\n".write(toFile: commands, atomically: true, encoding: .utf8)
        } catch {
            throw LocalStackError.unusableDirectory(layout.logs, error.localizedDescription)
        }
        try await run(programs + "/postgres", input: commands, log: log, ["--single", "-F", "-D", unfinished, "postgres"])
        guard rename(unfinished, layout.postgresData) == 0 else {
            throw LocalStackError.unusableDirectory(layout.postgresData, String(cString: strerror(errno)))
        }
    }

    private func run(_ program: String, input: String = "/dev/null", log: String, _ arguments: [String]) async throws {
        let child = try ChildProcess(program, arguments, input: input, log: log, account: account)
        guard try await child.waitForExit(within: .seconds(120)) == 0 else {
            throw LocalStackError.serverFailed("Postgres", log: log)
        }
    }

    private var arguments: [String] {
        let settings: [(String, String)] = [
            ("listen_addresses", ""),
            ("unix_socket_directories", "\"\(layout.sockets)\""),
            ("unix_socket_permissions", "0700"),
            ("port", "5432"),
            ("max_connections", durability == .throwaway ? "500" : "200"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            ("log_min_messages", "warning"),
            // One user, one machine, bulk loads, and no replica that would need the log.
            ("wal_level", "minimal"),
            ("max_wal_senders", "0"),
            ("max_wal_size", "4GB"),
            ("checkpoint_timeout", "15min"),
            ("shared_buffers", "256MB"),
            ("work_mem", "64MB"),
            ("maintenance_work_mem", "256MB"),
            ("random_page_cost", "1.1"),
            ("jit", "off"),
            // Not "$user": the user is `asof`, and so is the registry's schema, in which tables would land and be found first.
            ("search_path", "public"),
        ]
        let unsafeSettings: [(String, String)] =
            switch durability {
            case .survivesCrashes: []
            case .throwaway: [("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off")]
            }
        return ["-D", layout.postgresData] + (settings + unsafeSettings).flatMap { ["-c", "\($0)=\($1)"] }
    }
}
