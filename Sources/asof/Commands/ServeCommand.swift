import ArgumentParser
import FeatureDefs
import FeatureServer
import Logging
import OfflineStore
import OnlineStore
import PostgresClient

/// `asof serve`: the feature server.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve features over HTTP, as Feast's feature server does.",
        discussion: """
            POST /get-online-features takes and answers Feast's JSON; GET /health says whether Redis answers. What services with
            `log:` serve is logged to the offline store, off the request path, for `asof skew`. Serves the plan that was applied last.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(name: .long, help: "The address to listen on. Other than loopback, anyone who reaches it can read features.")
    var host = "127.0.0.1"

    @Option(name: .long, help: "The port; 0 takes any free one.")
    var port = 6566

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535, not \(port)") }
    }

    func run() async throws {
        let configuration = try options.configuration()
        let stores = ProjectStores(configuration)
        let offlineURL = try await stores.offlineURL()
        let offline = try await stores.connectOffline()
        let applied = try await Registry(connection: offline, project: configuration.project).latestPlan()
        await offline.close()
        let online = try await stores.openOnline()
        let logger = Self.logger()
        let sink = PostgresServedFeatureSink(project: configuration.project, url: offlineURL)
        var settings = FeatureServer.Configuration()
        settings.host = host
        settings.port = port
        let server = FeatureServer(
            lookup: FeatureLookup(plan: applied.plan, ids: applied.layouts, connection: online),
            connection: online,
            planFingerprint: applied.fingerprint,
            log: ServedFeatureLog(sink: sink, logger: logger),
            configuration: settings,
            logger: logger,
            clock: { .now }
        )
        let (host, fingerprint, services) = (host, applied.fingerprint, applied.plan.services.map(\.name))
        try await server.run { port in
            StandardError.line(
                "asof: serving \(services.joined(separator: ", ")) of project `\(configuration.project)`, plan \(fingerprint.prefix(12)), on http://\(host):\(port)"
            )
        }
    }

    private static func logger() -> Logger {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "asof.serve")
        logger.logLevel = .warning
        return logger
    }
}
