package import FeatureDefs
package import OfflineStore
package import PostgresClient
package import RedisClient

/// Runs several views, some at a time, each run on a Postgres connection that it has to itself: a new one costs as much as some
/// thousand rows, so that a run takes over that of the one before it.
package struct MaterializationBatch: Sendable {
    package typealias Outcome = (target: MaterializationTarget, result: Result<MaterializationRun, any Error>)

    /// How many views at a time, where nothing else is asked for. A run keeps Postgres busy at first and Redis at the end: with a third
    /// one there is something to do for both on two processors, and with more of them connections and sorts only take memory.
    package static let standardWidth = 3

    private let project: String
    private let width: Int
    private let online: RedisConnection
    private let connect: @Sendable () async throws -> PostgresConnection
    private let observer: Materializer.Observer?

    /// - Parameters:
    ///   - width: how many views at a time, at least one.
    ///   - connect: opens a connection to the offline store, for each of the views at a time, and anew after a failure.
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
    ///
    /// - Parameter offline: a connection to the offline store that the first run may have. It is closed, as are those that are opened.
    package func run(
        _ targets: [MaterializationTarget], at instant: RunInstant, startedAt: Timestamp, isFull: Bool,
        on offline: PostgresConnection? = nil, _ body: (Outcome) -> Void
    ) async {
        await withTaskGroup(of: Finished.self) { group in
            var waiting = targets[...]
            func startNext(on connection: PostgresConnection?) -> Bool {
                guard let target = waiting.popFirst() else { return false }
                group.addTask {
                    await outcome(of: target, at: instant, startedAt: startedAt, isFull: isFull, on: connection)
                }
                return true
            }
            if !startNext(on: offline) { await offline?.close() }
            for _ in 1..<width { _ = startNext(on: nil) }
            for await finished in group {
                body(finished.outcome)
                if Task.isCancelled || !startNext(on: finished.connection) { await finished.connection?.close() }
            }
        }
    }

    private struct Finished: Sendable {
        let outcome: Outcome
        /// For the next run.
        var connection: PostgresConnection?
    }

    private func outcome(
        of target: MaterializationTarget, at instant: RunInstant, startedAt: Timestamp, isFull: Bool,
        on connection: PostgresConnection?
    ) async -> Finished {
        var offline = connection
        do {
            let connection: PostgresConnection
            if let offline { connection = offline } else { connection = try await connect() }
            offline = connection
            let materializer = Materializer(project: project, offline: connection, online: online, observer: observer)
            let run = try await withTaskExecutorPreference(connection.executor) {
                try await materializer.materialize(target, at: instant, startedAt: startedAt, isFull: isFull)
            }
            return Finished(outcome: (target, .success(run)), connection: connection)
        } catch {
            // What state it is in nobody knows.
            await offline?.close()
            return Finished(outcome: (target, .failure(error)))
        }
    }
}
