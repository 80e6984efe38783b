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
        /// Read, and to be answered as soon as may be.
        case waiting(HTTPRequestHead, body: ByteBuffer)
        /// To be refused as soon as may be, read or not.
        case refusing(HTTPRequestHead, ServerError, isRead: Bool)
        case answering
        /// Answered before it has been read.
        case discarding
        /// Nothing more is answered on this connection.
        case closed
    }

    private let lookups: Lookups
    private var state = State.others
    private var executor: LoopExecutor?
    private var requestWatch: RequestWatch
    private var date = HTTPDate()
    /// The end of an answer brings the next request, if that was sent ahead: while it is being written.
    private var isWriting = false
    /// The client has ended its side while its last request was being answered.
    private var isInputClosed = false

    init(_ lookups: Lookups) {
        self.lookups = lookups
        requestWatch = RequestWatch(among: lookups.turns)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        executor = LoopExecutor(context.eventLoop)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (state, unwrapInboundIn(data)) {
        case (.others, .head(let head)) where Lookups.isLookup(head): begin(head)
        case (.reading(let head, var body), .body(var part)):
            state = .others
            if body.readableBytes == 0 { body = part } else { body.writeBuffer(&part) }
            state =
                body.readableBytes > lookups.largestBody
                ? .refusing(head, .tooLarge(limit: lookups.largestBody), isRead: false) : .reading(head, body: body)
        case (.reading(let head, let body), .end): state = .waiting(head, body: body)
        case (.refusing(let head, let error, _), .end): state = .refusing(head, error, isRead: true)
        case (.discarding, .end): state = .others
        case (.refusing, _), (.discarding, _), (.closed, _): break
        case (.others, _), (.reading, _), (.waiting, _), (.answering, _): return context.fireChannelRead(data)
        }
        proceed(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        proceed(context)
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch state {
        case .waiting, .refusing, .answering:
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
        switch state {
        case .reading, .refusing(_, _, isRead: false): state = .others
        case .others, .waiting, .refusing, .answering, .discarding, .closed: break
        }
        context.fireErrorCaught(error)
    }

    private func begin(_ head: HTTPRequestHead) {
        requestWatch.noteRequest()
        do throws(ServerError) {
            try lookups.admit(head)
            state = .reading(head, body: ByteBuffer())
        } catch {
            state = .refusing(head, error, isRead: false)
        }
    }

    /// Answers, or begins to, once the client takes its answers: who only asks is not to fill the memory with them.
    private func proceed(_ context: ChannelHandlerContext) {
        guard !isWriting, context.channel.isWritable else { return }
        switch state {
        case .waiting(let head, let body):
            state = .answering
            answer(head, body, context)
        case .refusing(let head, let error, let isRead):
            end(head, with: lookups.answer(to: error), then: isRead ? .others : .discarding, context)
        case .others, .reading, .answering, .discarding, .closed: break
        }
    }

    private func answer(_ head: HTTPRequestHead, _ body: ByteBuffer, _ context: ChannelHandlerContext) {
        let handler = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        // Until it first waits, for Redis, it runs here and now.
        Task.immediate(executorPreference: executor) { [lookups] in
            let answer = await lookups.answer(to: [UInt8](buffer: body))
            let (lookupHandler, context) = handler.value
            lookupHandler.end(head, with: answer, then: .others, context)
        }
    }

    private func end(
        _ request: HTTPRequestHead, with answer: JSONAnswer, then next: State, _ context: ChannelHandlerContext
    ) {
        // Of this request. It may be set anew for the next one, which the end of the answer brings.
        let isLast = isInputClosed
        isInputClosed = false
        let staysOpen = Lookups.keepsOpen(request)
        state = staysOpen ? next : .closed
        isWriting = true
        let written = isLast ? context.eventLoop.makePromise(of: Void.self) : nil
        answer.write(to: context, date: date.now(), staysOpen: staysOpen, promise: written)
        isWriting = false
        if !staysOpen { context.close(mode: .output, promise: nil) }
        written?.futureResult.assumeIsolated().whenComplete { _ in
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
        switch state {
        // Not here, or else each request sent ahead would be answered within the answer before.
        case .waiting, .refusing: context.eventLoop.assumeIsolated().execute { [self] in proceed(context) }
        // Once the loop has done what else there is to do.
        case .others where requestWatch.isDue():
            context.eventLoop.assumeIsolated().execute { [self] in watchForRequest(context) }
        case .others, .reading, .answering, .discarding, .closed: break
        }
    }

    private func watchForRequest(_ context: ChannelHandlerContext) {
        guard case .others = state, context.channel.isActive else { return }
        // Without a socket of its own there is nothing to look at.
        try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            requestWatch.watch($0)
        }
    }
}
