import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// An HTTP connection whose requests are answered on its event loop's own thread, from the first byte to the last: between the
/// socket and the handler nothing changes threads. Lookups do not get as far as Hummingbird.
struct LoopChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let base: HTTP1Channel
    private let makeGuard: @Sendable () -> ConnectionGuard
    private let lookups: Lookups

    init(
        _ lookups: Lookups, others: @escaping HTTP1Channel.Responder,
        guardedBy makeGuard: @escaping @Sendable () -> ConnectionGuard
    ) {
        base = HTTP1Channel(responder: others)
        self.makeGuard = makeGuard
        self.lookups = lookups
    }

    /// Socket, HTTP, its time limits, one request at a time, lookups; then Hummingbird.
    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { [makeGuard, lookups] value in
            let pipeline = channel.pipeline.syncOperations
            let first = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
            try pipeline.addHandlers(
                [makeGuard(), HTTPServerPipelineHandler(), LookupHandler(lookups)] as [any ChannelHandler],
                position: .before(first))
            return value
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor(value.channel.eventLoop)) {
            await base.handle(value: value, logger: logger)
        }
    }
}
