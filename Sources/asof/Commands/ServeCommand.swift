import ArgumentParser
import FeatureDefs
import FeatureServer
import Logging
import Materializer
import OfflineStore
import OnlineStore
import PostgresClient

/// `asof serve`: the feature server.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve features over HTTP, as Feast's feature server does.",
        discussion: """
            POST /get-online-features takes and answers Feast's JSON; GET /features and /services tell what there is, /metrics is for
            Prometheus, /health says whether Redis answers, /ready whether it also has what was materialized, /docs and /openapi.json describe it all. What services with `log:` serve
            is logged to the offline store, off the request path, for `asof skew`. Serves the plan that was applied last; SIGHUP loads it anew.

            With ASOF_SERVER_TOKENS (tokens, separated by commas) or ASOF_SERVER_TOKENS_FILE (one on a line) in the environment, requests must
            carry one: `Authorization: Bearer TOKEN`.

            With --allow-push, POST /push and /write-to-online-store insert rows into a source's table and take them online at once. Pushes
            then need a token of their own, from ASOF_SERVER_PUSH_TOKENS or ASOF_SERVER_PUSH_TOKENS_FILE, if lookups need one or --host is
            not a loopback address.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(name: .long, help: "The address to listen on. Other than loopback, anyone who reaches it can read features.")
    var host = "127.0.0.1"

    @Option(name: .long, help: "The port; 0 takes any free one.")
    var port = 6566

    @Option(name: .long, help: "A PEM file with the server's certificate, for TLS; goes with --tls-key.")
    var tlsCert: String?

    @Option(name: .long, help: "A PEM file with the certificate's key.")
    var tlsKey: String?

    @Option(name: .long, help: "The most entity rows of one request.")
    var maxBatch = 10_000

    @Option(name: .long, help: "The most bytes of one request.")
    var maxBody = 8 << 20

    @Option(name: .long, help: "Seconds that a request may take to arrive, and a client to take its answer.")
    var transferTimeout = 30.0

    @Option(name: .long, help: "Seconds after which a connection on which nothing comes is closed.")
    var idleTimeout = 60.0

    @Flag(name: .long, help: "Take pushes: whoever may push writes into the offline store.")
    var allowPush = false

    @Flag(
        name: .long,
        help:
            "Send null for lists on which Feast's client fails: empty ones, and those with NULL elements. Their status stays PRESENT."
    )
    var feastLists = false

    func validate() throws {
        guard (tlsCert == nil) == (tlsKey == nil) else { throw ValidationError("--tls-cert and --tls-key go together") }
        guard maxBatch > 0, maxBody > 0 else { throw ValidationError("--max-batch and --max-body take numbers from 1 up") }
        guard transferTimeout > 0, idleTimeout > 0, transferTimeout <= 86_400, idleTimeout <= 86_400 else {
            throw ValidationError("--transfer-timeout and --idle-timeout take seconds, from over 0 to 86400")
        }
        guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535, not \(port)") }
    }

    func run() async throws {
        let configuration = try options.configuration()
        let stores = ProjectStores(configuration)
        let offlineURL = try await stores.offlineURL()
        let online = LoopRedis.shortening(try await stores.openOnline())
        let project = configuration.project
        let pushConnections = PushConnections {
            // A push that waits for a lock or a disk must not wait for ever.
            try await PostgresConnection.connect(to: offlineURL, settings: [(name: "statement_timeout", value: "30s")])
        }
        let served = ServedProject(
            project: project, stores: stores, online: online, pushConnections: allowPush ? pushConnections : nil)
        let plan = try await served.plan()
        let logger = Self.logger()
        let sink = PostgresServedFeatureSink(project: project, url: offlineURL)
        let settings = try settings()
        let server = try FeatureServer(
            serving: plan,
            connection: online,
            log: ServedFeatureLog(sink: sink, logger: logger),
            configuration: settings,
            reload: { try await served.plan() },
            learn: { try await served.learn($0) },
            recordedRuns: { try await served.recordedRuns() },
            logger: logger,
            clock: { .now }
        )
        let services = plan.lookup.plan.services.map(\.name).joined(separator: ", ")
        let (scheme, host) = (settings.transportSecurity == nil ? "http" : "https", host)
        try await server.run { port in
            StandardError.line(
                "asof: serving \(services) of project `\(project)`, plan \(plan.fingerprint.prefix(12)), on \(scheme)://\(host):\(port)"
            )
        }
    }

    private func settings() throws -> FeatureServer.Configuration {
        var settings = FeatureServer.Configuration()
        settings.host = host
        settings.port = port
        settings.largestBatch = maxBatch
        settings.largestBody = maxBody
        settings.onlyFeastLists = feastLists
        settings.transferTimeout = .seconds(transferTimeout)
        settings.idleTimeout = .seconds(idleTimeout)
        settings.tokens = try ServerTokens.forLookups()
        if allowPush {
            settings.pushTokens = try ServerTokens.forPushes()
            guard settings.pushTokens != nil || (settings.tokens == nil && isLoopback) else {
                let reason = settings.tokens == nil ? "\(host) may be reached by others" : "lookups need a token"
                throw CommandFailure.usage(
                    "\(reason), so pushes need one of their own: set ASOF_SERVER_PUSH_TOKENS or ASOF_SERVER_PUSH_TOKENS_FILE")
            }
        }
        if let tlsCert, let tlsKey {
            settings.transportSecurity = try TransportSecurity(certificatePath: tlsCert, keyPath: tlsKey)
        }
        return settings
    }

    private var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    private static func logger() -> Logger {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "asof.serve")
        logger.logLevel = .notice
        return logger
    }
}
