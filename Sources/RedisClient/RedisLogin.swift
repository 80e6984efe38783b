import Foundation

/// Opens a session: the commands, and what their replies mean.
enum RedisLogin {
    /// Connects, then AUTH, SELECT, CLIENT SETNAME and PING in one round trip. Blocks until then, for `timeout` at most and the time to
    /// look up the host's name.
    static func connect(to url: RedisURL, name: String? = nil, timeout: Duration) throws(RedisError) -> RedisHandle {
        let deadline = ContinuousClock.now + timeout
        let handle = try RedisHandle(connectingTo: url, timeout: timeout)
        let replies: RedisReplies
        do {
            replies = try exchange(pipeline(for: url, name: name), on: handle, until: deadline, timeout)
        } catch {
            guard error.code == .connectionLost || error.code == .timedOut else { throw error }
            throw .silent(url, error)
        }
        try check(replies.trees(), url: url)
        return handle
    }

    private static func exchange(
        _ pipeline: RedisPipeline, on handle: borrowing RedisHandle, until deadline: ContinuousClock.Instant, _ timeout: Duration
    ) throws(RedisError) -> RedisReplies {
        var output = pipeline.wire[...]
        var input = ReceiveBuffer()
        var parser = ReplyParser()
        var replies = RedisReplies()
        while true {
            if !output.isEmpty { output = output.dropFirst(try handle.write(output)) }
            guard ContinuousClock.now < deadline else { throw .timedOut(handle.url, timeout) }
            let events = Int16(output.isEmpty ? POLLIN : POLLIN | POLLOUT)
            var descriptor = pollfd(fd: handle.fileDescriptor, events: events, revents: 0)
            guard poll(&descriptor, 1, deadline.millisecondsLeft) > 0, descriptor.isReadable else { continue }
            try handle.receive(into: &input)
            do {
                var position = 0
                while try parser.parse(input.content, from: &position, into: &replies, expecting: 1) {
                    if replies.count == pipeline.count { return replies }
                }
                input.consume(position)
            } catch {
                throw .brokenProtocol(handle.url, error)
            }
        }
    }

    /// AUTH (https://redis.io/commands/auth) when there is a password, SELECT when the database is not 0, CLIENT SETNAME when there is a
    /// name, PING.
    private static func pipeline(for url: RedisURL, name: String?) -> RedisPipeline {
        var pipeline = RedisPipeline()
        if let password = url.password {
            pipeline.startCommand("AUTH")
            if let user = url.user { pipeline.add(user) }
            pipeline.add(password)
        }
        if url.database != 0 {
            pipeline.startCommand("SELECT")
            pipeline.add(Int64(url.database))
        }
        if let name {
            pipeline.startCommand("CLIENT")
            pipeline.add("SETNAME")
            pipeline.add(name)
        }
        pipeline.startCommand("PING")
        return pipeline
    }

    private static func check(_ replies: [RedisReply], url: RedisURL) throws(RedisError) {
        for reply in replies {
            guard case .error(let refusal) = reply else { continue }
            switch refusal.kind {
            case "LOADING":
                throw .unreachable(url, "it is still loading its data")
            case "NOAUTH":
                throw RedisError(
                    .authenticationFailed, "Redis at \(url) asks for a password; put it in the URL or in ASOF_REDIS_PASSWORD")
            case "WRONGPASS":
                throw RedisError(.authenticationFailed, "Redis at \(url) refused the user or the password")
            case "ERR" where refusal.text.contains("AUTH") || refusal.text.contains("password"):
                throw RedisError(.authenticationFailed, "Redis at \(url) refused the password: \(refusal.text)")
            case "ERR":
                throw RedisError(.loginRefused, "Redis at \(url) refused the login: \(refusal.text)")
            default:
                // PING is refused for reasons that a command of the caller's will meet by itself (NOPERM, MISCONF).
                continue
            }
        }
    }
}
