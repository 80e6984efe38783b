import ArgumentParser
import DriftMonitor
import FeatureDefs
import Foundation
import OfflineStore
import PostgresClient
import Profiler
import SkewChecker

/// `asof skew`: compares what was served with its offline recomputation.
struct SkewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skew",
        abstract: "Recompute what was served by the join that training uses, and report every difference.",
        discussion: """
            Each logged value is recomputed for its keys at the instant at which it was served, under the plan that served it, and
            compared as the feature's `tolerance` says. What differs is recomputed step by step, from what the run that wrote it
            could see to what is known now, and the first step that differs names the cause.

            Without --since it checks what was logged since the last such run (the first time: everything), and records the result:
            run it every night (docs/nightly.md). It can be killed and run again, twice, and at once: a run goes on where it was, two
            wait for each other, and one with nothing new repeats the last report. Findings are opened when a cause is first seen,
            followed, and closed when enough values have been compared that it would have been seen again.

            Exits with 0 when no feature differs in more than --max-rate of its values, 1 when one does or rows of a source come later
            than it declares, 3 when there is too little to say; with 99 % confidence.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(
        name: .long,
        help: """
            Check what was served since then, an instant or how long ago, such as 24h, and record nothing. (default: what was logged \
            since the last run)
            """)
    var since: String?

    @Option(name: .long, help: "Only this feature service.")
    var service: String?

    @Option(name: .long, help: "The share of a feature's values that may differ.")
    var maxRate = SkewLimits.standard.rate

    @Option(
        name: .long,
        help: """
            The share of a feature's values that may have changed since the cut that its schedule has for them; they are not counted \
            as different. (default: any)
            """)
    var maxStale: Double?

    @Option(name: .long, help: "Also write report.json, .md, .xml (JUnit), .prom (Prometheus) and .html into this folder.")
    var report: String?

    @OptionGroup var labels: OutcomeOptions

    func validate() throws {
        guard maxRate > 0, maxRate < 1 else { throw ValidationError("--max-rate is a share between 0 and 1, such as 0.001") }
        if let maxStale, !(0...1).contains(maxStale) { throw ValidationError("--max-stale is a share from 0 to 1, such as 0.05") }
    }

    func run() async throws {
        try labels.check(service: service)
        let configuration = try options.configuration()
        let now = Timestamp.now
        let start = try since.map { try Self.start($0, now: now) }
        let connection = try await ProjectStores(configuration).connectOffline()
        let progress = ProgressLine()
        var limits = SkewLimits.standard
        limits.rate = maxRate
        limits.staleRate = maxStale
        let check = SkewCheck(project: configuration.project, connection: connection, limits: limits) { service, rows, total in
            progress.update(stage: "recomputing \(service)", rows: rows, total: total)
        }
        let outcome: NightlyCheck.Outcome
        if let start {
            let found = try await check.run(since: start, service: service, checkedAt: now)
            outcome = .init(document: found.document, isRepeated: false)
        } else {
            outcome = try await nightly(check, configuration.project, connection)
        }
        progress.finish()
        let document = outcome.document
        if let service, document.services.isEmpty {
            // Nothing logged and nothing of that name applied: a misspelling. A removed service has its log.
            let applied = try await Registry(connection: connection, project: configuration.project).latestPlan()
            _ = try applied.plan.selection(ofServiceNamed: service)
        }
        if let report {
            let drift = try await drift(of: document.services.map(\.service), now: now, configuration.project, connection)
            do {
                try SkewReportFolder(report).write(document, drift: drift)
            } catch {
                throw CommandFailure.usage("cannot write the report into \(report): \(error.systemReason)")
            }
        }
        if options.json {
            try JSONOutput.print(document)
        } else {
            print(SkewText(document, isRepeated: outcome.isRepeated).text)
        }
        switch document.verdict {
        case .pass: return
        case .fail: throw CommandFailure.checkFailed
        case .inconclusive: throw CommandFailure.inconclusive
        }
    }

    /// Of the days before this one, from what `asof profile` has kept.
    private func drift(
        of services: [String], now: Timestamp, _ project: String, _ connection: PostgresConnection
    ) async throws -> [DriftTab] {
        let day = now.splitIntoDays.days - 1
        let outcomes = try await labels.judged(through: day, on: connection)
        let check = DriftCheck(connection: connection, project: project)
        var tabs: [DriftTab] = []
        for service in services {
            let (histories, missing) = try await Self.histories(of: service, through: day, check)
            tabs.append(
                DriftTab(
                    service: service, histories: histories, outcomes: service == self.service ? outcomes : nil, missing: missing))
        }
        return tabs
    }

    /// The tab's nights, or why it has none. Drift that cannot be shown is no reason to say nothing of skew.
    private static func histories(
        of service: String, through day: Int, _ check: DriftCheck
    ) async throws -> (histories: [DriftHistory], missing: String?) {
        do {
            if let histories = try await check.histories(ofService: service, through: day) { return (histories, nil) }
            return ([], "Nothing that was served is profiled; run `asof profile --service \(service)`.")
        } catch {
            guard let error = error as? ProfileError else { throw error }
            return ([], "Drift is not shown: \(error); see `asof profile --help`.")
        }
    }

    private func nightly(
        _ check: SkewCheck, _ project: String, _ connection: PostgresConnection
    ) async throws -> NightlyCheck.Outcome {
        try await NightlyCheck(project: project, connection: connection, check: check) { event in
            switch event {
            case .waiting: StandardError.write("another check of `\(project)` is under way; waiting for it\n")
            case .resuming(let run, let rows): StandardError.write("run \(run) was not finished; going on after \(rows) rows\n")
            }
        }.run(service: service)
    }

    private static func start(_ text: String, now: Timestamp) throws(CommandFailure) -> Timestamp {
        if let period = Period(text), period > .zero { return now - period }
        if let instant = Timestamp(text) { return instant }
        throw .usage("--since takes an instant such as 2024-03-01T12:00:00Z or a period such as 24h, not `\(text)`")
    }
}
