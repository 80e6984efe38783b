import ArgumentParser
import FeatureDefs
import Materializer
import OfflineStore

/// `asof materialize`: fills the online store.
struct MaterializeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "materialize",
        abstract: "Fill Redis with the values of the latest due run of each view.",
        discussion: """
            The entities whose value may have changed since the last run are computed as of the view's latest cut (without a schedule: as
            of now) and written unless Redis has a newer row. Late rows and corrections are found by what Postgres knows of when a row came,
            not by its times. Every entity is computed, and those without rows are removed, with --full and whenever less would not do: the
            first run, a changed definition, a source that is a query or a view, deleted rows. Deleting rows, or changing the keys of some,
            in a table whose statistics are not kept needs --full. Views come from the plan that was applied last.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The views to fill. Default: every view that can be served.")
    var views: [String] = []

    @Option(name: .long, help: "The instant to run for, such as 2024-03-01T12:00:00Z; not later than now, the default.")
    var at: Timestamp?

    @Flag(name: .long, help: "Compute every entity, and remove those without rows.")
    var full = false

    fileprivate struct Run: Encodable {
        let view: String
        let cut: String
        let scope: String
        let fullRunReason: String?
        let rowsWritten: Int
        let rowsKept: Int
        let rowsRemoved: Int
    }

    func run() async throws {
        let instant = at ?? .now
        guard instant.isFinite, instant <= .now else {
            throw CommandFailure.usage(
                "--at \(instant) is not an instant up to now; rows that arrive until then would be missing for good")
        }
        let configuration = try options.configuration()
        let stores = ProjectStores(configuration)
        let offline = try await stores.connectOffline()
        let applied = try await Registry(connection: offline, project: configuration.project).latestPlan()
        let targets = try self.targets(in: applied)
        let online = try await stores.connectOnline()
        let progress = ProgressLine()
        let materializer = Materializer(project: configuration.project, offline: offline, online: online) { view, state in
            switch state {
            case .waiting: StandardError.line("asof: another run of `\(view)` is going on; waiting for it to end")
            case .rows(let rows): progress.update(stage: "materializing \(view)", rows: rows)
            }
        }
        var runs: [Run] = []
        for target in targets {
            let run = try await materializer.materialize(target, at: instant, startedAt: .now, isFull: full)
            progress.finish()
            runs.append(Run(run))
            if !options.json { print(Self.line(for: run)) }
        }
        if options.json { try JSONOutput.print(runs) }
    }

    /// The views named, or all that can be served, with what is left out said.
    private func targets(in applied: AppliedPlan) throws -> [MaterializationTarget] {
        let names = Set(views)
        for name in views where applied.plan.featureView(named: name) == nil {
            let known = applied.plan.featureViews.map(\.name).joined(separator: ", ")
            throw CommandFailure.usage("no feature view `\(name)` has been applied; there are: \(known)")
        }
        var targets: [MaterializationTarget] = []
        for view in applied.plan.featureViews where names.isEmpty || names.contains(view.name) {
            guard let ids = applied.layouts[view.name] else { continue }
            if names.isEmpty, !view.isServable {
                StandardError.line("asof: left out: \(MaterializationError.notServable(view))")
                continue
            }
            targets.append(MaterializationTarget(view: view, ids: ids))
        }
        return targets
    }

    private static func line(for run: MaterializationRun) -> String {
        var parts = ["\(run.rowsWritten) rows written"]
        if run.rowsKept > 0 { parts.append("\(run.rowsKept) kept (Redis has newer)") }
        if run.rowsRemoved > 0 { parts.append("\(run.rowsRemoved) removed (no rows any more)") }
        let scope =
            switch run.scope {
            case .everyEntity(let reason): "every entity (\(reason))"
            case .changed: "changed entities"
            }
        return "\(run.view) as of \(run.cut), \(scope): \(parts.joined(separator: ", "))"
    }
}

extension MaterializeCommand.Run {
    fileprivate init(_ run: MaterializationRun) {
        self.init(
            view: run.view,
            cut: run.cut.description,
            scope: run.scope.isFull ? "full" : "incremental",
            fullRunReason: run.scope.fullRunReason?.description,
            rowsWritten: run.rowsWritten,
            rowsKept: run.rowsKept,
            rowsRemoved: run.rowsRemoved
        )
    }
}

extension Timestamp: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}
