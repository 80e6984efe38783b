import Foundation
package import RedisClient
import Synchronization

/// A redis-server of one test's own, on a Unix socket in a short temporary folder: to be stopped, killed and started
/// again at will. It goes, folder and all, when the value does, or the process, however that ends.
package final class PrivateRedisServer: Sendable {
    private let folder: URL
    private let arguments: [String]
    private let supervisor: StackSupervisor
    private let process = Mutex<Process?>(nil)

    /// A server that is not started yet. `arguments` go to redis-server.
    package init(_ arguments: [String] = []) throws {
        folder = URL(filePath: "/tmp/asof-r\(UInt32.random(in: 0...UInt32.max))")
        self.arguments = arguments
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        supervisor = try StackSupervisor(folder: folder.path, top: folder.path)
    }

    deinit {
        kill()
        supervisor.finishHere()
    }

    package var url: RedisURL { RedisURL(endpoint: .unixSocket(path: folder.path + "/redis.sock")) }

    /// Starts the server and waits until it answers.
    package func start() async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["redis-server", "--port", "0", "--unixsocket", folder.path + "/redis.sock", "--dir", folder.path]
            + ["--pidfile", folder.path + "/redis.pid", "--save", "", "--appendonly", "no", "--daemonize", "no"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.runAlone()
        self.process.withLock { $0 = process }
        let deadline = ContinuousClock.now + .seconds(20)
        while await loginFailure() == .unreachable, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Why one attempt to log in failed: a server that asks for a password is up.
    private func loginFailure() async -> RedisError.Code? {
        do {
            _ = try await RedisConnection.connect(to: url)
            return nil
        } catch {
            return error.code
        }
    }

    /// Ends the server without a chance to say anything.
    package func kill() {
        process.withLock { process in
            guard let running = process else { return }
            Foundation.kill(running.processIdentifier, SIGKILL)
            running.waitUntilExit()
            process = nil
        }
    }

    /// Stops the server where it stands: it accepts connections and answers nothing.
    package func pause() { signal(SIGSTOP) }

    package func resume() { signal(SIGCONT) }

    private func signal(_ number: Int32) {
        process.withLock { process in
            if let process { Foundation.kill(process.processIdentifier, number) }
        }
    }
}
