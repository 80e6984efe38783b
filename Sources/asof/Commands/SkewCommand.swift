import ArgumentParser
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
            Exits with 0 when no feature differs in more than --max-rate of its values, 1 when one does, 3 when there is too little
            to say; both with 99 % confidence.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(name: .long, help: "Check what was served since then: an instant, or how long ago, such as 24h.")
    var since = "24h"

    @Option(name: .long, help: "Only this feature service.")
    var service: String?

    @Option(name: .long, help: "The share of a feature's values that may differ.")
    var maxRate = SkewLimits.standard.rate

    @Option(name: .long, help: "Also write report.json, .md, .xml (JUnit), .prom (Prometheus) and .html into this folder.")
    var report: String?

    @OptionGroup var labels: OutcomeOptions

    func validate() throws {
        guard maxRate > 0, maxRate < 1 else { throw ValidationError("--max-rate is a share between 0 and 1, such as 0.001") }
    }

    func run() async throws {
        try labels.check(service: service)
        let configuration = try options.configuration()
        let now = Timestamp.now
        let start = try Self.start(since, now: now)
        let connection = try await ProjectStores(configuration).connectOffline()
        let progress = ProgressLine()
        var limits = SkewLimits.standard
        limits.rate = maxRate
        let check = SkewCheck(project: configuration.project, connection: connection, limits: limits) { service, rows in
            progress.update(stage: "recomputing \(service)", rows: rows)
        }
        let found = try await check.run(since: start, service: service, checkedAt: now)
        progress.finish()
        if let service, found.services.isEmpty {
            // Nothing logged and nothing of that name applied: a misspelling. A removed service has its log.
            let applied = try await Registry(connection: connection, project: configuration.project).latestPlan()
            _ = try applied.plan.selection(ofServiceNamed: service)
        }
        let document = found.document
        if let report {
            let drift = try await drift(of: document.services.map(\.service), now: now, configuration.project, connection)
            do {
                try SkewReportFolder(report).write(document, drift: drift)
            } catch {
                throw CommandFailure.usage("cannot write the report into \(report): \(error.localizedDescription)")
            }
        }
        if options.json { try JSONOutput.print(document) } else { print(SkewText(document).text) }
        switch found.verdict {
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
            let histories = try await check.histories(ofService: service, through: day)
            tabs.append(
                DriftTab(
                    service: service, histories: histories ?? [], outcomes: service == self.service ? outcomes : nil,
                    missing: histories == nil
                        ? "Nothing that was served is profiled; run `asof profile --service \(service)`." : nil))
        }
        return tabs
    }

    private static func start(_ text: String, now: Timestamp) throws(CommandFailure) -> Timestamp {
        if let period = Period(text), period > .zero { return now - period }
        if let instant = Timestamp(text) { return instant }
        throw .usage("--since takes an instant such as 2024-03-01T12:00:00Z or a period such as 24h, not `\(text)`")
    }
}
