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

    func connectOnline() async throws -> RedisConnection {
        try await RedisConnection.connect(to: try await onlineURL())
    }

    func offlineURL() async throws -> PostgresURL {
        if let url = configuration.offlineURL { return try PostgresURL(url) }
        return try await localStack().offlineURL
    }

    func onlineURL() async throws -> RedisURL {
        if let url = configuration.onlineURL { return try RedisURL(url) }
        return try await localStack().onlineURL
    }

    private func localStack() async throws -> LocalStack {
        let stack = try LocalStack(projectRoot: configuration.root.path, report: StandardError.line)
        try await stack.ensureRunning()
        return stack
    }
}
