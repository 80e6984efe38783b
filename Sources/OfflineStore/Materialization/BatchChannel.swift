import Dispatch
import Synchronization

/// Hands batches from a thread that may block, a connection's own, to a task that may not. At most `capacity` batches
/// wait; a sender with one more blocks.
final class BatchChannel<Batch: Sendable>: Sendable {
    let batches: AsyncStream<Batch>
    private let continuation: AsyncStream<Batch>.Continuation
    private let room = DispatchSemaphore(value: 0)
    private let isAbandoned = Atomic(false)

    init(capacity: Int) {
        (batches, continuation) = AsyncStream.makeStream()
        // Not as the initial value: a semaphore that ends with less than that traps.
        for _ in 0..<capacity { room.signal() }
    }

    /// Sends a batch, waiting for room. Throws `CancellationError` when nobody receives any more.
    func send(_ batch: Batch) throws {
        room.wait()
        guard !isAbandoned.load(ordering: .acquiring) else {
            room.signal()
            throw CancellationError()
        }
        continuation.yield(batch)
    }

    /// Sends the last batch, which waits for no room: it is sent where no thread may block, two of which would keep the receiver
    /// from running on a machine of two cores.
    func sendLast(_ batch: Batch) { continuation.yield(batch) }

    /// Called by the receiver when it is done with a batch.
    func batchWasConsumed() { room.signal() }

    /// Called by the receiver when it wants no more.
    func abandon() {
        isAbandoned.store(true, ordering: .releasing)
        room.signal()
    }

    /// Called by the sender after its last batch.
    func finish() { continuation.finish() }
}
