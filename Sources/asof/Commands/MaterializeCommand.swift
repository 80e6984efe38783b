import ArgumentParser
import Columnar
import FeatureDefs
import Foundation
import Materializer
import OfflineStore
import PostgresClient
import RedisClient

/// `asof materialize`: fills the online store.
struct MaterializeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "materialize",
        abstract: "Fill Redis with the values of the latest due run of each view.",
        discussion: """
            The entities whose value may have changed since the last run are computed as of the view's latest cut (without a schedule: as
            of now) and written unless Redis has a newer row. Late rows and corrections are found by what Postgres knows of when a row came,
            not by its times. Every entity is computed, and those without rows are removed, with --full and whenever less would not do: the
            first run, a changed definition, a source that is a query or a view, many deleted rows, a run before that was cut short or was for an
            earlier cut. Deleted rows and changed keys are found. A run that did not end is cut off from Redis before the next one begins.
            A table with a primary key or a unique index on the view's join keys is read as it lies; others are sorted by them.

            A run that would take in rows which break an expectation marked `gate: true`, or with --gate any, changes nothing, says which
            rows, and exits with 1. Views and expectations come from the plan that was applied last.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The views to fill. Default: every view that can be served.")
    var views: [String] = []

    @Option(name: .long, help: "The instant to run for, such as 2024-03-01T12:00:00Z; not later than now, the default.")
    var at: Timestamp?

    @Flag(name: .long, help: "Compute every entity, and remove those without rows.")
    var full = false

    @Flag(name: .long, help: "Refuse to run on rows that break anything that is expected of their source (`asof check`).")
    var gate = false

    @Option(name: .long, help: "How many views to run at a time.")
    var jobs = MaterializationBatch.standardWidth

    @Flag(name: .long, help: "Keep running: each view whenever it is due, until Ctrl-C or SIGTERM.")
    var watch = false

    @Option(name: .long, help: "With --watch: how often to run views that have no schedule.")
    var every: Period = Period(microseconds: 60_000_000)

    fileprivate struct Run: Encodable {
        let view: String
        let cut: String
        let scope: String
        let fullRunReason: String?
        let rowsWritten: Int
        let rowsKept: Int
        let rowsRemoved: Int
    }

    func validate() throws {
        if jobs < 1 { throw ValidationError("--jobs takes a number from 1 up") }
        if every <= .zero { throw ValidationError("--every takes a period over zero, such as 30s or 5m") }
        if watch, at != nil || full { throw ValidationError("--watch runs what is due; it goes with neither --at nor --full") }
    }

    func run() async throws {
        FreedMemory.keep()
        let configuration = try options.configuration()
        let stores = ProjectStores(configuration)
        let offline = try await stores.connectOffline()
        let selection = ViewSelection(names: views, project: configuration.project, gatesAll: gate)
        let online = try await stores.connectOnline()
        let batch = MaterializationBatch(
            project: configuration.project, width: jobs, online: online, observer: Self.observer,
            connect: { try await stores.connectOffline() })
        if watch {
            try await keepRunning(batch, selection, stores: stores, online)
        } else {
            let targets = try await selection.targets(in: offline)
            try await runOnce(batch, targets, on: offline)
        }
    }

    private static var observer: Materializer.Observer {
        let progress = ProgressLine()
        return { view, state in
            switch state {
            case .waiting: StandardError.line("asof: another run of `\(view)` is going on; waiting for it to end")
            case .rows(let rows): progress.update(stage: "materializing \(view)", rows: rows)
            case .cannotCutOff(let reason): StandardError.line(CutOffWarning.text(view: view, reason: reason))
            }
        }
    }

    /// Runs all; the first failure comes out once the others have ended.
    private func runOnce(
        _ batch: MaterializationBatch, _ targets: [MaterializationTarget], on offline: PostgresConnection
    ) async throws {
        let instant: RunInstant = at.map { .at($0) } ?? .present(notBefore: .now)
        if let at, !at.isFinite || at > .now {
            throw CommandFailure.usage(
                "--at \(at) is not an instant up to now; rows that arrive until then would be missing for good")
        }
        var runs: [Run] = []
        var failure: (any Error)?
        await batch.run(targets, at: instant, startedAt: .now, isFull: full, on: offline) { outcome in
            switch outcome.result {
            case .success(let run):
                runs.append(Run(run))
                if !options.json { print(Self.line(for: run)) }
            case .failure(let error):
                if failure != nil { FailureReporter.report(error) }
                failure = failure ?? error
            }
        }
        if options.json { try JSONOutput.print(runs.sorted { $0.view < $1.view }) }
        if let failure { throw failure }
    }

    private func keepRunning(
        _ batch: MaterializationBatch, _ selection: ViewSelection, stores: ProjectStores, _ online: RedisConnection
    ) async throws {
        let watch = MaterializationWatch(
            schedule: MaterializationSchedule(unscheduledEvery: every), now: { .now },
            sleep: { try await Task.sleep(for: .microseconds($0.microseconds)) })
        let json = options.json
        do {
            try await Interruption.guarding {
                await watch.run(
                    load: {
                        let offline = try await stores.connectOffline()
                        let views = try await selection.scheduled(in: offline, online)
                        await offline.close()
                        return views
                    },
                    run: { targets, instant in await Self.run(targets, at: instant, batch, json: json) },
                    report: FailureReporter.report)
            }
        } catch let failure as CommandFailure where failure.kind == .interrupted {
            // What a service manager asks for is no failure; runs that were cut short are begun anew next time.
        }
        StandardError.line("asof: stopped")
    }

    /// One round of `--watch`; tells whether all went well.
    private static func run(
        _ targets: [MaterializationTarget], at instant: Timestamp, _ batch: MaterializationBatch, json: Bool
    ) async -> Bool {
        var isWell = true
        await batch.run(targets, at: .present(notBefore: instant), startedAt: .now, isFull: false) { outcome in
            switch outcome.result {
            case .success(let run):
                if json { try? JSONOutput.printLine(Run(run)) } else { print(line(for: run)) }
                // Every stream: whoever reads a pipe gets each line as it comes.
                fflush(nil)
            case .failure(let error):
                isWell = false
                FailureReporter.report(error)
            }
        }
        return isWell
    }

    private static func line(for run: MaterializationRun) -> String {
        var parts = ["\(run.rowsWritten) rows written"]
        if run.rowsKept > 0 { parts.append("\(run.rowsKept) kept (Redis has newer)") }
        if run.rowsRemoved > 0 { parts.append("\(run.rowsRemoved) removed (no rows any more)") }
        let scope =
            switch run.scope {
            case .everyEntity(let reason): "every entity (\(reason))"
            case .changed: "changed entities"
            case .entities(let keys): "\(keys.count) entities"
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

extension Period: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}
