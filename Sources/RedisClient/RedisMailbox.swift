import CHiredis
import Foundation
import Synchronization

/// One call of `send`, waiting for its replies.
struct RedisCall: Sendable {
    let pipeline: RedisPipeline
    let timeout: Duration
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<Result<[RedisReply], RedisError>, Never>
}

/// The calls on their way from any task to the connection's thread.
///
/// Bounded: when `capacity` calls are unanswered, here or with the worker, the next is refused at once. So a slow Redis
/// cannot fill the memory.
final class RedisMailbox: Sendable {
    /// What the worker finds when it looks.
    struct Intake {
        var calls: [RedisCall]
        var isClosed: Bool
    }

    enum Refusal {
        case full, closed
    }

    let capacity: Int

    private struct State {
        var calls: [RedisCall] = []
        /// Posted and not answered yet, taken or not.
        var unanswered = 0
        var isClosed = false
        /// Whether the worker is in `poll` (or about to be) and must be woken.
        var workerWaits = false

        mutating func takeWaiting() -> Bool {
            defer { workerWaits = false }
            return workerWaits
        }
    }

    private let state = Mutex(State())
    /// Readable when the worker should look.
    let wakeDescriptor: Int32

    /// Fails when the system has no descriptors left.
    init?(capacity: Int) {
        self.capacity = capacity
        wakeDescriptor = asof_eventfd_open()
        if wakeDescriptor < 0 { return nil }
    }

    deinit { _ = Foundation.close(wakeDescriptor) }

    /// Hands a call to the worker, or says why not.
    func post(_ call: RedisCall) -> Refusal? {
        let (refusal, wakes): (Refusal?, Bool) = state.withLock { state in
            guard !state.isClosed else { return (.closed, false) }
            guard state.unanswered < capacity else { return (.full, false) }
            state.unanswered += 1
            state.calls.append(call)
            return (nil, state.takeWaiting())
        }
        if wakes { asof_eventfd_signal(wakeDescriptor) }
        return refusal
    }

    /// Lets the worker finish what was posted, then end.
    func close() {
        let wakes = state.withLock { state in
            state.isClosed = true
            return state.takeWaiting()
        }
        if wakes { asof_eventfd_signal(wakeDescriptor) }
    }

    /// What was posted since the last time.
    func take() -> Intake {
        state.withLock { state in
            defer { state.calls = [] }
            return Intake(calls: state.calls, isClosed: state.isClosed)
        }
    }

    /// Answers a call that was taken. There is room for another before its caller goes on.
    func answer(_ call: RedisCall, _ result: Result<[RedisReply], RedisError>) {
        state.withLock { $0.unanswered -= 1 }
        call.continuation.resume(returning: result)
    }

    /// Announces that the worker is going to wait. Returns false when there is something to take first.
    func prepareToWait() -> Bool {
        state.withLock { state in
            guard state.calls.isEmpty, !state.isClosed else { return false }
            state.workerWaits = true
            return true
        }
    }

    func didWait(wasWoken: Bool) {
        if wasWoken { asof_eventfd_clear(wakeDescriptor) }
        state.withLock { $0.workerWaits = false }
    }
}
