import ArgumentParser
import DriftMonitor
import FeatureDefs
import OfflineStore
import Profiler

/// `asof drift`: what a day's values differ in from the training set and from the weeks before.
struct DriftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Compare a day's profiles with the training set and with the same weekday of the weeks before.",
        discussion: """
            Reads only what `asof profile` and `asof train` have kept. A change alerts when it is large (its effect is above the gate),
            above what chance gives, significant among all that was tested, and has been so on 3 of 5 nights; one of twice the gate
            does not wait. What pages must also pass Benjamini and Yekutieli's correction and LORD++ across nights. Gates are raised to what nights without a change showed, once there are 20 of them (*).

            Exits with 0 when nothing alerts, 1 when something does, 3 when not everything could be compared.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "Feature views, of which the weeks are compared. Default: all that are profiled, or --service.")
    var views: [String] = []

    @Option(name: .long, help: "What this feature service served, against its training set and against the weeks before.")
    var service: String?

    @Option(name: .long, help: "The day, UTC, such as 2024-03-01. Default: yesterday.")
    var at: String?

    @Option(name: .long, help: "With --service: training, week or both.")
    var against: String = "both"

    @Option(name: .long, help: "With --service: the dataset that the deployed model was trained on.")
    var baseline: String?

    @OptionGroup var labels: OutcomeOptions

    @Option(name: .long, help: "The share of false findings, of all that are significant on a night, that is accepted.")
    var falseDiscoveryRate = 0.05

    func run() async throws {
        let references = try references()
        guard falseDiscoveryRate > 0, falseDiscoveryRate < 1 else {
            throw CommandFailure.usage("--false-discovery-rate is between 0 and 1, such as 0.05")
        }
        guard service == nil || views.isEmpty else { throw CommandFailure.usage("name views, or --service, not both") }
        try labels.check(service: service)
        let day = try day(now: .now)
        let configuration = try options.configuration()
        let connection = try await ProjectStores(configuration).connectOffline()
        let check = DriftCheck(
            connection: connection, project: configuration.project, falseDiscoveryRate: falseDiscoveryRate)
        let applied = try await Registry(connection: connection, project: configuration.project).latestPlan()
        var reports: [DriftReport] = []
        var unprofiled: [String] = []
        if let service {
            _ = try applied.plan.selection(ofServiceNamed: service)
            let judged = try await labels.judged(through: day, on: connection)
            if let report = try await check.check(
                service: service, baseline: baseline, day: day, references: references, outcomes: judged)
            {
                reports.append(report)
            } else {
                unprofiled.append("--service \(service)")
            }
        } else {
            for view in try ViewSelection(names: views, project: configuration.project).views(of: applied.plan) {
                if let report = try await check.check(view: view, day: day) {
                    reports.append(report)
                } else if !views.isEmpty {
                    unprofiled.append(view.name)
                }
            }
            if views.isEmpty, reports.isEmpty { unprofiled.append("VIEW") }
        }
        if options.json {
            try JSONOutput.print(reports)
        } else {
            print(reports.map { DriftText($0).text }.joined(separator: "\n\n"))
        }
        for name in unprofiled { StandardError.line("asof: nothing is profiled yet; run `asof profile \(name)`") }
        if reports.contains(where: { $0.verdict == .alert }) { throw CommandFailure.checkFailed }
        if !unprofiled.isEmpty || reports.contains(where: { $0.verdict == .inconclusive }) { throw CommandFailure.inconclusive }
    }

    private func references() throws(CommandFailure) -> Set<DriftReference> {
        if against == "both" { return Set(DriftReference.allCases) }
        guard let one = DriftReference(rawValue: against) else {
            throw .usage("--against takes training, week or both, not `\(against)`")
        }
        return [one]
    }

    private func day(now: Timestamp) throws(CommandFailure) -> Int {
        guard let at else { return now.splitIntoDays.days - 1 }
        return try Self.day(at)
    }

    /// Days since 1970, of `--at`.
    static func day(_ text: String) throws(CommandFailure) -> Int {
        guard let instant = Timestamp(text), instant.isFinite else {
            throw .usage("--at takes a day such as 2024-03-01, not `\(text)`")
        }
        return instant.splitIntoDays.days
    }
}
