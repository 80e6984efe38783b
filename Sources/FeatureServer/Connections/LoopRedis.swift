import NIOCore
import NIOPosix
package import RedisClient

/// Gives each event loop a socket to Redis of its own: a lookup over HTTP then needs no other thread. From the request's first byte
/// to the answer's last the loop waits for both sockets at once.
///
/// It is a shortcut, not more: the first calls, those while the socket is being opened anew, those that find it full, calls from other
/// threads and all to a cluster go over the connection itself, which says what is wrong when Redis is away.
package final class LoopRedis: RedisShortcut {
    private let links: [ObjectIdentifier: NIOLoopBoundBox<LoopRedisLink>]

    /// The connection with shortcuts for the event loops that serve HTTP.
    package static func shortening(_ connection: RedisConnection) -> RedisConnection {
        connection.isCluster ? connection : connection.taking(LoopRedis(to: connection, loops: .singleton))
    }

    private init(to connection: RedisConnection, loops: MultiThreadedEventLoopGroup) {
        let links = loops.makeIterator().map { loop in
            let link = LoopRedisLink(to: connection, on: loop)
            return (ObjectIdentifier(loop), NIOLoopBoundBox.makeBoxSendingValue(link, eventLoop: loop))
        }
        self.links = Dictionary(links) { first, _ in first }
    }

    deinit {
        for link in links.values { link.eventLoop.execute { link.value.close() } }
    }

    package func replies(to pipeline: RedisPipeline, timeout: Duration) async throws(RedisError) -> RedisReplies? {
        guard let loop = MultiThreadedEventLoopGroup.currentEventLoop, let link = links[ObjectIdentifier(loop)],
            let socket = link.value.socket(for: pipeline)
        else { return nil }
        return try await RedisCall(pipeline, timeout: timeout).replies { socket.send($0) }
    }
}
