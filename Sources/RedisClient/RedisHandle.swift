import CHiredis
import Foundation

/// Owner of one `redisContext`, which it frees.
///
/// hiredis: a context is not thread safe. The handle is a local of the connection's own thread (see
/// `RedisWorker`), so that no other thread can have it; pointers do not leave this file.
///
/// The context connects blocking, with a time limit, and is non-blocking from then on: `write` and `read` return
/// at once and the worker waits in `poll`. So both directions move at the same time, a pipeline of any size cannot
/// deadlock on full socket buffers, and a deadline is exact.
struct RedisHandle: ~Copyable {
    private let context: UnsafeMutablePointer<redisContext>
    private let url: RedisURL
    /// Scratch for `redisAppendCommandArgv`, kept to save an allocation per command.
    private var argumentPointers: [UnsafePointer<CChar>?] = []
    private var argumentLengths: [Int] = []

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
        asof_redis_mark_nonblocking(made)
        context = made
        self.url = url
    }

    deinit { redisFree(context) }

    var fileDescriptor: Int32 { context.pointee.fd }

    /// Appends one command of the pipeline to the output buffer. Returns its size in bytes, about.
    mutating func append(_ index: Int, of pipeline: RedisPipeline) throws(RedisError) -> Int {
        let arguments = pipeline.arguments(ofCommand: index)
        argumentPointers.removeAll(keepingCapacity: true)
        argumentLengths.removeAll(keepingCapacity: true)
        var size = 0
        let status = pipeline.bytes.withUnsafeBytes { buffer in
            for argument in arguments {
                let range = pipeline.byteRange(ofArgument: argument)
                // An empty argument at the end of the buffer still gets a valid address: hiredis copies 0 bytes of it.
                let address = buffer.baseAddress.map { ($0 + range.lowerBound).assumingMemoryBound(to: CChar.self) }
                argumentPointers.append(address)
                argumentLengths.append(range.count)
                size += range.count
            }
            return redisAppendCommandArgv(context, Int32(arguments.count), &argumentPointers, &argumentLengths)
        }
        guard status == REDIS_OK else { throw failure() }
        return size
    }

    /// Writes as much as the socket takes. Returns whether all output is out.
    func write() throws(RedisError) -> Bool {
        var done: Int32 = 0
        guard redisBufferWrite(context, &done) == REDIS_OK else { throw failure() }
        return done == 1
    }

    /// Reads what has arrived (up to hiredis' 16 KiB) for `nextReply`.
    func read() throws(RedisError) {
        guard redisBufferRead(context) == REDIS_OK else { throw failure() }
    }

    /// The next whole reply, or nil when more bytes are needed.
    func nextReply() throws(RedisError) -> RedisReply? {
        var raw: UnsafeMutableRawPointer?
        guard redisGetReplyFromReader(context, &raw) == REDIS_OK else { throw failure() }
        guard let raw else { return nil }
        defer { freeReplyObject(raw) }
        return RedisReply(raw.assumingMemoryBound(to: redisReply.self).pointee)
    }

    private func failure() -> RedisError {
        let reason = String(cString: asof_redis_errstr(context))
        guard context.pointee.err == REDIS_ERR_PROTOCOL else { return .connectionLost(url, reason) }
        return RedisError(.protocolViolation, "Redis at \(url) broke the protocol: \(reason)")
    }
}

extension RedisReply {
    fileprivate init(_ raw: redisReply) {
        switch raw.type {
        case REDIS_REPLY_NIL: self = .null
        case REDIS_REPLY_INTEGER: self = .integer(raw.integer)
        case REDIS_REPLY_STRING:
            self = .bytes([UInt8](UnsafeRawBufferPointer(start: raw.str, count: raw.len)))
        case REDIS_REPLY_STATUS: self = .status(raw.text)
        case REDIS_REPLY_ERROR: self = .error(RedisErrorReply(text: raw.text))
        case REDIS_REPLY_ARRAY:
            self = .array(
                UnsafeBufferPointer(start: raw.element, count: raw.elements).map { element in
                    element.map { RedisReply($0.pointee) } ?? .null
                }
            )
        default:
            // hiredis 0.14's reader makes the six types above only (read.h).
            self = .error(RedisErrorReply(text: "CLIENT reply of unknown type \(raw.type)"))
        }
    }
}

extension redisReply {
    fileprivate var text: String {
        String(decoding: UnsafeRawBufferPointer(start: str, count: len), as: UTF8.self)
    }
}

extension timeval {
    fileprivate init(_ duration: Duration) {
        let parts = duration.components
        self.init(tv_sec: Int(parts.seconds), tv_usec: Int(parts.attoseconds / 1_000_000_000_000))
    }
}
