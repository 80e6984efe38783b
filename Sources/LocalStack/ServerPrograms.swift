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
    /// Debian keeps them out of PATH, in `/usr/lib/postgresql/15/bin`.
    static func postgresDirectory(clusterVersion: String?) throws(LocalStackError) -> String {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [])
            .sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }
        let sameVersion = versions.filter { $0 == clusterVersion }
        let candidates =
            (sameVersion.map { "\(root)/\($0)/bin" } + searchPath + [directoryFromPgConfig()].compactMap(\.self)
                + versions.map { "\(root)/\($0)/bin" })
        let found = candidates.first { directory in
            ["postgres", "initdb"].allSatisfy { access("\(directory)/\($0)", X_OK) == 0 }
        }
        guard let found else { throw .programMissing("postgres", package: "postgresql") }
        return found
    }

    private static var searchPath: [String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map(String.init) + ["/usr/local/bin", "/usr/bin", "/usr/sbin", "/bin", "/sbin"]
    }

    /// For installations in a place of their own, such as a build from source.
    private static func directoryFromPgConfig() -> String? {
        guard let program = find("pg_config") else { return nil }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = ["--bindir"]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(whereSeparator: \.isNewline).first.map(String.init)
    }
}
