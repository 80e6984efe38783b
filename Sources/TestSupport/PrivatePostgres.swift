import Foundation
import LocalStack
package import PostgresClient

/// A Postgres of one test's own, to be killed and started again. It is gone with the process at the latest.
package final class PrivatePostgres: Sendable {
    package let url: PostgresURL
    private let stack: LocalStack

    package init() async throws {
        let directory = "/tmp/asof-p\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        try StackSupervisor(folder: directory, top: directory).finishAtExit()
        stack = try LocalStack(projectRoot: directory)
        url = stack.offlineURL.with(connectTimeoutSeconds: 60)
        try await stack.up()
    }

    /// Ends its first process without a chance to say anything; the others end when they find that out.
    package func kill() async {
        guard case .running(let pid) = await stack.status().postgres.state else { return }
        Foundation.kill(pid, SIGKILL)
    }

    /// Starts it again, on what it had written. Some of the old processes may still be ending.
    package func start() async throws {
        for _ in 0..<200 {
            do { return try await stack.up() } catch { try await Task.sleep(for: .milliseconds(100)) }
        }
        try await stack.up()
    }

    package func remove() async throws { try await stack.reset() }
}
