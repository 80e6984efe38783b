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
struct RedisWorker: ~Copyable {
    static let longestWindow = 4096
    static let largestOutput = 256 * 1024
    /// How long callers may write to the socket before the worker looks what they wrote: how much later than asked a call on an
    /// otherwise idle connection may time out.
    static let longestLook: Int32 = 10
    /// How often jobs that jobs have made are run before the socket's turn comes.
    static let jobRounds = 8
    /// After so many jobs, what they asked for is written.
    static let jobsPerWrite = 8

    private let url: RedisURL
    private let mailbox: RedisMailbox
    private let options: RedisConnection.Options
    private let logins: LoginCount
    /// The link's, for its tasks' jobs. They keep the link.
    private let executor: UnownedTaskExecutor
    private let clock = ContinuousClock()
    /// Taken from the mailbox and not answered, in that order.
    private var active: [RedisCall] = []
    /// Not after the first deadline of `active`.
    private var nextDeadline: ContinuousClock.Instant?
    /// The first of `active` with commands still to send.
    private var firstUnsent = 0
    private var commandsInFlight = 0
    /// What is to be written; before `outputStart` it has been.
    private var output: [UInt8] = []
    private var outputStart = 0
    private var input = ReceiveBuffer()
    private var parser = ReplyParser()
    private var descriptors = [pollfd](repeating: pollfd(), count: 2)
    private var isIdle = false
    private var isClosed = false

    init(
        url: RedisURL, mailbox: RedisMailbox, options: RedisConnection.Options, logins: LoginCount, executor: UnownedTaskExecutor
    ) {
        self.logins = logins
        self.url = url
        self.mailbox = mailbox
        self.options = options
        self.executor = executor
    }

    /// Runs until the mailbox is closed and every call that it held is answered.
    mutating func run() {
        while true {
            runJobs()
            add(mailbox.take())
            guard !active.isEmpty else {
                if isClosed { return }
                _ = wait(on: nil)
                continue
            }
            do throws(RedisError) {
                var handle = try logIn()
                resumeCallsWithoutCommands()
                do throws(RedisError) { try serve(&handle) } catch {
                    failStarted(with: error)
                    if options.name != nil {
                        add(mailbox.take())
                        return failForGood(with: .connectionLost(url, "it broke before, and is not made again"))
                    }
                }
            } catch {
                add(mailbox.take())
                failAll(with: error)
            }
        }
    }

    /// Runs what tasks of this thread have to do, those that were just resumed above all, a bounded number of times.
    private func runJobs() {
        for _ in 0..<Self.jobRounds {
            let jobs = mailbox.takeJobs()
            if jobs.isEmpty { return }
            for job in jobs { job.runSynchronously(on: executor) }
        }
    }

    /// As `runJobs`, and sends what they ask for on the way: Redis answers the first of many tasks while the others are at work.
    private mutating func runJobs(sendingBy handle: inout RedisHandle) throws(RedisError) {
        var failure: RedisError?
        for _ in 0..<Self.jobRounds {
            let jobs = mailbox.takeJobs()
            if jobs.isEmpty { break }
            for (index, job) in jobs.enumerated() {
                job.runSynchronously(on: executor)
                guard failure == nil, index % Self.jobsPerWrite == Self.jobsPerWrite - 1 else { continue }
                add(mailbox.take())
                fill()
                // Whatever comes of it, the other jobs are run: nobody else would.
                do throws(RedisError) { try write(to: &handle) } catch { failure = error }
            }
        }
        add(mailbox.take())
        if let failure { throw failure }
    }

    private mutating func add(_ intake: RedisMailbox.Intake) {
        isClosed = intake.isClosed
        for call in intake.calls {
            if call.written > 0 {
                // Its caller wrote it, all or a part: nothing was to be written before it.
                if !call.isWritten { output.append(contentsOf: call.pipeline.wire[call.written...]) }
                call.sent = call.pipeline.count
                commandsInFlight += call.sent
                if firstUnsent == active.count { firstUnsent += 1 }
            }
            active.append(call)
            nextDeadline = min(nextDeadline ?? call.deadline, call.deadline)
        }
    }

    /// A new connection, with nothing left of the one before.
    private mutating func logIn() throws(RedisError) -> RedisHandle {
        input.removeAll()
        parser = ReplyParser()
        output.removeAll(keepingCapacity: true)
        outputStart = 0
        let handle = try RedisLogin.connect(to: url, name: options.name, timeout: options.connectTimeout)
        logins.increment()
        return handle
    }

    // MARK: Serving

    /// Sends and receives until the connection breaks (throws) or is closed by us (returns).
    private mutating func serve(_ handle: inout RedisHandle) throws(RedisError) {
        while !(isClosed && active.isEmpty) {
            fill()
            try write(to: &handle)
            // What was written leaves room for more before anyone needs to wait.
            if output.isEmpty, firstUnsent < active.count, commandsInFlight < Self.longestWindow { continue }
            if wait(on: handle.fileDescriptor) {
                try handle.receive(into: &input)
                try deliverReplies()
            }
            try runJobs(sendingBy: &handle)
            try expire()
            resumeCallsWithoutCommands()
        }
    }

    /// Moves commands into the output buffer, within the bounds.
    private mutating func fill() {
        while firstUnsent < active.count {
            let call = active[firstUnsent]
            let count = call.pipeline.count
            let first = call.sent
            var end = first
            let room = Self.largestOutput - output.count
            let start = first < count ? call.pipeline.commands[first].start : 0
            while end < count, commandsInFlight < Self.longestWindow {
                guard (end == first ? 0 : call.pipeline.commands[end].start - start) < room else { break }
                end += 1
                commandsInFlight += 1
            }
            if end > first {
                output.append(contentsOf: call.pipeline.wire[start..<call.pipeline.byteRange(ofCommand: end - 1).upperBound])
                call.sent = end
            }
            guard end == count else { return }
            firstUnsent += 1
        }
    }

