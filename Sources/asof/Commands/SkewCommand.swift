import ArgumentParser
import FeatureDefs
import OfflineStore
import SkewChecker

/// `asof skew`: compares what was served with its offline recomputation.
struct SkewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skew",
        abstract: "Recompute what was served by the join that training uses, and report every difference.",
        discussion: """
            Each logged value is recomputed for its keys at the instant at which it was served, under the plan that served it.
            Exits with 0 when all are equal, 1 when some differ, 3 when nothing was logged.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(name: .long, help: "Check what was served since then: an instant, or how long ago, such as 24h.")
    var since = "24h"

    @Option(name: .long, help: "Only this feature service.")
    var service: String?

    func run() async throws {
        let configuration = try options.configuration()
        let now = Timestamp.now
        let start = try Self.start(since, now: now)
        let connection = try await ProjectStores(configuration).connectOffline()
        let progress = ProgressLine()
        let check = SkewCheck(project: configuration.project, connection: connection) { service, rows in
            progress.update(stage: "recomputing \(service)", rows: rows)
        }
        let report = try await check.run(since: start, service: service, checkedAt: now)
        progress.finish()
        if let service, report.services.isEmpty {
            // Nothing logged and nothing of that name applied: a misspelling. A removed service has its log.
            let applied = try await Registry(connection: connection, project: configuration.project).latestPlan()
            _ = try applied.plan.selection(ofServiceNamed: service)
        }
        if options.json { try JSONOutput.print(report.document) } else { print(SkewText(report).text) }
        switch report.verdict {
        case .pass: return
        case .fail: throw CommandFailure.checkFailed
        case .inconclusive: throw CommandFailure.inconclusive
        }
    }

    private static func start(_ text: String, now: Timestamp) throws(CommandFailure) -> Timestamp {
        if let period = Period(text), period > .zero { return now - period }
        if let instant = Timestamp(text) { return instant }
        throw .usage("--since takes an instant such as 2024-03-01T12:00:00Z or a period such as 24h, not `\(text)`")
    }
}
