import Foundation

/// Hands batches from a thread that may block, a connection's own, to a task that may not. At most `capacity` batches
/// wait; a sender with one more blocks.
///
/// `@unchecked Sendable`: `waiting` and `isAbandoned` are touched only with `condition` locked.
final class BatchChannel<Row: Sendable>: @unchecked Sendable {
    let batches: AsyncStream<[Row]>
    private let continuation: AsyncStream<[Row]>.Continuation
    private let capacity: Int
    private let condition = NSCondition()
    private var waiting = 0
    private var isAbandoned = false

    init(capacity: Int) {
        self.capacity = capacity
        (batches, continuation) = AsyncStream.makeStream()
    }

    /// Sends a batch, waiting for room. Throws `CancellationError` when nobody receives any more.
    func send(_ batch: [Row]) throws {
        try condition.withLock {
            while waiting >= capacity, !isAbandoned { condition.wait() }
            guard !isAbandoned else { throw CancellationError() }
            waiting += 1
        }
        continuation.yield(batch)
    }

    /// Called by the receiver when it is done with a batch.
    func batchWasConsumed() {
        condition.withLock {
            waiting -= 1
            condition.signal()
        }
    }

    /// Called by the receiver when it wants no more.
    func abandon() {
        condition.withLock {
            isAbandoned = true
            condition.broadcast()
        }
    }

    /// Called by the sender after its last batch.
    func finish() { continuation.finish() }
}
