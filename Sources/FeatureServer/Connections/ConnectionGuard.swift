import NIOCore
import NIOHTTP1

/// Ends a connection whose client is too slow: a request that has not arrived whole in time is answered with 408, and an
/// answer that the client does not take in time is given up. One on which nothing comes is closed, too, unless it waits for its answer.
///
/// A request that comes in one piece costs no timer.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let limit: TimeAmount
    private let idleLimit: TimeAmount
    private var isRequestArriving = false
    private var isAnswerBegun = false
    /// Requests of which the last part of the answer has not been written: more than one when a client sends ahead.
    private var unanswered = 0
    private var lastSign = NIODeadline.distantPast
    private var idleness: Scheduled<Void>?
    private var arrival: Scheduled<Void>?
    private var departure: Scheduled<Void>?

    init(limit: TimeAmount, idleLimit: TimeAmount) {
        self.limit = limit
        self.idleLimit = idleLimit
    }

    func handlerAdded(context: ChannelHandlerContext) {
        lastSign = context.eventLoop.now
        watchIdleness(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastSign = context.eventLoop.now
        switch unwrapInboundIn(data) {
        case .head:
            isRequestArriving = true
            unanswered += 1
        case .body: break
        case .end:
            isRequestArriving = false
            arrival?.cancel()
            arrival = nil
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guardArrival(context)
        if !isRequestArriving, unanswered == 1 {
            // While it is answered, nothing should come. To stop listening, as those behind would, and to begin again afterwards
            // would be two system calls for each request. Who does send ahead is listened to no more until it is answered.
            context.read()
        }
        context.fireChannelReadComplete()
    }

    /// Nobody reads the next request while one is being answered: it has all the time.
    private func guardArrival(_ context: ChannelHandlerContext) {
        guard isRequestArriving, unanswered <= 1, arrival == nil else { return }
        arrival = schedule(context, in: limit) { guardian in guardian.giveUpRequest(context) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head: isAnswerBegun = true
        case .body: break
        case .end:
            isAnswerBegun = false
            unanswered -= 1
            lastSign = context.eventLoop.now
            guardArrival(context)
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        departure?.cancel()
        departure = context.channel.isWritable ? nil : schedule(context, in: limit) { _ in context.close(promise: nil) }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        cancel()
    }

    private func cancel() {
        idleness?.cancel()
        arrival?.cancel()
        departure?.cancel()
        idleness = nil
        arrival = nil
        departure = nil
    }

    private func schedule(
        _ context: ChannelHandlerContext, in time: TimeAmount, _ body: @escaping (ConnectionGuard) -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in body(self) }
    }

    /// One timer for the connection, not one for each request.
    private func watchIdleness(_ context: ChannelHandlerContext) {
        idleness = schedule(context, in: lastSign + idleLimit - context.eventLoop.now) { guardian in
            let now = context.eventLoop.now
            let isWaiting = guardian.unanswered > (guardian.isRequestArriving ? 1 : 0)
            if isWaiting { guardian.lastSign = now }
            guard guardian.lastSign + guardian.idleLimit > now else { return context.close(promise: nil) }
            guardian.watchIdleness(context)
        }
    }

    private func giveUpRequest(_ context: ChannelHandlerContext) {
        arrival = nil
        // Not into the middle of another answer.
        guard !isAnswerBegun, unanswered == 1 else {
            context.close(promise: nil)
            return
        }
        var date = HTTPDate()
        let written = context.eventLoop.makePromise(of: Void.self)
        JSONAnswer(ServerError.tooSlow).write(to: context, date: date.now(), staysOpen: false, promise: written)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }
}
