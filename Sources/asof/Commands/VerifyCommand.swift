import ArgumentParser
import FeatureDefs
import OfflineStore
import PostgresClient
import RedisClient
import Verification

/// `asof verify`: every way of computing the project's features, against a naive oracle, on adversarial rows.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Test that every way of computing your features gives the same values, on generated rows.",
        discussion: """
            Generates rows for the sources of your definitions, meant to break things: ties, duplicates, corrections, late rows, \
            NULL keys and times, rows exactly at the end of a window, ttl, delay or schedule and a microsecond beside, \
            changes of summer time, instants before 1970, NaN, -0.0, 2^53 + 1, the extremes of each type, and the constants of your \
            definitions. Computes every feature from them by each strategy of `train`, in each knowledge mode, and by \
            `materialize` and a lookup, in sessions of several time zones; and compares each value with a naive oracle, \
            which loops over the rows as the time contract says.

            Your own tables are not read but for their column types. The rows stand in a schema `asof_verify_...` of the offline \
            store and under keys of that project's name in Redis; both are removed afterwards.

            At the first disagreement the rows are made as few as possible and shown, with the value each way and the command \
            that finds it again. Exits with 0 when all agree, 1 on a disagreement.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "Feature views and on-demand views to verify. Default: every service, and the views that none uses.")
    var views: [String] = []

    @Option(name: .long, help: "Verify this feature service.")
    var service: String?

    @Option(name: .long, help: "How many sets of rows to generate for each service.")
    var runs = Verifier.defaultRuns

    @Option(name: .long, help: "Where the generated rows start from: the same seed gives the same rows.")
    var seed: UInt64 = 1

    @Flag(name: .long, help: "Leave Redis out: verify training only.")
    var offlineOnly = false

    func validate() throws {
        if runs < 1 { throw ValidationError("--runs must be at least 1") }
        if service != nil, !views.isEmpty { throw ValidationError("name views or a --service, not both") }
    }

    func run() async throws {
        try await Interruption.guarding { try await verify() }
    }

    private func verify() async throws {
        let configuration = try options.configuration()
        let stores = ProjectStores(configuration)
        let connection = try await stores.connectOffline()
        let plan = try await DefinitionCompiler(configuration).compile(against: connection)
        let subjects = try self.subjects(in: plan)
        let (redis, notVerified) = try await connectOnline(stores)
        defer { redis?.close() }
        let progress = ProgressLine()
        defer { progress.finish() }
        let document = try await ScratchSchema.with(on: connection) { schema in
            var ways: [any ComputationWay] = JoinStrategy.allCases.map { TrainingWay($0, in: schema) }
            if let redis { ways.append(OnlineWay(schema, redis: redis)) }
            let verifier = Verifier(
                plan: plan.readingTables(ofSchema: schema.name, project: schema.name), subjects: subjects, ways: ways,
                scratch: schema
            ) { stage in progress.show(stage.description) }
            let report = try await verifier.run(seed: seed, runs: runs)
            return report.document(subjects: subjects, ways: ways.map(\.name), notVerified: notVerified)
        }
        progress.finish()
        if options.json { try JSONOutput.print(document) } else { print(VerificationText(document).text) }
        if !document.agrees { throw CommandFailure.checkFailed }
    }

    private func subjects(in plan: Plan) throws(CommandFailure) -> [VerificationSubject] {
        let known = plan.featureViews.map(\.name) + plan.onDemandViews.map(\.name)
        guard !known.isEmpty else { throw .usage("the definitions have no feature views, so there is nothing to verify") }
        if let service {
            guard plan.service(named: service) != nil else {
                let names = plan.services.map(\.name).joined(separator: ", ")
                throw .usage("no feature service `\(service)`; the project has: \(names.isEmpty ? "none" : names)")
            }
            return [VerificationSubject(.service(service))]
        }
        for name in views where !known.contains(name) {
            throw .usage("no feature view `\(name)`; the project has: \(known.joined(separator: ", "))")
        }
        return views.isEmpty ? VerificationSubject.all(of: plan) : [VerificationSubject(.views(views))]
    }

    /// Training can be verified without Redis, if it is said that serving is not.
    private func connectOnline(_ stores: ProjectStores) async throws -> (RedisConnection?, notVerified: [String]) {
        if offlineOnly { return (nil, ["materialize + get: left out by --offline-only"]) }
        do {
            return (try await stores.connectOnline(), [])
        } catch let error as RedisError {
            guard error.isUnreachable else { throw error }
            return (nil, ["materialize + get: \(error.description.onOneLine)"])
        }
    }
}

extension Verifier.Stage {
    fileprivate var description: String {
        switch self {
        case .comparing(let run, let count, let subject): "verifying \(subject): run \(run) of \(count)"
        case .minimizing: "found a disagreement; looking for the fewest rows that show it"
        }
    }
}
