import Foundation
import Glibc

/// Finds the servers' programs on this machine.
enum ServerPrograms {
    /// Looks in PATH, and where system programs are when PATH leaves those out.
    static func find(_ name: String) -> String? {
        searchPath.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    static func redisServer() throws(LocalStackError) -> String {
        guard let program = find("redis-server") else {
            throw .programMissing("redis-server", package: "redis-server")
        }
        return program
    }

    /// The directory with `postgres` and `initdb`, of the major version that an existing cluster has, else the newest.
    ///
    /// Debian keeps them out of PATH, in `/usr/lib/postgresql/15/bin`. `scratch` is a file to write over.
    static func postgresDirectory(clusterVersion: String?, scratch: String) async throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [])
            .sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }
        let sameVersion = versions.filter { $0 == clusterVersion }
        let candidates = sameVersion.map { "\(root)/\($0)/bin" } + searchPath + versions.map { "\(root)/\($0)/bin" }
        if let found = candidates.first(where: holdsPostgres) { return found }
        guard let found = try await directoryFromPgConfig(scratch: scratch), holdsPostgres(found) else {
            throw LocalStackError.programMissing("postgres", package: "postgresql")
        }
        return found
    }

    private static func holdsPostgres(_ directory: String) -> Bool {
        ["postgres", "initdb"].allSatisfy { access("\(directory)/\($0)", X_OK) == 0 }
    }

    private static var searchPath: [String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map(String.init) + ["/usr/local/bin", "/usr/bin", "/usr/sbin", "/bin", "/sbin"]
    }

    /// For installations in a place of their own, such as a build from source.
    private static func directoryFromPgConfig(scratch: String) async throws -> String? {
        guard let program = find("pg_config") else { return nil }
        try StackLayout.remove(scratch)
        let child = try ChildProcess(program, ["--bindir"], log: scratch)
        guard try await child.waitForExit(within: .seconds(10)) == 0 else { return nil }
        let text = try String(contentsOfFile: scratch, encoding: .utf8)
        return text.split(whereSeparator: \.isNewline).first.map(String.init)
    }
}
