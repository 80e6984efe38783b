package import FeatureDefs
import Foundation
import HTTPTypes
package import Hummingbird
package import Logging
package import OnlineStore
package import RedisClient
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The HTTP server over the online store, which speaks as Feast's does.
///
/// ```swift
/// let server = FeatureServer(lookup: lookup, connection: connection, planFingerprint: ..., log: log, logger: logger, clock: clock)
/// try await server.run()   // until SIGTERM or SIGINT, then it finishes what is in flight
/// ```
package struct FeatureServer: Sendable {
    package struct Configuration: Sendable {
        package var host = "127.0.0.1"
        package var port = 6566
        /// A larger body is refused with 413.
        package var largestBody = 8 << 20
        /// Named in the served log.
        package var machine = ProcessInfo.processInfo.hostName
        /// How long `/health` waits for Redis.
        package var healthTimeout = Duration.seconds(1)
        /// How long requests in flight and the served log have to finish once the process is told to end.
        package var longestShutdown = Duration.seconds(10)

        package init() {}
    }

    private let configuration: Configuration
    private let handler: OnlineFeaturesHandler
    private let connection: RedisConnection
    private let log: ServedFeatureLog?
    private let logger: Logger

    /// `clock` gives the instant at which each request is judged.
    package init(
        lookup: FeatureLookup,
        connection: RedisConnection,
        planFingerprint: String,
        log: ServedFeatureLog?,
        configuration: Configuration = Configuration(),
        logger: Logger = .asofServer,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.configuration = configuration
        self.connection = connection
        self.log = log
        self.logger = logger
        handler = OnlineFeaturesHandler(
            lookup: lookup, log: log, planFingerprint: planFingerprint, host: configuration.machine,
            logger: logger, clock: clock
        )
    }

    /// Serves until the process is told to end. `onReady` is called with the port once connections are taken.
    package func run(onReady: @escaping @Sendable (Int) -> Void = { _ in }) async throws {
        // In reverse order of shutdown: the log ends after the last request.
        let isReady = Atomic(false)
        let application = application { port in
            isReady.store(true, ordering: .relaxed)
            onReady(port)
        }
        let services: [any Service] = (log.map { [$0] } ?? []) + [application]
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
        )
        // A client that keeps its connection busy for ever must not keep the process.
        group.maximumGracefulShutdownDuration = configuration.longestShutdown
        do {
            try await ServiceGroup(configuration: group).run()
        } catch  where !isReady.load(ordering: .relaxed) {
            throw CannotListen(host: configuration.host, port: configuration.port, reason: "\(error)")
        }
    }

    /// The application alone, for tests in process.
    package func application(
        onReady: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> some ApplicationProtocol {
        Application(
            router: router(),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "asof"
            ),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? 0) },
            logger: logger
        )
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ErrorResponses(logger: logger))
        router.post("get-online-features") { request, _ in
            Response.json(.ok, try await handler.respond(to: try await body(of: request)))
        }
        router.get("health") { _, _ in await health() }
        return router
    }

    private func body(of request: Request) async throws -> [UInt8] {
        let limit = configuration.largestBody
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw ServerError.tooLarge(limit: limit)
        }
        do {
            return [UInt8](buffer: try await request.body.collect(upTo: limit))
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            throw ServerError.tooLarge(limit: limit)
        }
    }

    /// 200 when Redis answers, else 503.
    private func health() async -> Response {
        var ping = RedisPipeline()
        ping.startCommand("PING")
        var writer = JSONWriter()
        var status = HTTPResponse.Status.ok
        writer.raw("{\"status\":")
        do {
            _ = try await connection.send(ping, timeout: configuration.healthTimeout)
            writer.string("ok")
        } catch {
            status = .serviceUnavailable
            writer.string("unavailable")
            writer.raw(",\"error\":")
            writer.string(error.description)
        }
        if let counts = log?.counts {
            writer.raw(",\"served_log\":{\"written\":\(counts.written),\"dropped\":\(counts.dropped)}")
        }
        writer.raw("}")
        return .json(status, writer.bytes)
    }
}

/// The server could not take its address, most often because another process has it.
package struct CannotListen: Error, CustomStringConvertible {
    package let host: String
    package let port: Int
    let reason: String

    package var description: String { "cannot listen on \(host):\(port): \(reason)" }
}

extension Logger {
    /// Writes to standard error, so that standard output stays the command's.
    package static var asofServer: Logger { Logger(label: "asof") { StreamLogHandler.standardError(label: $0) } }
}

extension Response {
    static func json(_ status: HTTPResponse.Status, _ body: [UInt8]) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}
