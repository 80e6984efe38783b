import NIOCore
import NIOPosix
import RedisClient

/// An event loop's way to Redis: its socket, opened when it is first asked for and anew after it was lost. Used on its loop alone.
final class LoopRedisLink {
    /// How long after a failure it is tried again.
    private static let pause = TimeAmount.milliseconds(100)

    private enum State {
        case none(until: NIODeadline)
        case opening
        case open(LoopRedisSocket)
        case closed
    }

    private let connection: RedisConnection
    private let loop: any EventLoop
    private var state = State.none(until: .now())

    init(to connection: RedisConnection, on loop: any EventLoop) {
        self.connection = connection
        self.loop = loop
    }

    /// The socket, if it is open and the commands fit in; a lost one begins to be opened.
    func socket(for pipeline: RedisPipeline) -> LoopRedisSocket? {
        switch state {
        case .open(let socket): return socket.takes(pipeline) ? socket : nil
        case .none(let until) where until <= .now(): open()
        case .none, .opening, .closed: break
        }
        return nil
    }

    private func open() {
        state = .opening
        let link = NIOLoopBound(self, eventLoop: loop)
        Task { [connection, loop] in
            let descriptor: Int32?
            do { descriptor = try await connection.openSocket() } catch { descriptor = nil }
            loop.execute {
                guard let descriptor else { return link.value.note(nil) }
                link.value.take(descriptor)
            }
        }
    }

    private func take(_ descriptor: Int32) {
        let link = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelInitializer { [url = connection.url] channel in
                channel.eventLoop.makeCompletedFuture {
                    let socket = LoopRedisSocket(to: url, over: descriptor) { link.value.note($0) }
                    try channel.pipeline.syncOperations.addHandler(socket)
                }
            }
            .withConnectedSocket(descriptor)
            .whenFailure { _ in link.value.note(nil) }
    }

    /// The socket is open, or it is lost or could not be opened.
    private func note(_ socket: LoopRedisSocket?) {
        switch (state, socket) {
        case (.closed, let socket?): socket.close()
        case (.closed, nil): break
        case (_, let socket?): state = .open(socket)
        case (_, nil): state = .none(until: .now() + Self.pause)
        }
    }

    func close() {
        if case .open(let socket) = state { socket.close() }
        state = .closed
    }
}