    /// Writes what the socket takes. The output is empty when all of it is out.
    private mutating func write(to handle: inout RedisHandle) throws(RedisError) {
        guard !output.isEmpty else { return }
        outputStart += try handle.write(output[outputStart...])
        guard outputStart == output.count else { return }
        output.removeAll(keepingCapacity: true)
        outputStart = 0
    }

    private mutating func parse(into replies: inout RedisReplies, expecting values: Int) throws(RedisError) -> Bool {
        var position = 0
        do {
            let isWhole = try parser.parse(input.content, from: &position, into: &replies, expecting: values)
            input.consume(position)
            return isWhole
        } catch {
            throw .brokenProtocol(url, error)
        }
    }

    private mutating func deliverReplies() throws(RedisError) {
        var answered = 0
        // Also of those before a violation.
        defer { finish(answered) }
        while !input.content.isEmpty {
            guard commandsInFlight > 0, answered < active.count else {
                throw .unasked(url)
            }
            let call = active[answered]
            guard try parse(into: &call.replies, expecting: call.expectedValues) else { return }
            commandsInFlight -= 1
            if call.isAnswered { answered += 1 }
        }
    }

    /// Hands the first calls their replies.
    private mutating func finish(_ count: Int) {
        guard count > 0 else { return }
        mailbox.noteAnswered(count)
        for index in 0..<count { active[index].resume() }
        active.removeFirst(count)
        firstUnsent -= count
    }

    /// Resumes calls without commands, which ask for no more than the login.
    private mutating func resumeCallsWithoutCommands() {
        guard active.contains(where: { $0.pipeline.isEmpty }) else { return }
        answer { ($0.pipeline.isEmpty, nil) }
    }

    /// Answers and forgets the calls of which `judgement` says so, with the error that it gives.
    private mutating func answer(where judgement: (RedisCall) -> (isOver: Bool, failure: RedisError?)) {
        var kept: [RedisCall] = []
        for call in active {
            let (isOver, failure) = judgement(call)
            guard isOver else {
                kept.append(call)
                continue
            }
            call.failure = failure
            mailbox.noteAnswered(1)
            call.resume()
        }
        active = kept
        firstUnsent = active.firstIndex { !$0.isSent } ?? active.count
        nextDeadline = active.lazy.map(\.deadline).min()
    }

    /// A call in flight past its deadline ends the connection: its replies can no longer be told from later ones'.
    private mutating func expire() throws(RedisError) {
        guard !active.isEmpty, let nextDeadline else { return }
        let now = clock.now
        guard nextDeadline <= now else { return }
        if let late = active.first(where: { $0.isStarted && $0.deadline <= now }) { throw .timedOut(url, late.timeout) }
        answer { [url] in ($0.deadline <= now, .timedOut(url, $0.timeout)) }
    }

    // MARK: Failing

    /// Ends the calls that a broken connection had begun; those that it had not go over the next one.
    private mutating func failStarted(with error: RedisError) {
        let now = clock.now
        answer { [url] call in
            guard call.isStarted else { return (false, nil) }
            if call.deadline <= now { return (true, .timedOut(url, call.timeout)) }
            guard error.code == .timedOut else { return (true, error) }
            return (true, .lostToAnother(url))
        }
        firstUnsent = 0
        commandsInFlight = 0
    }

    private mutating func failAll(with error: RedisError) {
        answer { _ in (true, error) }
        firstUnsent = 0
        commandsInFlight = 0
    }

    /// Fails whatever comes until the mailbox is closed.
    private mutating func failForGood(with error: RedisError) {
        while true {
            runJobs()
            failAll(with: error)
            if isClosed { return }
            _ = wait(on: nil)
            add(mailbox.take())
        }
    }

    // MARK: Waiting

    /// Waits for the mailbox, for the socket and for the next deadline, and takes what was posted meanwhile. Returns whether the
    /// socket can be read.
    private mutating func wait(on socket: Int32?) -> Bool {
        let waiting: RedisMailbox.Waiting
        var limit: Int32 = -1
        if let socket, output.isEmpty, firstUnsent == active.count {
            let isAsleep = active.isEmpty && isIdle
            waiting = isAsleep ? .asleep(socket: socket) : .forReplies(socket: socket, underWay: active.count)
            if !isAsleep { limit = Self.longestLook }
        } else {
            waiting = .forAnyCall
        }
        if !active.isEmpty, let deadline = nextDeadline {
            let left = deadline.millisecondsLeft
            limit = limit < 0 ? left : min(limit, left)
        }
        if !mailbox.prepareToWait(waiting) { limit = 0 }
        descriptors[0] = pollfd(fd: mailbox.wakeDescriptor, events: Int16(POLLIN), revents: 0)
        // poll(2) ignores a negative descriptor.
        descriptors[1] = pollfd(fd: socket ?? -1, events: interest, revents: 0)
        let ready = poll(&descriptors, 2, limit)
        add(mailbox.endWait(wasWoken: ready > 0 && descriptors[0].isReadable))
        // Nothing came for a while, and nothing is under way: from now on callers wake the worker.
        isIdle = ready == 0 && active.isEmpty
        return ready > 0 && descriptors[1].isReadable
    }

    private var interest: Int16 {
        Int16(output.isEmpty ? POLLIN : POLLIN | POLLOUT)
    }
}
