import Foundation
import PostgresClient
import RedisClient
import TestSupport
import Testing

/// A project in a folder of its own, on the tests' stores, and the built `asof` run in it.
struct AsofProcess {
    struct Outcome {
        let code: Int32
        let output: String
        let error: String
    }

    let folder: URL
    private let environment: [String: String]

    /// The example project of `asof init`, on a fresh database and Redis.
    init(offlineURL: String? = nil, onlineURL: String? = nil) async throws {
        let stack = try await TestStack.shared()
        folder = FileManager.default.temporaryDirectory.appending(path: "asof-cli-\(UUID().uuidString)")
        var environment = ProcessInfo.processInfo.environment
        if let offlineURL {
            environment["ASOF_OFFLINE_URL"] = offlineURL
        } else {
            environment["ASOF_OFFLINE_URL"] = try await stack.freshDatabase("cli").description
        }
        environment["ASOF_ONLINE_URL"] = onlineURL ?? stack.freshRedisURL().description
        self.environment = environment
        let made = try await run("init", folder.path, "--name", "shop", in: FileManager.default.temporaryDirectory)
        try #require(made.code == 0, "\(made.error)")
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: path))
    }

    func text(of path: String) throws -> String {
        try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }

    /// The project's offline store.
    func connectOffline() async throws -> PostgresConnection {
        try await PostgresConnection.connect(to: PostgresURL(environment["ASOF_OFFLINE_URL"] ?? ""))
    }

    /// Takes away what `asof serve` loads plans from.
    func breakRegistry() async throws {
        let connection = try await connectOffline()
        try await connection.execute("ALTER SCHEMA asof RENAME TO asof_elsewhere")
        await connection.close()
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: folder.appending(path: path).path) }

    /// Runs `asof` to its end.
    func run(
        _ arguments: String..., in directory: URL? = nil, variables: [String: String] = [:], input: String? = nil
    ) async throws -> Outcome {
        try await run(arguments, in: directory, variables: variables, input: input)
    }

    /// Makes `cert.pem`, for 127.0.0.1 and signed by itself, and `key.pem`. Returns the certificate's path.
    func makeCertificate() throws -> String {
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/env")
        openssl.arguments =
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
            + ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
        openssl.currentDirectoryURL = folder
        openssl.standardError = FileHandle.nullDevice
        try openssl.runAlone()
        openssl.waitUntilExit()
        try #require(openssl.terminationStatus == 0)
        return folder.appending(path: "cert.pem").path
    }

    /// Starts `asof serve` on a free port and waits until it serves. `variables` are added to its environment.
    func serve(_ arguments: String..., variables: [String: String] = [:]) async throws -> ServeProcess {
        let errors = FileManager.default.temporaryDirectory.appending(path: "asof-serve-\(UUID().uuidString)")
        try Data().write(to: errors)
        let process = Process()
        process.executableURL = Self.binary
        process.arguments = ["serve", "--port", "0"] + arguments
        process.environment = environment.merging(variables) { $1 }
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.runAlone()
        return try await ServeProcess(process, errors: errors)
    }

    /// Runs `asof` and kills it after a while, as `kill -9` does; harmless when it has ended by then.
    func runAndKill(after pause: Duration, _ arguments: String...) async throws {
        let process = Process()
        process.executableURL = Self.binary
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.runAlone()
        try await Task.sleep(for: pause)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// - Parameters:
    ///   - signal: sent to the process, if it still runs, as soon as `condition` holds.
    func run(
        _ arguments: [String], in directory: URL? = nil, variables: [String: String] = [:], input: String? = nil,
        signal: Int32? = nil,
        once condition: @escaping @Sendable () async throws -> Bool = { true }
    ) async throws -> Outcome {
        let process = Process()
        process.executableURL = Self.binary
        process.arguments = arguments
        process.environment = environment.merging(variables) { $1 }
        process.currentDirectoryURL = directory ?? folder
        // Files, not pipes: nobody has to read while it runs.
        let files = ["out", "err"].map {
            FileManager.default.temporaryDirectory.appending(path: "asof-\($0)-\(UUID().uuidString)")
        }
        for file in files { try Data().write(to: file) }
        defer { for file in files { try? FileManager.default.removeItem(at: file) } }
        let handles = try files.map { try FileHandle(forWritingTo: $0) }
        // Foundation keeps them, and with some 1,360 descriptors open `Process.run` reads past the end of its list of them.
        defer { for handle in handles { try? handle.close() } }
        process.standardOutput = handles[0]
        process.standardError = handles[1]
        if let input {
            let pipe = Pipe()
            // Short enough for the pipe to hold.
            try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try pipe.fileHandleForWriting.close()
            process.standardInput = pipe
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        let code = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.runAlone() } catch { return continuation.resume(throwing: error) }
            guard let signal else { return }
            let pid = process.processIdentifier
            Task {
                while try await !condition(), process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
                kill(pid, signal)
            }
        }
        return Outcome(
            code: code,
            output: try String(contentsOf: files[0], encoding: .utf8),
            error: try String(contentsOf: files[1], encoding: .utf8)
        )
    }

    /// Beside the tests' own bundle.
    private static let binary = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "asof")
}
