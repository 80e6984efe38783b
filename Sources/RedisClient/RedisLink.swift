import Foundation

/// The way to one server: its mailbox, and the thread that empties it. The thread ends when the last reference goes.
///
/// Tasks may prefer that thread (`withTaskExecutorPreference`): then nothing crosses threads between them and the socket.
final class RedisLink: TaskExecutor {
    let url: RedisURL
    private let mailbox: RedisMailbox
    private let connectTimeout: Duration
    private let logins = LoginCount()
    /// How often it has been logged in to, by whatever socket: so often it may have been another server, or one that had lost everything.
    var loginCount: Int { logins.value }

    init(to url: RedisURL, options: RedisConnection.Options) throws(RedisError) {
        guard let mailbox = RedisMailbox(capacity: options.longestQueue) else {
            throw .unreachable(url, "the system has no file descriptors left")
        }
        self.url = url
        self.mailbox = mailbox
        connectTimeout = options.connectTimeout
        let thread = Thread { [executor = asUnownedTaskExecutor(), logins] in
            // Inside the thread: a name given before the start does not reach the system on Linux.
            Thread.current.name = "asof-redis"
            var worker = RedisWorker(url: url, mailbox: mailbox, options: options, logins: logins, executor: executor)
            worker.run()
        }
        thread.start()
    }

    deinit { mailbox.close() }

    func enqueue(_ job: consuming ExecutorJob) {
        mailbox.post(UnownedJob(job))
    }

    /// Answers what was sent, refuses the rest, and lets the thread end.
    func close() {
        mailbox.close()
    }

    /// Sends the commands and returns their replies. Without commands it connects and logs in, no more.
    func call(_ pipeline: RedisPipeline, timeout: Duration) async throws(RedisError) -> RedisReplies {
        try await RedisCall(pipeline, timeout: timeout).replies { call in
            switch mailbox.post(call) {
            case nil: break
            case .full: call.fail(with: .overloaded(url, waiting: mailbox.capacity))
            case .closed: call.fail(with: .closed(url))
            }
        }
    }

    /// Another socket to the server, connected and logged in, which the caller closes. On a thread of its own, since that blocks.
    func openSocket() async throws(RedisError) -> Int32 {
        let opened = await withUnsafeContinuation { continuation in
            let thread = Thread { [url, connectTimeout, logins] in
                continuation.resume(
                    returning: Result { () throws(RedisError) in
                        let descriptor = try RedisLogin.connect(to: url, timeout: connectTimeout).duplicateDescriptor()
                        logins.increment()
                        guard descriptor >= 0 else { throw .unreachable(url, "the system has no file descriptors left") }
                        return descriptor
                    })
            }
            thread.start()
        }
        return try opened.get()
    }
}
