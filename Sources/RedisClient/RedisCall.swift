/// One call of `send`, from the moment it is posted until it is answered.
///
/// Not checked by the compiler, since it changes hands: who posts it touches it no more until it is resumed; the mailbox does under
/// its lock; then the worker's thread alone, which resumes the caller as the last thing it does with it.
final class RedisCall: @unchecked Sendable {
    let pipeline: RedisPipeline
    let timeout: Duration
    let deadline: ContinuousClock.Instant
    /// How many values may be in its replies, about.
    let expectedValues: Int
    /// Resumed once: by the caller when the mailbox refuses the call, else by the worker when it forgets it.
    var continuation: UnsafeContinuation<Void, Never>?
    /// What the caller has written to the socket itself, of `pipeline.wire`.
    var written = 0
    /// How many commands are written, or about to be.
    var sent = 0
    var replies: RedisReplies
    var failure: RedisError?

    init(_ pipeline: RedisPipeline, timeout: Duration) {
        self.pipeline = pipeline
        self.timeout = timeout
        deadline = ContinuousClock.now + timeout
        expectedValues = max(1, pipeline.argumentCount - 2 * pipeline.count)
        replies = RedisReplies(reservingFor: pipeline)
    }

    var isWritten: Bool { written > 0 && written == pipeline.wire.count }
    var isStarted: Bool { sent > 0 }
    var isSent: Bool { sent == pipeline.count }
    var isAnswered: Bool { replies.count == pipeline.count }

    func resume() {
        let waiting = continuation
        continuation = nil
        waiting?.resume()
    }
}
