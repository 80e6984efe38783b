package import FeatureDefs
import Foundation
import HTTPTypes
package import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOSSL
import OnlineStore
package import RedisClient
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The HTTP server over the online store, which speaks as Feast's does.
///
/// ```swift
/// let server = try FeatureServer(serving: plan, connection: connection, log: log, logger: logger, clock: clock)
/// try await server.run()   // until SIGTERM or SIGINT, then it finishes what is in flight
/// ```
package struct FeatureServer: Sendable {
    package struct Configuration: Sendable {
        package var host = "127.0.0.1"
        package var port = 6566
        /// A larger body is refused with 413.
        package var largestBody = 8 << 20
        /// A request with more entity rows is refused with 422.
        package var largestBatch = 10_000
        /// Lists that Feast's client cannot read, empty ones and those with NULL elements, are sent as null: a call of it fails on them.
        package var onlyFeastLists = false
        /// Further connections wait until others end.
        package var mostConnections = 20_000
        /// A connection on which nothing comes for so long is closed, also in the middle of a request.
        package var idleTimeout = Duration.seconds(60)
        /// A request that has not arrived whole so long after its headers is answered with 408, and a client that takes nothing of
        /// its answer for so long is hung up on.
        package var transferTimeout = Duration.seconds(30)
        /// Who may ask; nil: anyone who reaches the server.
        package var tokens: BearerTokens?
        /// Who may push, and look up too; nil: whoever may look up.
        package var pushTokens: BearerTokens?
        /// nil: plain HTTP.
        package var transportSecurity: TransportSecurity?
        /// Named in the served log.
        package var machine = ProcessInfo.processInfo.hostName
        /// How long `/health` waits for Redis.
        package var healthTimeout = Duration.seconds(1)
        /// How long requests in flight and the served log have to finish once the process is told to end.
        package var longestShutdown = Duration.seconds(10)

        package init() {}
    }

    private let configuration: Configuration
    private let current: CurrentPlan
    private let surroundings: OnlineFeaturesHandler.Surroundings
    private let connection: RedisConnection
    private let reload: (@Sendable () async throws -> ServedPlan)?
    private let learn: (@Sendable (ServedPlan) async throws -> ServedPlan)?
    private let recordedRuns: (@Sendable () async throws -> [RecordedRun])?
    private let logger: Logger

    /// - Parameters:
    ///   - reload: looks the plan up anew, on SIGHUP; nil leaves that signal alone.
    ///   - learn: the same plan with the layouts of its rows as they are now, for when a row of an unknown one is met.
    ///   - recordedRuns: the newest runs of the views on record, for when Redis seems to have lost some.
    ///   - clock: gives the instant at which each request is judged.
    package init(
        serving plan: ServedPlan,
        connection: RedisConnection,
        log: ServedFeatureLog?,
        configuration: Configuration = Configuration(),
        reload: (@Sendable () async throws -> ServedPlan)? = nil,
        learn: (@Sendable (ServedPlan) async throws -> ServedPlan)? = nil,
        recordedRuns: (@Sendable () async throws -> [RecordedRun])? = nil,
        logger: Logger = .asofServer,
        clock: @escaping @Sendable () -> Timestamp
    ) throws {
        self.configuration = configuration
        self.connection = connection
        self.reload = reload
        self.learn = learn
        self.recordedRuns = recordedRuns
        self.logger = logger
        surroundings = OnlineFeaturesHandler.Surroundings(
            log: log, metrics: ServerMetrics(), unreadable: UnreadableRowWarning(logger: logger),
            layoutHints: LayoutHints(), host: configuration.machine,
            largestBatch: configuration.largestBatch, onlyFeastLists: configuration.onlyFeastLists, clock: clock)
        current = CurrentPlan(try LoadedPlan(plan, in: surroundings, logger: logger))
    }

    /// Serves another plan from now on.
    func install(_ plan: ServedPlan) throws {
        current.replace(with: try LoadedPlan(plan, in: surroundings, logger: logger))
    }

    /// Serves until the process is told to end. `onReady` is called with the port once connections are taken.
    package func run(onReady: @escaping @Sendable (Int) -> Void = { _ in }) async throws {
        // In reverse order of shutdown: the log ends after the last request.
        let isReady = Atomic(false)
        let application = try application { port in
            isReady.store(true, ordering: .relaxed)
            onReady(port)
        }
        var services: [any Service] = surroundings.log.map { [$0] } ?? []
        if let reload {
            services.append(
                PlanReloading(
                    reload: reload, install: { try install($0) }, metrics: surroundings.metrics, logger: logger))
        }
        if let learn {
            services.append(
                LayoutLearning(
                    hints: surroundings.layoutHints, learn: learn, current: { current.value.served },
                    install: { plan, old in
                        current.replace(old, with: try LoadedPlan(plan, in: surroundings, logger: logger))
                    }, logger: logger))
        }
        services.append(
            RunWatch(
                current: { current.value.served }, recorded: recordedRuns, timeout: configuration.healthTimeout, logger: logger))
        services.append(application)
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
    ) throws -> some ApplicationProtocol {
        let transferLimit = TimeAmount(configuration.transferTimeout)
        let idleTimeout = TimeAmount(configuration.idleTimeout)
        let lookups = Lookups(
            respond: { [current] body async throws(ServerError) in try await current.value.handler.respond(to: body) },
            rules: accessRules, largestBody: configuration.largestBody, logger: logger)
        let http = HTTPServerBuilder { responder in
            LoopChannel(lookups, others: responder) { ConnectionGuard(limit: transferLimit, idleLimit: idleTimeout) }
        }
        return Application(
            router: router(),
            server: try configuration.transportSecurity.map { try .tls(http, tlsConfiguration: $0.configuration) } ?? http,
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: JSONAnswer.serverName,
                availableConnectionsDelegate: .maximum(configuration.mostConnections, logger: logger)
            ),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? 0) },
            logger: logger
        )
    }

    /// nil: anyone may ask for anything.
    private var accessRules: AccessRules? {
        guard configuration.tokens != nil || configuration.pushTokens != nil else { return nil }
        return AccessRules(lookups: configuration.tokens, pushes: configuration.pushTokens)
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.add(middleware: ErrorResponses(logger: logger))
        if let accessRules { router.add(middleware: AccessControl(rules: accessRules)) }
        router.post("get-online-features") { request, _ in
            let body = try await body(of: request)
            return Response.json(.ok, try await current.value.handler.respond(to: body))
        }
        router.post("push") { request, _ in
            let body = try await body(of: request)
            return Response.json(.ok, try await current.value.pushes.push(body))
        }
        router.post("write-to-online-store") { request, _ in
            let body = try await body(of: request)
            return Response.json(.ok, try await current.value.pushes.writeToOnlineStore(body))
        }
        router.get("features") { _, _ in Response.json(.ok, current.value.featuresCatalogue) }
        router.get("services") { _, _ in Response.json(.ok, current.value.servicesCatalogue) }
        router.get("openapi.json") { _, _ in Response.json(.ok, [UInt8](OpenAPIDocument.json.utf8)) }
        router.get("docs") { _, _ in Response.text(DocumentationPage.html, type: "text/html; charset=utf-8") }
        router.get("metrics") { _, _ in Response.text(metrics(), type: "text/plain; version=0.0.4; charset=utf-8") }
        router.get("health") { _, _ in await health(ofRows: false) }
        router.get("ready") { _, _ in await health(ofRows: true) }
        return router
    }

    private func metrics() -> String {
        surroundings.metrics.text(
            planFingerprint: current.value.fingerprint, log: surroundings.log?.counts, now: surroundings.clock())
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

    /// 200 when Redis answers, and has what was materialized, if that is asked; else 503.
    private func health(ofRows: Bool) async -> Response {
        var ping = RedisPipeline()
        ping.startCommand("PING")
        var writer = JSONWriter()
        var status = HTTPResponse.Status.ok
        writer.raw("{\"status\":")
        do {
            _ = try await connection.send(ping, timeout: configuration.healthTimeout)
            if ofRows { try await current.value.served.lookup.requireMaterializedRows(timeout: configuration.healthTimeout) }
            writer.string("ok")
        } catch {
            status = .serviceUnavailable
            writer.string("unavailable")
            // To those without a token, not where Redis is.
            if configuration.tokens == nil {
                writer.raw(",\"error\":")
                writer.string(error.description)
            }
        }
        if let counts = surroundings.log?.counts {
            writer.raw(",\"served_log\":{\"written\":\(counts.written),")
            writer.raw("\"dropped\":\(counts.dropped),\"queued\":\(counts.queued)}")
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
    static func text(_ text: String, type: String) -> Response {
        Response(status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func json(_ status: HTTPResponse.Status, _ body: [UInt8]) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}
