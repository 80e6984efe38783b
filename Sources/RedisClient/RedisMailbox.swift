import CHiredis
import Foundation
import Synchronization

/// The calls on their way from any task to the connection's thread.
///
/// Bounded: when `capacity` calls are unanswered, here or with the worker, the next is refused at once. So a slow Redis
/// cannot fill the memory.
///
/// While little is under way the caller writes to the socket itself, and saves the time that it takes to wake the worker. While
/// much is, calls gather here and the worker, which the next reply wakes, writes them all at once.
final class RedisMailbox: Sendable {
    /// What the worker finds when it looks.
    struct Intake {
        var calls: [RedisCall]
        var isClosed: Bool
    }

    enum Refusal {
        case full, closed
    }

    /// How the worker waits.
    enum Waiting {
        /// It has something to write, or no connection: it wants to know of every call.
        case forAnyCall
        /// It has nothing to write: callers may, while fewer than `directLimit` calls are under way. It wakes by itself before long.
        case forReplies(socket: Int32, underWay: Int)
        /// As before, and nothing is under way: it sleeps until it is woken.
        case asleep(socket: Int32)
    }

    /// Calls under way up to which callers write by themselves.
    private static let directLimit = 1
    /// The longest that a caller writes: it fits the socket's buffer.
    private static let longestDirectWrite = 16 << 10

    let capacity: Int

    private struct State {
        var calls: [RedisCall] = []
        /// What tasks that prefer the connection's thread have to do next.
        var jobs: [UnownedJob] = []
        /// Posted and not answered yet, taken or not.
        var unanswered = 0
        var isClosed = false
        /// nil while the worker does not wait; then it looks here by itself before it does.
        var waiting: Waiting?
        /// Whether one of `calls` is not written.
        var hasUnwritten = false

        /// Whether the worker must be told of a call that was added.
        mutating func noteCall(_ call: RedisCall) -> Bool {
            let isWritten = call.isWritten
            switch waiting {
            case nil: return false
            case .forAnyCall: break
            case .asleep(let socket):
                if isWritten {
                    waiting = .forReplies(socket: socket, underWay: 1)
                    return true
                }
            case .forReplies(_, let underWay):
                // Else a reply wakes it soon.
                if isWritten || (call.written == 0 && underWay >= RedisMailbox.directLimit) { return false }
            }
            waiting = nil
            return true
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
            call.written = Self.writeDirectly(call, &state)
            if !call.isWritten { state.hasUnwritten = true }
            state.calls.append(call)
            return (nil, state.noteCall(call))
        }
        if wakes { asof_eventfd_signal(wakeDescriptor) }
        return refusal
    }

    /// Writes the call to the socket where that is the worker's wish, and returns how many bytes it took.
    ///
    /// The socket is open: the worker gives it away while it waits, takes it back under this lock when it stops, and closes it after.
    private static func writeDirectly(_ call: RedisCall, _ state: inout State) -> Int {
        guard !state.hasUnwritten, (1...longestDirectWrite).contains(call.pipeline.wire.count) else { return 0 }
        let socket: Int32
        switch state.waiting {
        case .asleep(let idle): socket = idle
        case .forReplies(let idle, let underWay):
            guard underWay < directLimit else { return 0 }
            socket = idle
            state.waiting = .forReplies(socket: idle, underWay: underWay + 1)
        case .forAnyCall, nil: return 0
        }
        return max(0, call.pipeline.wire.withUnsafeBytes { socketSend(socket, $0) })
    }

    /// Has the worker's thread run a job.
    func post(_ job: UnownedJob) {
        let wakes = state.withLock { state in
            state.jobs.append(job)
            defer { state.waiting = nil }
            return state.waiting != nil
        }
        if wakes { asof_eventfd_signal(wakeDescriptor) }
    }

    func takeJobs() -> [UnownedJob] {
        state.withLock { state in
            defer { state.jobs = [] }
            return state.jobs
        }
    }

    /// Lets the worker finish what was posted, then end.
    func close() {
        let wakes = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = nil }
            return state.waiting != nil
        }
        if wakes { asof_eventfd_signal(wakeDescriptor) }
    }

    /// What was posted since the last time.
    func take() -> Intake {
        state.withLock { Self.take(&$0) }
    }

    private static func take(_ state: inout State) -> Intake {
        defer {
            state.calls = []
            state.hasUnwritten = false
        }
        return Intake(calls: state.calls, isClosed: state.isClosed)
    }

    /// Makes room for others; the worker resumes the callers right after.
    func noteAnswered(_ count: Int) {
        state.withLock { $0.unanswered -= count }
    }

    /// Announces that the worker is going to wait. Returns false when there is something to take first.
    func prepareToWait(_ waiting: Waiting) -> Bool {
        state.withLock { state in
            guard state.calls.isEmpty, state.jobs.isEmpty, !state.isClosed else { return false }
            state.waiting = waiting
            return true
        }
    }

    /// Announces that it waits no more, and takes what was posted meanwhile.
    func endWait(wasWoken: Bool) -> Intake {
        if wasWoken { asof_eventfd_clear(wakeDescriptor) }
        return state.withLock { state in
            state.waiting = nil
            return Self.take(&state)
        }
    }
}
