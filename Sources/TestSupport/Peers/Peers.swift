package import Foundation

/// Other implementations that tests compare us with, in Python: what scripts/install-peers installs.
package enum Peers {
    /// Runs a Python script of the tests', and fails with what it said if it fails. Off the cooperative pool.
    package static func run(_ script: URL, _ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = try python()
        process.arguments = [script.path] + arguments
        // The session's time zone must not matter.
        process.environment = ProcessInfo.processInfo.environment.merging([
            "TZ": "Asia/Kathmandu", "PYTHONDONTWRITEBYTECODE": "1",
        ]) { $1 }
        let log = FileManager.default.temporaryDirectory.appending(path: "asof-peers-\(UUID().uuidString).log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: log) }
        let handle = try FileHandle(forWritingTo: log)
        process.standardError = handle
        process.standardOutput = handle
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.runAlone() } catch { continuation.resume(throwing: error) }
        }
        if status != 0 {
            let said = try String(contentsOf: log, encoding: .utf8).suffix(3000)
            throw Failure(description: "\(script.lastPathComponent) failed: \(said)")
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

    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }
    }
}
