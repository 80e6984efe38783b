package import FeatureDefs
package import OfflineStore
package import PostgresClient
package import RedisClient

/// Runs several views, some at a time, each run on a Postgres connection of its own.
package struct MaterializationBatch: Sendable {
    package typealias Outcome = (target: MaterializationTarget, result: Result<MaterializationRun, any Error>)

    private let project: String
    private let width: Int
    private let online: RedisConnection
    private let connect: @Sendable () async throws -> PostgresConnection
    private let observer: Materializer.Observer?

    /// - Parameters:
    ///   - width: how many views at a time, at least one.
    ///   - connect: opens a connection to the offline store, once for each run.
    package init(
        project: String, width: Int, online: RedisConnection, observer: Materializer.Observer? = nil,
        connect: @escaping @Sendable () async throws -> PostgresConnection
    ) {
        precondition(width > 0, "at least one view runs at a time")
        self.project = project
        self.width = width
        self.online = online
        self.observer = observer
        self.connect = connect
    }

    /// Runs all, one's failure being no other's, and hands each outcome over as it comes.
    package func run(
        _ targets: [MaterializationTarget], at instant: Timestamp, startedAt: Timestamp, isFull: Bool,
        _ body: (Outcome) -> Void
    ) async {
        await withTaskGroup(of: Outcome.self) { group in
            var waiting = targets[...]
            func startNext() {
                guard let target = waiting.popFirst() else { return }
                group.addTask { await outcome(of: target, at: instant, startedAt: startedAt, isFull: isFull) }
            }
            for _ in 0..<width { startNext() }
            for await outcome in group {
                body(outcome)
                if !Task.isCancelled { startNext() }
            }
        }
    }

    private func outcome(
        of target: MaterializationTarget, at instant: Timestamp, startedAt: Timestamp, isFull: Bool
    ) async -> Outcome {
        do {
            let offline = try await connect()
            let materializer = Materializer(project: project, offline: offline, online: online, observer: observer)
            let result: Result<MaterializationRun, any Error>
            do {
                let run = try await materializer.materialize(target, at: instant, startedAt: startedAt, isFull: isFull)
                result = .success(run)
            } catch {
                result = .failure(error)
            }
            await offline.close()
            return (target, result)
        } catch {
            return (target, .failure(error))
        }
    }
}
