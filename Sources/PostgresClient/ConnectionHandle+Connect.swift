import CLibpq
import Glibc

extension ConnectionHandle {
    /// Connects within the time given, host look-up aside, which libpq does not let go of.
    static func connect(to url: PostgresURL, timeout: Duration) throws(PostgresError) -> ConnectionHandle {
        var parameters = url.parameters.map { ($0.keyword, $0.value) }
        parameters.append(("client_encoding", "UTF8"))
        parameters.append(("fallback_application_name", "asof"))
        let keywords = CStringArray(parameters.map(\.0))
        let values = CStringArray(parameters.map(\.1))
        let started = keywords.withPointers { keywords in
            values.withPointers { values in PQconnectStartParams(keywords, values, 0) }
        }
        guard let raw = started else { throw .connectionFailed(url, "out of memory") }
        let handle = ConnectionHandle(adopting: raw, url: url)

        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        // libpq: behave at first as if PQconnectPoll had returned PGRES_POLLING_WRITING.
        var wanted = PQstatus(raw) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while wanted != PGRES_POLLING_OK {
            guard wanted != PGRES_POLLING_FAILED else { throw .connectionFailed(url, handle.errorMessage(raw)) }
            let left = clock.now.duration(to: deadline)
            guard left > .zero else { throw .connectionTimedOut(url, after: timeout) }
            let events = Int16(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT)
            var socket = pollfd(fd: PQsocket(raw), events: events, revents: 0)
            let milliseconds = left / .milliseconds(1)
            if poll(&socket, 1, Int32(clamping: Int64(milliseconds.rounded(.up)))) > 0 {
                wanted = PQconnectPoll(raw)
            }
        }
        return handle
    }
}

extension PostgresError {
    static func connectionTimedOut(_ url: PostgresURL, after timeout: Duration) -> PostgresError {
        let seconds = timeout / .seconds(1)
        return .connectionFailed(url, "no answer within \(seconds.formatted()) s")
    }
}

extension Double {
    /// `3.0` as `3`
    fileprivate func formatted() -> String {
        self == rounded() ? String(Int64(self)) : String(self)
    }
}
