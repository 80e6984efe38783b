import CHiredis
import Foundation

/// Owner of one `redisContext`, which it frees. hiredis connects, with a time limit, and owns the socket; what crosses it is ours:
/// `RedisPipeline` is what the server reads, `ReplyParser` reads what it answers.
///
/// hiredis: a context is not thread safe. The handle is a local of the connection's own thread (see `RedisWorker`), so that no
/// other thread can have it; pointers do not leave this file.
///
/// The socket does not block: the worker waits in `poll`. So both directions move at the same time, a pipeline of any size cannot
/// deadlock on full socket buffers, and no deadline is missed in a system call.
struct RedisHandle: ~Copyable {
    private let context: UnsafeMutablePointer<redisContext>
    let url: RedisURL

    init(connectingTo url: RedisURL, timeout: Duration) throws(RedisError) {
        let limit = timeval(timeout)
        let made: UnsafeMutablePointer<redisContext>? =
            switch url.endpoint {
            case .tcp(let host, let port): redisConnectWithTimeout(host, Int32(port), limit)
            case .unixSocket(let path): redisConnectUnixWithTimeout(path, limit)
            }
        guard let made else { throw .unreachable(url, "out of memory") }
        guard made.pointee.err == 0 else {
            let reason = String(cString: asof_redis_errstr(made))
            redisFree(made)
            throw .unreachable(url, reason)
        }
        _ = fcntl(made.pointee.fd, F_SETFL, fcntl(made.pointee.fd, F_GETFL) | O_NONBLOCK)
        context = made
        self.url = url
    }

    deinit { redisFree(context) }

    var fileDescriptor: Int32 { context.pointee.fd }

    /// A descriptor of the same socket that outlives the handle. Its owner closes it; -1 when the system has none left.
    func duplicateDescriptor() -> Int32 { fcntl(fileDescriptor, F_DUPFD_CLOEXEC, 0) }

    /// Writes as much as the socket takes, and returns how much that was.
    func write(_ output: ArraySlice<UInt8>) throws(RedisError) -> Int {
        let written = output.withUnsafeBytes { socketSend(fileDescriptor, $0) }
        if written >= 0 { return written }
        guard errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR else { throw .connectionLost(url, systemError()) }
        return 0
    }

    /// Receives what has arrived.
    func receive(into buffer: inout ReceiveBuffer) throws(RedisError) {
        let received = buffer.receive(from: fileDescriptor)
        if received > 0 { return }
        guard received < 0 else { throw .connectionLost(url, "Server closed the connection") }
        guard errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR else { throw .connectionLost(url, systemError()) }
    }

    private func systemError() -> String { String(cString: strerror(errno)) }
}

/// send(2) that neither blocks nor raises SIGPIPE. Any thread may call it while it knows the socket to be open.
func socketSend(_ socket: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
}

extension timeval {
    fileprivate init(_ duration: Duration) {
        let parts = duration.components
        self.init(tv_sec: Int(parts.seconds), tv_usec: Int(parts.attoseconds / 1_000_000_000_000))
    }
}
