import Foundation
import Synchronization

/// One connection to Postgres, on a thread of its own: statements block that thread, never the cooperative pool.
///
/// It serves one task at a time; two tasks that share it would find themselves in each other's transactions. Cancelling a task
/// cancels the statement it waits for (`PostgresError.Code.cancelled`), and the connection stays usable. It is closed by
/// `close()`, or else when the last reference goes.
package actor PostgresConnection {
    package nonisolated let url: PostgresURL
    nonisolated let canceller: QueryCanceller
    private let thread = ThreadExecutor(threadName: "postgres")
    private var handle: ConnectionHandle

    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Runs the tasks that prefer it on the connection's own thread, which its statements block:
    /// `withTaskExecutorPreference(connection.executor)`. For a task that does one statement after the other and has nothing else to do
    /// meanwhile.
    package nonisolated var executor: any TaskExecutor { thread }

    init(adopting handle: consuming ConnectionHandle) throws(PostgresError) {
        url = handle.url
        canceller = try handle.makeCanceller()
        self.handle = handle
    }

    /// Runs one statement, its parameters bound as `$1`, `$2`, ...
    @discardableResult
    package func execute(
        _ sql: String, _ parameters: [PostgresParameter] = []
    ) async throws(PostgresError) -> PostgresRows {
        try await perform { handle throws(PostgresError) in try handle.execute(sql, parameters) }
    }

    /// Runs statements one after the other in one round trip; returns each one's rows. All or nothing, as one transaction unless one is open
    /// already. Their answers must be short, such as a row or two: all statements are sent before the first answer is read.
    @discardableResult
    package func executeTogether(_ statements: [PostgresStatement]) async throws(PostgresError) -> [PostgresRows] {
        try await perform { handle throws(PostgresError) in try handle.executeTogether(statements) }
    }

    /// Runs statements separated by semicolons, all or nothing unless they hold transaction commands; returns the last one's
    /// rows. There are no parameters, so only for SQL of our own.
    @discardableResult
    package func executeScript(_ sql: String) async throws(PostgresError) -> PostgresRows {
        try await perform { handle throws(PostgresError) in try handle.executeScript(sql) }
    }

    /// The columns that a statement would return, without running it; none for one that returns no rows.
    package func describe(_ sql: String) async throws(PostgresError) -> [PostgresColumn] {
        try await perform { handle throws(PostgresError) in try handle.describe(sql) }
    }

    /// Ends the statement that is running, if any, from whatever thread; it then fails as `cancelled`. Does not wait.
    package nonisolated func cancel() {
        canceller.requestRunning()
    }

    /// Closes the connection; later calls fail as `connectionLost`.
    package func close() {
        handle.close()
    }

    /// Whether a transaction is open on the connection, failed or not.
    package var isInTransaction: Bool { handle.isInTransaction }

    /// Runs `body` on the connection's thread as one operation that task cancellation and `cancel()` can end.
    func perform<Output, Failure: Error>(
        _ body: (borrowing ConnectionHandle) throws(Failure) -> Output
    ) async throws(Failure) -> Output {
        let operation = canceller.reserve()
        let result: Result<Output, Failure> = await withTaskCancellationHandler {
            guard canceller.start(operation) else {
                if let cancelled = PostgresError.cancelled as? Failure { return .failure(cancelled) }
                return Result { () throws(Failure) in try body(handle) }
            }
            let result = Result { () throws(Failure) in try body(handle) }
            let wasUnwanted = canceller.finish(operation)
            if wasUnwanted, case .failure(let error) = result, Self.isQueryCancelled(error),
                let cancelled = PostgresError.cancelled as? Failure
            {
                return .failure(cancelled)
            }
            if case .failure(let error) = result, let loss = handle.loss(shownBy: error) as? Failure { return .failure(loss) }
            return result
        } onCancel: { [canceller] in
            canceller.request(operation)
        }
        return try result.get()
    }

    /// Runs `body` to its end, whatever becomes of the task: for what cleans up.
    func performUncancelled<Output, Failure: Error>(
        _ body: (borrowing ConnectionHandle) throws(Failure) -> Output
    ) throws(Failure) -> Output {
        try body(handle)
    }

    private static func isQueryCancelled(_ error: any Error) -> Bool {
        (error as? PostgresError)?.sqlState == .queryCanceled
    }
}

extension PostgresError {
    static let cancelled = PostgresError(.cancelled, "the statement was cancelled")
}
