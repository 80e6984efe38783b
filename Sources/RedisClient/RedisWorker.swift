import CHiredis
import Foundation

/// What one connection's thread does: logs in, sends what the mailbox brings, hands the replies back.
///
/// All calls that wait at the same time share round trips: commands of call after call are written into one
/// stream, and each call is resumed when its last reply is in. The window is bounded by commands without a
/// reply and by bytes not yet written, whatever the size of a pipeline.
///
/// Waiting is `poll` on the socket and on the mailbox, so a server that closes an idle connection is noticed at
/// once and costs nobody an error.
struct RedisWorker {
    static let longestWindow = 4096
    static let largestOutput = 256 * 1024

    /// A call taken from the mailbox. Calls are answered in the order in which they were taken.
    private struct ActiveCall {
        let call: RedisCall
        var sent = 0
        var replies: [RedisReply] = []

        var isStarted: Bool { sent > 0 }
        var isSent: Bool { sent == call.pipeline.count }
        var isAnswered: Bool { replies.count == call.pipeline.count }
    }

    private let url: RedisURL
    private let mailbox: RedisMailbox
    private let connectTimeout: Duration
    private let clock = ContinuousClock()
    private var active: [ActiveCall] = []
    /// The first of `active` with commands still to send.
    private var firstUnsent = 0
    private var commandsInFlight = 0
    private var outputBytes = 0
    private var isClosed = false

    init(url: RedisURL, mailbox: RedisMailbox, connectTimeout: Duration) {
        self.url = url
        self.mailbox = mailbox
        self.connectTimeout = connectTimeout
    }

    /// Runs until the mailbox is closed and every call that it held is answered.
    mutating func run() {
        blockSIGPIPE()
        while true {
            takeCalls()
            guard !active.isEmpty else {
                if isClosed { return }
                _ = wait(on: nil)
                continue
            }
            do throws(RedisError) {
                var handle = try logIn()
                resumeCallsWithoutCommands()
                do throws(RedisError) { try serve(&handle) } catch { failStarted(with: error) }
            } catch {
                takeCalls()
                failAll(with: error)
            }
        }
    }

    /// hiredis writes with `write`, whose SIGPIPE goes to the writing thread: blocked here, it becomes EPIPE and
    /// the rest of the process keeps its own disposition (pthread_sigmask(3), signal(7)).
    private func blockSIGPIPE() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private mutating func takeCalls() {
        let intake = mailbox.take()
        active += intake.calls.map { ActiveCall(call: $0) }
        isClosed = intake.isClosed
    }

    // MARK: Login

    /// Connects, then AUTH, SELECT and PING in one round trip.
    private func logIn() throws(RedisError) -> RedisHandle {
        let deadline = clock.now + connectTimeout
        var handle = try RedisHandle(connectingTo: url, timeout: connectTimeout)
        let pipeline = RedisLogin.pipeline(for: url)
        do {
            try RedisLogin.check(try exchange(pipeline, on: &handle, until: deadline), url: url)
        } catch  where error.code == .connectionLost || error.code == .timedOut {
            throw .silent(url, error)
        }
        return handle
    }

    private func exchange(
        _ pipeline: RedisPipeline, on handle: inout RedisHandle, until deadline: ContinuousClock.Instant
    ) throws(RedisError) -> [RedisReply] {
        for index in 0..<pipeline.count { _ = try handle.append(index, of: pipeline) }
        var isWritten = false
        var replies: [RedisReply] = []
        while replies.count < pipeline.count {
            if !isWritten { isWritten = try handle.write() }
            guard clock.now < deadline else { throw .timedOut(url, connectTimeout) }
            var descriptor = pollfd(fd: handle.fileDescriptor, events: Self.interest(isWritten: isWritten), revents: 0)
            guard poll(&descriptor, 1, milliseconds(until: deadline)) > 0 else { continue }
            if descriptor.isReadable { try handle.read() }
            while let reply = try handle.nextReply() { replies.append(reply) }
        }
        return replies
    }

    // MARK: Serving

    /// Sends and receives until the connection breaks (throws) or is closed by us (returns).
    private mutating func serve(_ handle: inout RedisHandle) throws(RedisError) {
        outputBytes = 0
        while !(isClosed && active.isEmpty) {
            try fill(&handle)
            if outputBytes > 0, try handle.write() { outputBytes = 0 }
            // What was written leaves room for more before anyone needs to wait.
            if outputBytes == 0, firstUnsent < active.count, commandsInFlight < Self.longestWindow { continue }
            if wait(on: handle.fileDescriptor) {
                try handle.read()
                try deliverReplies(from: handle)
            }
            try expire()
            takeCalls()
            resumeCallsWithoutCommands()
        }
    }

