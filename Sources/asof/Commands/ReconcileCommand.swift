import ArgumentParser
import FeatureDefs
import Materializer
import OfflineStore

/// `asof reconcile`: compares the online store with the recomputation, and mends it.
struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compare Redis with what it should have, and mend it.",
        discussion: """
            Recomputes each view as of its last run, or without a schedule as of now, and compares row by row: every entity, or with --sample a share of them, other ones each
            time. What is missing, different, unreadable or extra is written or removed; with --dry-run it is only counted, and exit code 1
            says that there was something. For what no run can notice: evicted keys, rows deleted in Postgres unseen, another program's writes.
            When something was mended, the next run computes every entity.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The views to compare. Default: every view that can be served.")
    var views: [String] = []

    @Option(name: .long, help: "The share of entities to compare, such as 0.01. Default: all.")
    var sample: Double?

    @Flag(name: .long, help: "Only say what differs.")
    var dryRun = false

    func validate() throws {
        if let sample, !(sample > 0 && sample <= 1) { throw ValidationError("--sample takes a share over 0 and up to 1") }
    }

    fileprivate struct Result: Encodable {
        let view: String
        let cut: String?
        let compared: Int
        let missing: Int
        let different: Int
        let unreadable: Int
        let extra: Int
        let repaired: Int
    }

    func run() async throws {
        let configuration = try options.configuration()
        let stores = ProjectStores(configuration)
        let offline = try await stores.connectOffline()
        let targets = try await ViewSelection(names: views, project: configuration.project).targets(in: offline)
        let online = try await stores.connectOnline()
        let progress = ProgressLine()
        let reconciler = Reconciler(project: configuration.project, offline: offline, online: online) { view, state in
            switch state {
            case .waiting: StandardError.line("asof: a run of `\(view)` is going on; waiting for it to end")
            case .rows(let rows): progress.update(stage: "comparing \(view)", rows: rows)
            case .cannotCutOff(let reason): StandardError.line(CutOffWarning.text(view: view, reason: reason))
            }
        }
        let share = sample.map { EntitySample(share: $0, seed: .random(in: 0 ... .max)) }
        var results: [Result] = []
        for target in targets {
            let result = try await reconciler.reconcile(target, sample: share, repairs: !dryRun, startedAt: .now)
            progress.finish()
            results.append(Result(result, view: target.view.name))
            if !options.json { print(Self.line(for: result, view: target.view.name)) }
        }
        if options.json { try JSONOutput.print(results) }
        if dryRun, results.contains(where: { $0.missing + $0.different + $0.unreadable + $0.extra > 0 }) {
            throw CommandFailure.checkFailed
        }
    }

    private static func line(for result: Reconciliation?, view: String) -> String {
        guard let result else { return "\(view): not materialized under its present definition; run `asof materialize \(view)`" }
        let start = "\(view) as of \(result.cut): \(result.compared) entities compared"
        if result.isClean { return start + ", all as they should be" }
        let faults = [
            (result.missing, "missing"), (result.different, "different"), (result.unreadable, "unreadable"),
            (result.extra, "of entities that have no rows"),
        ]
        let found = faults.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        return "\(start), \(found); \(result.repaired) mended"
    }
}

extension ReconcileCommand.Result {
    fileprivate init(_ result: Reconciliation?, view: String) {
        self.init(
            view: view,
            cut: result?.cut.description,
            compared: result?.compared ?? 0,
            missing: result?.missing ?? 0,
            different: result?.different ?? 0,
            unreadable: result?.unreadable ?? 0,
            extra: result?.extra ?? 0,
            repaired: result?.repaired ?? 0
        )
    }
}
