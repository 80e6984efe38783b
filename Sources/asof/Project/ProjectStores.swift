import Foundation
import LocalStack
import PostgresClient
import RedisClient

/// Where a project's stores are: what the configuration says, or else the private stack, started if need be.
struct ProjectStores: Sendable {
    private let configuration: ProjectConfiguration

    init(_ configuration: ProjectConfiguration) {
        self.configuration = configuration
    }

    func connectOffline() async throws -> PostgresConnection {
        try await PostgresConnection.connect(to: try await offlineURL())
    }

    /// A connection for the length of `body`.
    func withOffline<Output: Sendable>(_ body: (PostgresConnection) async throws -> Output) async throws -> Output {
        let connection = try await connectOffline()
        let result: Result<Output, any Error>
        do { result = .success(try await body(connection)) } catch { result = .failure(error) }
        await connection.close()
        return try result.get()
    }

    func connectOnline() async throws -> RedisConnection {
        try await RedisConnection.connect(to: try await onlineAddress())
    }

    /// For the server: connects when first used, and again whenever Redis comes back; a slow Redis trips a deadline.
    func openOnline() async throws -> RedisConnection {
        try RedisConnection.open(try await onlineAddress(), timeout: .seconds(1), commandTimeout: .seconds(2))
    }

    func offlineURL() async throws -> PostgresURL {
        if let url = configuration.offlineURL { return try PostgresURL(url) }
        return try await localStack().offlineURL
    }

    private func onlineAddress() async throws -> RedisAddress {
        if let text = configuration.onlineURL {
            return try RedisAddress(text).with(password: ProcessInfo.processInfo.environment["ASOF_REDIS_PASSWORD"])
        }
        return .server(try await localStack().onlineURL)
    }

    private func localStack() async throws -> LocalStack {
        let stack = try LocalStack(projectRoot: configuration.root.path, report: StandardError.line)
        try await stack.ensureRunning()
        return stack
    }
}