    /// Moves commands into the output buffer, within the bounds.
    private mutating func fill(_ handle: inout RedisHandle) throws(RedisError) {
        while firstUnsent < active.count {
            while !active[firstUnsent].isSent {
                guard outputBytes < Self.largestOutput, commandsInFlight < Self.longestWindow else { return }
                outputBytes += try handle.append(active[firstUnsent].sent, of: active[firstUnsent].call.pipeline)
                active[firstUnsent].sent += 1
                commandsInFlight += 1
            }
            firstUnsent += 1
        }
    }

    private mutating func deliverReplies(from handle: borrowing RedisHandle) throws(RedisError) {
        var answered = 0
        defer { removeFirst(answered) }
        while let reply = try handle.nextReply() {
            guard commandsInFlight > 0 else {
                throw RedisError(.protocolViolation, "Redis at \(url) sent a reply that nobody asked for")
            }
            commandsInFlight -= 1
            active[answered].replies.append(reply)
            if active[answered].isAnswered {
                mailbox.answer(active[answered].call, .success(active[answered].replies))
                answered += 1
            }
        }
    }

    /// Resumes calls without commands, which ask for no more than the login.
    private mutating func resumeCallsWithoutCommands() {
        answer { $0.call.pipeline.isEmpty ? .success([]) : nil }
        firstUnsent = active.firstIndex { !$0.isSent } ?? active.count
    }

    private mutating func removeFirst(_ count: Int) {
        active.removeFirst(count)
        firstUnsent -= count
    }

    /// Answers and forgets the calls for which `result` is not nil.
    private mutating func answer(where result: (ActiveCall) -> Result<[RedisReply], RedisError>?) {
        active.removeAll { [mailbox] active in
            guard let result = result(active) else { return false }
            mailbox.answer(active.call, result)
            return true
        }
    }

    /// A call in flight past its deadline ends the connection: its replies can no longer be told from later ones'.
    private mutating func expire() throws(RedisError) {
        let now = clock.now
        guard let late = active.first(where: { $0.call.deadline <= now }) else { return }
        if active.contains(where: { $0.isStarted && $0.call.deadline <= now }) { throw .timedOut(url, late.call.timeout) }
        answer { [url] in $0.call.deadline <= now ? .failure(.timedOut(url, $0.call.timeout)) : nil }
    }

    // MARK: Failing

    /// Ends the calls that a broken connection had begun; those that it had not go over the next one.
    private mutating func failStarted(with error: RedisError) {
        let now = clock.now
        answer { [url] active in
            guard active.isStarted else { return nil }
            if active.call.deadline <= now { return .failure(.timedOut(url, active.call.timeout)) }
            guard error.code == .timedOut else { return .failure(error) }
            return .failure(.connectionLost(url, "another call on it was not answered in time"))
        }
        firstUnsent = 0
        commandsInFlight = 0
    }

    private mutating func failAll(with error: RedisError) {
        answer { _ in .failure(error) }
        firstUnsent = 0
        commandsInFlight = 0
    }

    // MARK: Waiting

    /// Waits for the mailbox, for the socket and for the next deadline. Returns whether the socket can be read.
    private func wait(on socket: Int32?) -> Bool {
        let isWaiting = mailbox.prepareToWait()
        var descriptors = [
            pollfd(fd: mailbox.wakeDescriptor, events: Int16(POLLIN), revents: 0),
            // poll(2) ignores a negative descriptor.
            pollfd(fd: socket ?? -1, events: Self.interest(isWritten: outputBytes == 0), revents: 0),
        ]
        let deadline = active.lazy.map(\.call.deadline).min()
        let limit: Int32 = isWaiting ? deadline.map { milliseconds(until: $0) } ?? -1 : 0
        let ready = poll(&descriptors, 2, limit)
        mailbox.didWait(wasWoken: ready > 0 && descriptors[0].isReadable)
        return ready > 0 && descriptors[1].isReadable
    }

    private static func interest(isWritten: Bool) -> Int16 {
        Int16(isWritten ? POLLIN : POLLIN | POLLOUT)
    }

    /// Rounded up, so that a wait does not end just before its deadline.
    private func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
        let left = (deadline - clock.now).components
        guard left.seconds >= 0, left.attoseconds >= 0 else { return 0 }
        return Int32(clamping: left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1)
    }
}

extension pollfd {
    /// Readable, or broken, which reading will tell.
    fileprivate var isReadable: Bool {
        Int32(revents) & (POLLIN | POLLHUP | POLLERR | POLLNVAL) != 0
    }
}
