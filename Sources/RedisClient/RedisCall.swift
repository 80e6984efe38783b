/// One call of `send`, from the moment it is posted until it is answered.
///
/// Not checked by the compiler, since it changes hands: who posts it touches it no more until it is resumed; the mailbox does under
/// its lock; then the worker's thread alone, which resumes the caller as the last thing it does with it.
package final class RedisCall: @unchecked Sendable {
    package let pipeline: RedisPipeline
    let timeout: Duration
    package let deadline: ContinuousClock.Instant
    /// How many values may be in its replies, about.
    let expectedValues: Int
    /// Resumed once: by the caller when the mailbox refuses the call, else by the worker when it forgets it.
    private var continuation: UnsafeContinuation<Void, Never>?
    /// What the caller has written to the socket itself, of `pipeline.wire`.
    var written = 0
    /// How many commands are written, or about to be.
    var sent = 0
    var replies: RedisReplies
    var failure: RedisError?

    package init(_ pipeline: RedisPipeline, timeout: Duration) {
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

    /// Sends the call on its way by `start`, which has it answered or resumes it, and waits for its replies.
    package func replies(afterStarting start: (RedisCall) -> Void) async throws(RedisError) -> RedisReplies {
        await withUnsafeContinuation { continuation in
            self.continuation = continuation
            start(self)
        }
        if let failure { throw failure }
        return replies
    }

    /// Ends the call without its replies.
    package func fail(with error: RedisError) {
        failure = error
        resume()
    }

    func resume() {
        let waiting = continuation
        continuation = nil
        waiting?.resume()
    }
}
