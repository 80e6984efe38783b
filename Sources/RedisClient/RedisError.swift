/// Why Redis did not answer a call.
///
/// An error *reply* to one command of a pipeline is not this: it is that command's `RedisReply.error`.
package struct RedisError: Error, Hashable, Sendable {
    package enum Code: Hashable, Sendable, CaseIterable {
        /// The URL cannot be used.
        case invalidURL
        /// No connection could be made, or the server is not fit to serve: loading its data, out of memory, a replica.
        case unreachable
        /// It answers, and no longer has what was written.
        case rowsLost
        /// The server refused the user, the password, or asks for one.
        case authenticationFailed
        /// The server refused the database number, or anything else at login.
        case loginRefused
        /// The connection broke while the call was in flight: it may or may not have been executed.
        case connectionLost
        /// No answer within the call's time: it may or may not have been executed.
        case timedOut
        /// The server sent what is not RESP.
        case protocolViolation
        /// Too many calls wait already; this one was not sent.
        case overloaded
        /// The connection was closed by us; the call was not sent.
        case closed
        /// The server answered with an error where the caller cannot go on without a result.
        case serverError
    }

    package var code: Code
    /// What went wrong and what may mend it, in one line. Never has a password.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether the store, rather than the request, is at fault: exit code 4, HTTP 503.
    package var isUnreachable: Bool {
        switch code {
        case .unreachable, .rowsLost, .connectionLost, .timedOut, .overloaded, .closed, .authenticationFailed, .loginRefused: true
        case .invalidURL, .protocolViolation, .serverError: false
        }
    }
}

extension RedisError: CustomStringConvertible {
    package var description: String { message }
}

extension RedisError {
    static func invalidURL(_ reason: String) -> RedisError {
        RedisError(.invalidURL, "invalid Redis URL: \(reason)")
    }

    static func unreachable(_ url: RedisURL, _ reason: String) -> RedisError {
        RedisError(.unreachable, "cannot reach Redis at \(url): \(reason)")
    }

    /// A server that takes connections and says nothing: what went wrong keeps its code.
    static func silent(_ url: RedisURL, _ error: RedisError) -> RedisError {
        let message = "cannot reach Redis at \(url): it accepted the connection but did not answer (\(error.message))"
        return RedisError(error.code == .timedOut ? .timedOut : .unreachable, message)
    }

    package static func connectionLost(_ url: RedisURL, _ reason: String) -> RedisError {
        RedisError(.connectionLost, "lost the connection to Redis at \(url): \(reason)")
    }

    /// It is there, and what it should have is not.
    package static func lostRows(_ url: RedisURL, of what: String, remedy: String) -> RedisError {
        RedisError(
            .rowsLost,
            "Redis at \(url) no longer has the rows of \(what): it was emptied, or came back without them; \(remedy)")
    }

    /// For calls on a connection that is given up since another call on it is late.
    package static func lostToAnother(_ url: RedisURL) -> RedisError {
        connectionLost(url, "another call on it was not answered in time")
    }

    static func brokenProtocol(_ url: RedisURL, _ violation: ReplyParser.Violation) -> RedisError {
        RedisError(.protocolViolation, "Redis at \(url) broke the protocol: \(violation.reason)")
    }

    static func unasked(_ url: RedisURL) -> RedisError {
        RedisError(.protocolViolation, "Redis at \(url) sent a reply that nobody asked for")
    }

    static func timedOut(_ url: RedisURL, _ timeout: Duration) -> RedisError {
        RedisError(.timedOut, "Redis at \(url) did not answer within \(timeout)")
    }

    static func overloaded(_ url: RedisURL, waiting: Int) -> RedisError {
        RedisError(.overloaded, "Redis at \(url) is too slow: \(waiting) calls wait already")
    }

    static func closed(_ url: RedisURL) -> RedisError {
        RedisError(.closed, "the connection to Redis at \(url) was closed")
    }

    /// The server's error reply, as an error of the call. See `RedisReply.orThrow`. One that says that the server itself is not fit at
    /// the moment, out of memory or a replica for instance, is the store's fault.
    package static func serverError(_ reply: RedisErrorReply, about key: String? = nil) -> RedisError {
        let unfit: Set<Substring> = [
            "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "OOM", "READONLY", "MISCONF", "NOREPLICAS",
        ]
        let subject = key.map { " about the key `\($0)`" } ?? ""
        let remedy =
            key != nil && reply.kind == "WRONGTYPE"
            ? "; something else has put it there: delete the key and run again, or take another database" : ""
        return RedisError(
            unfit.contains(reply.kind) ? .unreachable : .serverError, "Redis answered\(subject): \(reply.text)\(remedy)")
    }
}
