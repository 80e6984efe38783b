/// The calls under way on a socket that somebody else reads and writes, oldest first: bytes in, answered calls out.
///
/// Used by one thread at a time.
package struct RedisExchange {
    private let url: RedisURL
    private var calls: [RedisCall] = []
    private var parser = ReplyParser()
    /// The beginning of a value the rest of which has not come.
    private var rest: [UInt8] = []

    package init(with url: RedisURL) {
        self.url = url
    }

    package var callsUnderWay: Int { calls.count }
    package var commandsUnderWay: Int { calls.reduce(0) { $0 + $1.pipeline.count } }

    /// Notes a call whose commands are written after those of the calls before it.
    package mutating func add(_ call: RedisCall) {
        calls.append(call)
    }

    /// Takes what has arrived, and resumes the calls that it answers.
    package mutating func receive(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
        guard !rest.isEmpty else {
            let read = try read(bytes)
            if read < bytes.count { rest.append(contentsOf: bytes[read...]) }
            return
        }
        var all: [UInt8] = []
        swap(&all, &rest)
        all.append(contentsOf: bytes)
        let read = try read(all)
        all.removeFirst(read)
        rest = all
    }

    private mutating func read(_ bytes: [UInt8]) throws(RedisError) -> Int {
        let result = bytes.withUnsafeBytes { bytes in Result { () throws(RedisError) in try read(bytes) } }
        return try result.get()
    }

    /// Returns how many of the bytes are whole values.
    private mutating func read(_ bytes: UnsafeRawBufferPointer) throws(RedisError) -> Int {
        var position = 0
        var answered = 0
        // Also those before a violation.
        defer { finish(answered) }
        while position < bytes.count {
            guard answered < calls.count else { throw .unasked(url) }
            let call = calls[answered]
            do {
                let isWhole = try parser.parse(bytes, from: &position, into: &call.replies, expecting: call.expectedValues)
                guard isWhole else { break }
            } catch {
                throw .brokenProtocol(url, error)
            }
            if call.isAnswered { answered += 1 }
        }
        return position
    }

    private mutating func finish(_ count: Int) {
        for call in calls[..<count] { call.resume() }
        calls.removeFirst(count)
    }

    /// When the first of the calls must be answered; nil when there are none.
    package var nextDeadline: ContinuousClock.Instant? { calls.lazy.map(\.deadline).min() }

    /// Whether a call is late, and with it the socket lost: its replies can no longer be told from later ones'.
    package func isLate(at now: ContinuousClock.Instant) -> Bool {
        nextDeadline.map { $0 <= now } ?? false
    }

    /// Ends all calls: those that are late with `timedOut`, the others with the error.
    package mutating func fail(with error: RedisError, at now: ContinuousClock.Instant) {
        for call in calls { call.fail(with: call.deadline <= now ? .timedOut(url, call.timeout) : error) }
        calls = []
    }
}
