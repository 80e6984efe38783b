import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends a connection whose client is too slow: a request that has not arrived whole in time is answered with 408, and an
/// answer that the client does not take in time is given up.
///
/// A request that comes in one piece costs no timer. (Before the headers are there, and between requests, the idle timeout
/// of the connection holds.)
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limit: TimeAmount
    private var isRequestArriving = false
    private var isAnswerBegun = false
    /// Requests of which the last part of the answer has not been written: more than one when a client sends ahead.
    private var unanswered = 0
    private var arrival: Scheduled<Void>?
    private var departure: Scheduled<Void>?

    init(limit: TimeAmount) {
        self.limit = limit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
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
        if isRequestArriving, arrival == nil {
            arrival = schedule(context) { guardian in guardian.giveUpRequest(context) }
        }
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head: isAnswerBegun = true
        case .body: break
        case .end:
            isAnswerBegun = false
            unanswered -= 1
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        departure?.cancel()
        departure = context.channel.isWritable ? nil : schedule(context) { _ in context.close(promise: nil) }
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
        arrival?.cancel()
        departure?.cancel()
        arrival = nil
        departure = nil
    }

    private func schedule(_ context: ChannelHandlerContext, _ body: @escaping (ConnectionGuard) -> Void) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: limit) { [self] in body(self) }
    }

    private func giveUpRequest(_ context: ChannelHandlerContext) {
        arrival = nil
        // Not into the middle of another answer.
        guard !isAnswerBegun, unanswered == 1 else {
            context.close(promise: nil)
            return
        }
        let body = ServerError.tooSlow.body
        var head = HTTPResponse(status: .requestTimeout)
        head.headerFields[.contentType] = "application/json"
        head.headerFields[.contentLength] = "\(body.count)"
        head.headerFields[.connection] = "close"
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }
}
