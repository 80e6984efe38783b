import NIOCore
import NIOHTTP1

/// Answers `POST /get-online-features` on the connection's event loop, without the way through the router; every other request goes on to
/// it, and so does this one when it is spelled otherwise (`/get-online-features/`, a query).
///
/// One request at a time: before it is an `HTTPServerPipelineHandler`.
final class LookupHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// No request, or one that went on to the router.
        case others
        case reading(HTTPRequestHead, body: ByteBuffer)
        /// Read, but the client has yet to take the answers before.
        case waiting(HTTPRequestHead, body: ByteBuffer)
        case answering
        /// Answered before it has been read.
        case discarding
        /// Nothing more is answered on this connection.
        case closed
    }

    private let lookups: Lookups
    private var state = State.others
    private var executor: LoopExecutor?
    private var date = HTTPDate()
    /// The client has ended its side while its request was being answered.
    private var isInputClosed = false

    init(_ lookups: Lookups) {
        self.lookups = lookups
    }

    func handlerAdded(context: ChannelHandlerContext) {
        executor = LoopExecutor(context.eventLoop)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (state, unwrapInboundIn(data)) {
        case (.others, .head(let head)) where Lookups.isLookup(head): begin(head, context)
        case (.reading(let head, var body), .body(var part)):
            state = .others
            if body.readableBytes == 0 { body = part } else { body.writeBuffer(&part) }
            if body.readableBytes > lookups.largestBody {
                refuse(head, .tooLarge(limit: lookups.largestBody), context)
            } else {
                state = .reading(head, body: body)
            }
        case (.reading(let head, let body), .end):
            state = .waiting(head, body: body)
            startIfWritable(context)
        case (.discarding, .end): state = .others
        case (.discarding, _), (.closed, _): break
        case (.others, _), (.reading, _), (.waiting, _), (.answering, _): context.fireChannelRead(data)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        startIfWritable(context)
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch state {
        case .waiting, .answering:
            // Or else the connection would be closed, since nobody else knows of a request.
            guard case ChannelEvent.inputClosed = event else { break }
            isInputClosed = true
            return
        case .others, .reading, .discarding, .closed: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A request that ends before its end: the router's side answers that.
        if case .reading = state { state = .others }
        context.fireErrorCaught(error)
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        do throws(ServerError) {
            try lookups.admit(head)
            state = .reading(head, body: ByteBuffer())
        } catch {
            refuse(head, error, context)
        }
    }

    private func refuse(_ head: HTTPRequestHead, _ error: ServerError, _ context: ChannelHandlerContext) {
        write(lookups.answer(to: error), to: head, then: .discarding, context)
    }

    private func startIfWritable(_ context: ChannelHandlerContext) {
        guard case .waiting(let head, let body) = state, context.channel.isWritable else { return }
        state = .answering
        let handler = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        // Until it first waits, for Redis, it runs here and now.
        Task.immediate(executorPreference: executor) { [lookups] in
            let answer = await lookups.answer(to: [UInt8](buffer: body))
            let (lookupHandler, context) = handler.value
            lookupHandler.finish(answer, to: head, context)
        }
    }

    private func finish(_ answer: JSONAnswer, to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        write(answer, to: head, then: .others, context)
        guard isInputClosed else { return }
        isInputClosed = false
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    private func write(
        _ answer: JSONAnswer, to request: HTTPRequestHead, then next: State, _ context: ChannelHandlerContext
    ) {
        let staysOpen = request.isKeepAlive
        // The end of the answer brings the next request, if the client has sent it ahead.
        state = staysOpen ? next : .closed
        let head = answer.head(date: date.now(), staysOpen: staysOpen)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        if !staysOpen { context.close(mode: .output, promise: nil) }
    }
}
