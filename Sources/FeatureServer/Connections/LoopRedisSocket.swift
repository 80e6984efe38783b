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
    /// The channel's, which closes it.
    private let descriptor: Int32
    /// Is told of the socket when it is open, and of nil when it is lost.
    private let notify: (LoopRedisSocket?) -> Void
    private var exchange: RedisExchange
    private var context: ChannelHandlerContext?
    private var willFlush = false
    private var replyWatch = ReplyWatch()
    private var alarm: (deadline: ContinuousClock.Instant, task: Scheduled<Void>)?

    init(to url: RedisURL, over descriptor: Int32, notify: @escaping (LoopRedisSocket?) -> Void) {
        self.url = url
        self.descriptor = descriptor
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
        context.eventLoop.assumeIsolated().execute { [self] in flush() }
    }

    private func flush() {
        willFlush = false
        context?.flush()
        watchForReply()
    }

    /// If it is but one call's, and the loop has nothing to do for others meanwhile.
    private func watchForReply() {
        guard exchange.callsUnderWay == 1, replyWatch.isDue(commands: exchange.commandsUnderWay),
            // Or else the descriptor may be another's by now.
            context?.channel.isActive == true
        else { return }
        replyWatch.watch(descriptor) { bytes in
            receive(bytes)
            return exchange.callsUnderWay == 0
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
        unwrapInboundIn(data).withUnsafeReadableBytes { receive($0) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        lose(.connectionLost(url, "Server closed the connection"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        lose(.connectionLost(url, "\(error)"))
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) {
        do throws(RedisError) { try exchange.receive(bytes) } catch { lose(error) }
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
