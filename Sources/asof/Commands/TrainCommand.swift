import ArgumentParser
import Columnar
import FeatureDefs
import Foundation
import OfflineStore
import PostgresClient
import Profiler

/// `asof train`: a point-in-time-correct training set.
struct TrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Make a training set: each spine row with the features as of its time.",
        discussion: """
            The spine is a CSV or Parquet file, table:NAME or sql:SELECT ...; its rows name entities and instants. The result has
            exactly one row for each spine row, in the spine's order: the spine's columns, then the service's features. In CSV an
            unquoted empty field is NULL and a quoted one the empty string, in and out. A file is Parquet when its name ends so.

            Beside a file, OUT.manifest.json records what it was made from (a table has it as its comment), all that
            `asof reproduce` takes to make the same bytes again.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(name: .long, help: "The feature service.")
    var service: String

    @Option(name: .long, help: "A CSV file, FILE.parquet, table:NAME or sql:SELECT ... Or none, with --from, --to and --every.")
    var spine: String?

    @Option(name: .long, help: "Instead of a spine: the first instant, at which every entity known by then has a row.")
    var from: Timestamp?

    @Option(name: .long, help: "With --from: the instants are before this one.")
    var to: Timestamp?

    @Option(name: .long, help: "With --from: the step between instants, such as 1d.")
    var every: String?

    @Option(
        name: .long, help: "With --from: the view whose entities are meant. Default: the only one with the service's join keys.")
    var entitiesFrom: String?

    @Option(name: .long, help: "The spine's timestamp column. In CSV, text without a zone is UTC.")
    var timestamp = "event_timestamp"

    @Option(
        name: .long,
        help: """
            as_served: what the online store could have held. as_known: what a system without lag would have known. clean: what \
            is true in hindsight, leaks included.
            """
    )
    var knowledge = KnowledgeMode.asServed

    @Option(
        name: .long,
        help: "The spine's column that a model is to predict, for the leak check. Default: the only one with two values.")
    var label: String?

    @Flag(
        name: .long,
        help: """
            Take what the leak check finds for an error: write nothing and exit with 1; with 3 where it could not tell. The check \
            then takes the time it needs, and only what the training set has nothing of, such as a label, is left out.
            """
    )
    var strict = false

    @Flag(name: .long, help: "Leave the leak check out.")
    var noLeakCheck = false

    @Flag(
        name: .long, help: "Keep no profile of the training set. Without one, `asof drift` cannot compare what is served with it."
    )
    var noProfile = false

    @Flag(name: .long, help: "Print what each strategy would cost, and why, and do no more.")
    var explain = false

    @Option(name: [.short, .long], help: "OUT.parquet, OUT.csv or table:NAME. A file is replaced, a table must not exist.")
    var output: String?

    @Flag(name: .long, help: "Name features view__feature.")
    var fullFeatureNames = false

    @Option(
        name: .long,
        help: """
            The instant as of which source rows are visible: those that became available later are not, so that the training set \
            can be made again. Default: now.
            """
    )
    var asOf: Timestamp?

    @Option(
        name: .long,
        help: """
            probe: in Postgres, an indexed probe for each row. merge: both sides out of Postgres, joined here. Default: by cost, \
            which --explain shows.
            """
    )
    var strategy: JoinStrategy?

    @Option(
        name: .long,
        help: """
            What strategy merge may take, such as 512MB or 8GB; what does not fit is joined in parts by way of TMPDIR. Default: a \
            quarter of the machine's. No bound on two things: rows of one key are never parted (a view without entities has one \
            key), and there are 64 parts, so that 64 times as much is what fits; a warning says when more was taken.
            """
    )
    var memory: ByteCount?

    func run() async throws {
        try await Interruption.guarding { try await train() }
    }

    private func train() async throws {
        let destination = try destination()
        let now = asOf ?? .now
        guard now.isFinite, now <= .now else {
            throw CommandFailure.usage("--as-of \(now) is not an instant up to now; rows that arrive until then would be missing")
        }
        let configuration = try options.configuration()
        let connection = try await ProjectStores(configuration).connectOffline()
        let plan = try await DefinitionCompiler(configuration).compile(against: connection)
        try await warnUnlessApplied(plan, on: connection, project: configuration.project)
        let selection = try plan.selection(ofServiceNamed: service)
        let request = TrainingRequest(
            selection: selection,
            spine: try source(selection, now: now),
            timestampColumn: timestamp,
            knowledge: knowledge,
            usesFullFeatureNames: fullFeatureNames,
            asOf: now,
            strategy: strategy,
            memoryBytes: memory?.bytes,
            leakCheck: noLeakCheck ? nil : LeakCheckOptions(label: label, isStrict: strict, isSpineMade: spine == nil)
        )
        guard let destination else {
            let choice = try await StrategyChooser(connection: connection).choose(request)
            return options.json ? try JSONOutput.print(choice) : print(StrategyText(choice).text)
        }
        FreedMemory.keep()
        let progress = ProgressLine()
        defer { progress.finish() }
        let start = ContinuousClock.now
        let profile =
            noProfile
            ? nil : try TrainingProfile(plan: plan, selection: selection, timestampColumn: timestamp, asOf: now)
        let builder = TrainingSetBuilder(
            connection: connection, observer: progress.update(stage:rows:total:),
            onChoice: { choice in
                let seconds = choice.estimates.first { $0.strategy == choice.chosen }?.seconds ?? 0
                progress.watch("reading and joining by \(choice.chosen.rawValue)", estimatedSeconds: seconds)
            },
            onRestart: { lost in
                progress.finish()
                StandardError.line("asof: warning: \(lost.description); starting again")
            }, tap: profile)
        let origin = TrainingOrigin(engineVersion: AsofVersion.current, plan: plan, service: service)
        let result = try await builder.build(request, for: origin, to: destination)
        let manifest = result.manifest
        if let profile { await keep(profile, of: manifest, on: result.connection, project: configuration.project) }
        progress.finish()
        // Only a probe searches by an index.
        for index in manifest.strategy == .probe ? result.missingIndexes : [] {
            StandardError.line(
                "asof: warning: `\(index.table)` has no index for view `\(index.view)`, so the join scans it; create one: \(index.creation)"
            )
        }
        if let bytes = result.exceededMemory {
            StandardError.line(
                "asof: warning: the rows of one part took about \(bytes >> 20) MiB, more than --memory allows: rows of one key are "
                    + "joined together, and there are no more than 64 parts")
        }
        for warning in Self.warnings(of: manifest) { StandardError.line("asof: warning: \(warning)") }
        for part in manifest.leakCheck?.notChecked ?? [] { StandardError.line("asof: note: the leak check leaves out \(part)") }
        guard !options.json else { return print(try manifest.json(), terminator: "") }
        print(Self.summary(of: manifest, output: destination, elapsed: ContinuousClock.now - start))
    }

    /// The training set is there; a store that may not be written to is no reason to take it back.
    private func keep(
        _ profile: TrainingProfile, of manifest: TrainingManifest, on connection: PostgresConnection, project: String
    ) async {
        do {
            try await Profiler(connection: connection, project: project).keep(profile, of: manifest)
        } catch {
            StandardError.line(
                "asof: warning: the training set's profile could not be kept (\("\(error)".onOneLine)), so `asof drift` cannot compare "
                    + "with it; --no-profile leaves it out")
        }
    }

    /// nil when nothing is to be written.
    private func destination() throws -> TrainingOutput? {
        if explain { return nil }
        guard let output else {
            throw CommandFailure.usage("say where the training set goes: -o OUT.parquet, OUT.csv or table:NAME")
        }
        guard let destination = TrainingOutput(argument: output) else {
            throw CommandFailure.usage(
                "cannot tell what to write to `\(output)`; name a file OUT.parquet or OUT.csv, or table:NAME")
        }
        return destination
    }

    private func source(_ selection: FeatureSelection, now: Timestamp) throws -> SpineSource {
        if let spine {
            guard from == nil, to == nil, every == nil, entitiesFrom == nil else {
                throw CommandFailure.usage("give --spine, or --from, --to and --every, not both")
            }
            return SpineSource(argument: spine)
        }
        guard let from, let to, let every else {
            throw CommandFailure.usage("give --spine, or --from, --to and --every for the entities of a view at regular instants")
        }
        guard let step = Period(every), step > .zero else {
            throw CommandFailure.usage("--every takes a period such as 1d or 6h, not `\(every)`")
        }
        guard from.isFinite, to.isFinite, from < to else {
            throw CommandFailure.usage("--from \(from) is not before --to \(to)")
        }
        guard timestamp == DateRangeSpine.timestampColumn else {
            throw CommandFailure.usage(
                "with --from the timestamp column is `\(DateRangeSpine.timestampColumn)`; leave --timestamp out")
        }
        let view = try entityView(of: selection)
        return .query(try DateRangeSpine(view: view, from: from, to: to, every: step, asOf: now).query())
    }

    /// The view whose entities have all the join keys that the service takes.
    private func entityView(of selection: FeatureSelection) throws(CommandFailure) -> FeatureViewPlan {
        let needed = Set(selection.joinKeys)
        let fitting = selection.distinctViews.filter { Set($0.joinKeys) == needed }
        let keys = selection.joinKeys.map { "`\($0.name)`" }.joined(separator: ", ")
        if let entitiesFrom {
            guard let view = fitting.first(where: { $0.name == entitiesFrom }) else {
                throw .usage("no view `\(entitiesFrom)` of the service has just its join keys (\(keys)); use --spine")
            }
            return view
        }
        guard fitting.count == 1 else {
            let names = fitting.map(\.name).joined(separator: ", ")
            throw .usage(
                fitting.isEmpty
                    ? "no one view of the service has all its join keys (\(keys)); use --spine"
                    : "several views have the service's join keys: \(names); name one with --entities-from")
        }
        return fitting[0]
    }

    /// What a user should know of a training set that was made.
    private static func warnings(of manifest: TrainingManifest) -> [String] {
        var warnings: [String] = []
        for column in manifest.columns.prefix(manifest.spine.columns)
        where column.nulls > 0 && manifest.identityColumns.contains(column.name) {
            warnings.append(
                "\(column.nulls) of \(manifest.rows) spine rows have a NULL `\(column.name)`, for which no feature has a row")
        }
        let spineColumns = manifest.columns.prefix(manifest.spine.columns)
        if let asOf = manifest.asOf.flatMap({ Timestamp($0) }),
            let latest = spineColumns.first(where: { $0.name == manifest.spine.timestampColumn })?.max.flatMap({ Timestamp($0) }),
            latest > asOf
        {
            warnings.append(
                "the spine has rows up to \(latest), after the run's own instant (\(asOf)): they see what was known by then, and "
                    + "would see more if it were run later")
        }
        warnings += manifest.leakCheck?.findings.map { "possible leak: \($0.description)" } ?? []
        return warnings + (manifest.leakCheck?.inconclusive.map { "the leak check could not tell \($0)" } ?? [])
    }

    /// Training reads the files, so that an idea can be tried before it is applied; serving has what was applied.
    private func warnUnlessApplied(_ plan: Plan, on connection: PostgresConnection, project: String) async throws {
        do {
            let applied = try await Registry(connection: connection, project: project).latestPlan()
            guard applied.fingerprint != plan.fingerprint else { return }
            StandardError.line(
                "asof: warning: these definitions (\(plan.fingerprint.prefix(12))) are not what is applied and served "
                    + "(\(applied.fingerprint.prefix(12))); `asof plan` shows the difference"
            )
        } catch is RegistryError {
            StandardError.line("asof: warning: these definitions are not applied yet, so nothing serves them; run `asof apply`")
        }
    }

    private static func summary(of manifest: TrainingManifest, output: TrainingOutput, elapsed: Duration) -> String {
        // By hand: Foundation's formats load ICU first, which takes longer than this is worth.
        let seconds = (elapsed / .milliseconds(100)).rounded() / 10
        var lines = [
            "wrote \(output.description): \(manifest.rows) row\(manifest.rows == 1 ? "" : "s"), \(manifest.features.count) feature\(manifest.features.count == 1 ? "" : "s") of `\(manifest.service)`, "
                + "\(manifest.knowledge.rawValue), in \(seconds) s"
        ]
        if let path = output.path { lines.append("manifest \(path).manifest.json") }
        return lines.joined(separator: "\n")
    }
}

extension KnowledgeMode: ExpressibleByArgument {}
extension JoinStrategy: ExpressibleByArgument {}

extension Plan {
    /// The closure of a service, or an error that names the services there are.
    func selection(ofServiceNamed name: String) throws -> FeatureSelection {
        guard let service = service(named: name) else {
            let names = services.map(\.name).joined(separator: ", ")
            throw CommandFailure.usage("no feature service `\(name)`; the project has: \(names.isEmpty ? "none" : names)")
        }
        return try selection(of: service)
    }
}
