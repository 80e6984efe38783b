import NIOCore
import RedisClient

/// A socket to Redis that an event loop reads and writes. What the requests of one turn of the loop send goes out in one write.
///
/// A call that is not answered in time ends the socket, as does a server that closes it: what is under way then fails once.
final class LoopRedisSocket: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// More than so many calls do not wait here.
    private static let mostCalls = 1_000
    /// Longer pipelines go another way: a loop is not to be busy with one request for long.
    private static let longestPipeline = 64 << 10

    private let url: RedisURL
    /// Is told of the socket when it is open, and of nil when it is lost.
    private let notify: (LoopRedisSocket?) -> Void
    private var exchange: RedisExchange
    private var context: ChannelHandlerContext?
    private var willFlush = false
    private var alarm: (deadline: ContinuousClock.Instant, task: Scheduled<Void>)?

    init(to url: RedisURL, notify: @escaping (LoopRedisSocket?) -> Void) {
        self.url = url
        self.notify = notify
        exchange = RedisExchange(with: url)
    }

    func takes(_ pipeline: RedisPipeline) -> Bool {
        guard let context, pipeline.byteCount <= Self.longestPipeline else { return false }
        return exchange.callsUnderWay < Self.mostCalls && context.channel.isWritable
    }

    func send(_ call: RedisCall) {
        guard let context else { return call.fail(with: .connectionLost(url, "Server closed the connection")) }
        exchange.add(call)
        context.write(wrapOutboundOut(ByteBuffer(bytes: call.pipeline.wire)), promise: nil)
        if alarm.map({ call.deadline < $0.deadline }) ?? true { setAlarm(at: call.deadline) }
        guard !willFlush else { return }
        willFlush = true
        context.eventLoop.assumeIsolated().execute { [self] in
            willFlush = false
            self.context?.flush()
        }
    }

    func close() {
        lose(.connectionLost(url, "it was closed"))
    }

    // MARK: The channel's events

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        notify(self)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let received = unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
            Result { () throws(RedisError) in try exchange.receive(bytes) }
        }
        if case .failure(let error) = received { lose(error) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        lose(.connectionLost(url, "Server closed the connection"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        lose(.connectionLost(url, "\(error)"))
    }

    // MARK: Deadlines

    private func setAlarm(at deadline: ContinuousClock.Instant) {
        alarm?.task.cancel()
        guard let context else { return }
        let left = TimeAmount(max(.zero, deadline - .now))
        alarm = (deadline, context.eventLoop.assumeIsolated().scheduleTask(in: left) { [self] in ring() })
    }

    private func ring() {
        alarm = nil
        guard exchange.isLate(at: .now) else {
            if let next = exchange.nextDeadline { setAlarm(at: next) }
            return
        }
        lose(.lostToAnother(url))
    }

    private func lose(_ error: RedisError) {
        alarm?.task.cancel()
        alarm = nil
        exchange.fail(with: error, at: .now)
        guard let context else { return }
        self.context = nil
        notify(nil)
        context.close(promise: nil)
    }
}
