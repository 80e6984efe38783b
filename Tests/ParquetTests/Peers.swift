import Foundation
import Testing

/// The other implementations of Parquet, pyarrow, DuckDB and Polars: Python, in the environment that scripts/install-peers makes.
enum Peers {
    static let libraries = ["pyarrow", "duckdb", "polars"]

    /// A folder of this test run's own.
    static func makeScratchFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "asof-parquet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Runs one of the scripts in `Peers/`, and fails with what it said if it fails. Off the cooperative pool.
    static func run(_ script: String, _ arguments: String...) async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
        let process = Process()
        process.executableURL = try python()
        process.arguments = [root.appending(path: "Peers/\(script)").path] + arguments
        // The session's time zone must not matter.
        process.environment = ProcessInfo.processInfo.environment.merging([
            "TZ": "Asia/Kathmandu", "PYTHONDONTWRITEBYTECODE": "1",
        ]) { $1 }
        let log = FileManager.default.temporaryDirectory.appending(path: "asof-parquet-\(UUID().uuidString).log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: log) }
        let handle = try FileHandle(forWritingTo: log)
        process.standardError = handle
        process.standardOutput = handle
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        if status != 0 {
            throw Failure(description: "\(script) failed: \(try String(contentsOf: log, encoding: .utf8).suffix(3000))")
        }
    }

    /// scripts/install-peers says the same folder.
    private static func python() throws -> URL {
        let environment = ProcessInfo.processInfo.environment
        let folder =
            environment["ASOF_PEERS"]
            ?? "\(environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "/root")/.cache")/asof/peers"
        let python = URL(filePath: "\(folder)/bin/python")
        guard FileManager.default.isExecutableFile(atPath: python.path) else {
            throw Failure(description: "there is no \(python.path): run scripts/install-peers")
        }
        return python
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }
}
