import Foundation

/// One connection to a Redis, to be shared by any number of tasks.
///
/// Calls that overlap share round trips. A connection that breaks fails the calls in flight once, with
/// `connectionLost`, and the next call connects again; so a connection outlives any number of restarts of its
/// server. A read that failed so may be sent once more; a write only if it may be done twice.
///
/// The socket is used by one thread of the connection's own (hiredis: a context is not thread safe), and no
/// thread of Swift's pool ever blocks on it. The thread ends when the last reference goes.
package final class RedisConnection: Sendable {
    package let url: RedisURL
    /// How long a call may take when it does not say.
    package let commandTimeout: Duration
    private let connectTimeout: Duration
    private let mailbox: RedisMailbox

    private init(
        url: RedisURL, connectTimeout: Duration, commandTimeout: Duration, mailbox: RedisMailbox
    ) {
        self.url = url
        self.connectTimeout = connectTimeout
        self.commandTimeout = commandTimeout
        self.mailbox = mailbox
    }

    deinit { mailbox.close() }

    /// Connects and logs in.
    ///
    /// Fails within `timeout` and the time to look up the host's name.
    package static func connect(
        to url: RedisURL, timeout: Duration = .seconds(3), commandTimeout: Duration = .seconds(5)
    ) async throws(RedisError) -> RedisConnection {
        let connection = try open(url, timeout: timeout, commandTimeout: commandTimeout)
        _ = try await connection.call(RedisPipeline(), timeout: timeout)
        return connection
    }

    /// Makes a connection that the first call will open: for a server that must start while its Redis is down.
    ///
    /// At most `longestQueue` calls wait for their answers; the next is refused with `overloaded`.
    package static func open(
        _ url: RedisURL, timeout: Duration = .seconds(3), commandTimeout: Duration = .seconds(5),
        longestQueue: Int = 10_000
    ) throws(RedisError) -> RedisConnection {
        guard let mailbox = RedisMailbox(capacity: longestQueue) else {
            throw .unreachable(url, "the system has no file descriptors left")
        }
        let thread = Thread {
            // Inside the thread: a name given before the start does not reach the system on Linux.
            Thread.current.name = "asof-redis"
            var worker = RedisWorker(url: url, mailbox: mailbox, connectTimeout: timeout)
            worker.run()
        }
        thread.start()
        return RedisConnection(url: url, connectTimeout: timeout, commandTimeout: commandTimeout, mailbox: mailbox)
    }

    /// Sends the commands and returns one reply for each, in order.
    ///
    /// `timeout` is for the whole pipeline, from this moment on, and at least the time a new connection takes.
    package func send(
        _ pipeline: RedisPipeline, timeout: Duration? = nil
    ) async throws(RedisError) -> [RedisReply] {
        guard !pipeline.isEmpty else { return [] }
        return try await call(pipeline, timeout: timeout ?? commandTimeout)
    }

    /// Does what may be done twice: once more when the connection was lost, after which nobody knows whether it was done.
    package static func tryingAgainWhenLost<Value: Sendable>(
        _ body: () async throws(RedisError) -> Value
    ) async throws(RedisError) -> Value {
        do {
            return try await body()
        } catch {
            guard error.code == .connectionLost else { throw error }
        }
        return try await body()
    }

    /// Answers what was sent, refuses the rest, and lets the thread end.
    package func close() {
        mailbox.close()
    }

    private func call(_ pipeline: RedisPipeline, timeout: Duration) async throws(RedisError) -> [RedisReply] {
        let result = await withCheckedContinuation { continuation in
            let call = RedisCall(
                pipeline: pipeline, timeout: timeout, deadline: ContinuousClock.now + timeout,
                continuation: continuation
            )
            switch mailbox.post(call) {
            case nil: break
            case .full: continuation.resume(returning: .failure(.overloaded(url, waiting: mailbox.capacity)))
            case .closed: continuation.resume(returning: .failure(.closed(url)))
            }
        }
        return try result.get()
    }
}
