import CLibpq
import Foundation
import Synchronization

/// Cancels the statement that a connection is running, from any thread.
///
/// libpq: a `PGcancel` is only read by `PQcancel`, so it may be used beside the thread that has the `PGconn`.
final class QueryCanceller: Sendable {
    private struct State {
        /// Counts the connection's operations.
        var latest: UInt64 = 0
        /// The operation that the connection's thread is in.
        var running: UInt64?
        /// The operation that somebody wants to end.
        var unwanted: UInt64?
    }

    private let state = Mutex(State())
    private nonisolated(unsafe) let cancel: OpaquePointer  // never changes; libpq only reads it

    init(adopting cancel: OpaquePointer) {
        self.cancel = cancel
    }

    deinit { PQfreeCancel(cancel) }

    /// Reserves the number of the next operation, so that a cancellation can name it before it starts.
    func reserve() -> UInt64 {
        state.withLock { state in
            state.latest += 1
            return state.latest
        }
    }

    /// Marks the start of an operation on the connection's thread; false when it is already unwanted.
    func start(_ operation: UInt64) -> Bool {
        state.withLock { state in
            if state.unwanted == operation { return false }
            state.running = operation
            return true
        }
    }

    /// Marks the end; true when somebody asked for it.
    func finish(_ operation: UInt64) -> Bool {
        state.withLock { state in
            state.running = nil
            return state.unwanted == operation
        }
    }

    /// Ends the operation if it runs, and keeps it from starting if it does not yet.
    func request(_ operation: UInt64) {
        let isRunning = state.withLock { state in
            state.unwanted = operation
            return state.running == operation
        }
        if isRunning { sendUntilFinished(operation) }
    }

    /// Ends whatever runs now.
    func requestRunning() {
        if let running = state.withLock(\.running) { request(running) }
    }

    /// Sends the request itself, for the connection's own thread. Blocks for as long as the server takes to accept it.
    func send() {
        var message: [CChar] = Array(repeating: 0, count: 256)
        // A request that does not get through leaves the statement running, as if it had come too late.
        _ = PQcancel(cancel, &message, Int32(message.count))
    }

    /// Cancelling blocks, so it has a thread of its own. The server ignores a request that reaches it before the statement does,
    /// hence the repetition.
    private func sendUntilFinished(_ operation: UInt64) {
        Thread { [self] in
            // Under the lock, so that the connection cannot begin its next statement before the request has been delivered.
            while state.withLock({ state in
                if state.running == operation { send() }
                return state.running == operation
            }) {
                Thread.sleep(forTimeInterval: 0.05)
            }
        }.start()
    }
}
