import ArgumentParser
import DriftMonitor
import FeatureDefs
import Foundation
import OfflineStore
import PostgresClient
import Profiler
import SkewChecker

/// `asof decide`: what to do about a model, and why, on record.
struct DecideCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decide",
        abstract: "Decide, by a declared policy, whether a service's model is to be retrained, and record why.",
        discussion: """
            The first rule that holds decides: skew is mended first; a model below its floor is rolled back or retrained; confirmed
            label shift is recalibrated; persisted drift is retrained for where that pays; new labels; age; drift that may cost
            nothing is investigated. A retraining is only proposed: promotion needs the offline gate and shadow.

            Costs and floors are in retraining.yaml, one entry for each service. What labels say comes with --measured. Each
            decision is recorded with all it was decided by, chained by hashes; --verify checks the chain and decides all again.
            Whoever may change the table can cut the chain's end off or write it anew; --verify --hash HASH, of a hash that you kept
            elsewhere, finds that.
            --confirm and --reject say whether a finding was real: how often findings of a kind were is what the next one counts.

            A retraining.yaml (of the metric greater is better):
              fraud_v1:
                metric_floor: 0.8
                minimum_new_labels: 1000
                maximum_age_days: 90
                cost:
                  {loss_per_day_now: 500, loss_per_day_after: 200,
                   horizon_days: 14, retraining: 800,
                   regression_probability: 0.05, regression: 4000}

            Exits with 1 when something is to be done: fix_pipeline, roll_back, retrain, recalibrate or investigate, which --json has
            as record.decision.action; with 0 for none, and with 3 for none when drift could not be judged.
            """
    )

    @OptionGroup var options: GlobalOptions

    @Option(name: .long, help: "The feature service that the model reads.")
    var service: String?

    @Option(name: .long, help: "The policy. Default: retraining.yaml in the project's folder.")
    var policy: String?

    @Option(name: .long, help: "YAML of what is known from labels: metric, previous_metric, new_labels ...")
    var measured: String?

    @Option(name: .long, help: "The day whose profiles and served values are judged, UTC. Default: yesterday.")
    var at: String?

    @Option(name: .long, help: "The finding of this number was real.")
    var confirm: Int?

    @Option(name: .long, help: "The finding of this number was not real.")
    var reject: Int?

    @Flag(name: .long, help: "Check the chain of recorded decisions, and decide each again from its own record.")
    var verify = false

    @Option(
        name: .long,
        help:
            "With --verify: the hash, or its first 16 digits, that a decision printed and you kept; the chain must still have it."
    )
    var hash: String?

    func run() async throws {
        let feedback = [confirm, reject].compactMap { $0 }
        guard feedback.count + (verify ? 1 : 0) + (service == nil ? 0 : 1) == 1 else {
            throw CommandFailure.usage("give --service to decide, or one of --confirm ID, --reject ID and --verify")
        }
        if let hash {
            guard verify else { throw CommandFailure.usage("--hash goes with --verify") }
            guard hash.count >= 16, hash.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else {
                throw CommandFailure.usage("--hash takes at least the first 16 digits of a decision's hash, not `\(hash)`")
            }
        }
        let configuration = try options.configuration()
        let connection = try await ProjectStores(configuration).connectOffline()
        let applied = try await Registry(connection: connection, project: configuration.project).latestPlan()
        let log = DecisionLog(connection: connection, project: configuration.project)
        try await log.prepare()
        if verify { return try await verify(log) }
        if let id = feedback.first { return try await judge(id, isConfirmed: confirm != nil, log) }
        guard let service else { return }
        try await decide(service, applied, configuration, connection)
    }

    private func judge(_ id: Int, isConfirmed: Bool, _ log: DecisionLog) async throws {
        guard try await log.judge(id, isConfirmed: isConfirmed, by: NSUserName()),
            let finding = try await log.findings().first(where: { $0.id == id })
        else {
            let known = try await log.findings().map { "\($0.id) (\($0.feature) \($0.kind))" }
            throw CommandFailure.usage("no finding \(id); there are: \(known.isEmpty ? "none" : known.joined(separator: ", "))")
        }
        let (judged, confirmed) = try await log.feedback(ofKind: finding.kind)
        if options.json { return try JSONOutput.print(finding) }
        let real = RetrainingCost.probabilityReal(confirmed: confirmed, raised: judged)
        print(
            "finding \(id), \(finding.feature) \(finding.kind): \(isConfirmed ? "confirmed" : "rejected"); \(confirmed) of \(judged) of its "
                + "kind were real, p_real \((real * 1000).rounded() / 1000)")
    }

    private func verify(_ log: DecisionLog) async throws {
        let (records, faults) = try await log.verify(holding: hash)
        struct Verification: Encodable {
            let records: Int
            let faults: [String]
        }
        if options.json {
            try JSONOutput.print(Verification(records: records, faults: faults))
        } else {
            for fault in faults { print(fault) }
            print(
                faults.isEmpty
                    ? "\(records) decision\(records == 1 ? "" : "s"): the chain holds, and each is decided so again"
                    : "FAIL: \(faults.count) fault\(faults.count == 1 ? "" : "s") in \(records) decisions")
        }
        if !faults.isEmpty { throw CommandFailure.checkFailed }
    }

    private func decide(
        _ service: String, _ applied: AppliedPlan, _ configuration: ProjectConfiguration, _ connection: PostgresConnection
    ) async throws {
        _ = try applied.plan.selection(ofServiceNamed: service)
        let now = Timestamp.now
        let day = try at.map { try DriftCommand.day($0) } ?? now.splitIntoDays.days - 1
        let declared = try RetrainingPolicyFile(
            path: policy ?? configuration.root.appending(path: "retraining.yaml").path, service: service)
        var evidence = try measured.map { try MeasuredEvidenceFile(path: $0).evidence } ?? RetrainingEvidence()
        evidence.cost = declared.cost
        let report = try await DriftCheck(connection: connection, project: configuration.project)
            .check(service: service, baseline: nil, day: day, references: Set(DriftReference.allCases))
        let skew = try await skew(
            of: service, since: Timestamp(microseconds: Int64(day) * 86_400_000_000), configuration, connection)
        let made = try await DecisionMaker(connection: connection, project: configuration.project).decide(
            service: service, applied: applied, policy: declared.policy, measured: evidence, report: report, skew: skew,
            day: day, at: now,
            by: .init(
                name: NSUserName(), engineVersion: AsofVersion.current,
                codeRevision: await CodeRevision.current(of: configuration.root)))
        if options.json {
            try JSONOutput.print(Output(id: made.id, hash: made.hash, record: made.record))
        } else {
            print(Self.text(made.id, made.hash, made.record))
        }
        guard made.record.decision.action == .none else { throw CommandFailure.checkFailed }
        // The weeks before say what is new; what matters to the model is its training set.
        guard report?.isJudgedAgainstTraining == true else { throw CommandFailure.inconclusive }
    }

    private func skew(
        of service: String, since: Timestamp, _ configuration: ProjectConfiguration, _ connection: PostgresConnection
    ) async throws -> DecisionMaker.Skew {
        let report = try await SkewCheck(project: configuration.project, connection: connection)
            .run(since: since, service: service, checkedAt: .now)
        let open = report.services.flatMap(\.features).filter { $0.different > 0 }.map(\.feature.description)
        return DecisionMaker.Skew(openFeatures: Array(Set(open)), verdict: report.verdict.rawValue)
    }

    private struct Output: Encodable {
        let id: Int
        let hash: String
        let record: DecisionRecord
    }

    private static func text(_ id: Int, _ hash: String, _ record: DecisionRecord) -> String {
        let decision = record.decision
        var lines = [
            "\(record.service) on \(record.day): \(decision.action.rawValue) (\(decision.rule.rawValue))", "  \(decision.reason)",
            "",
            "  drift \(record.drift?.verdict.rawValue ?? "not profiled"), skew \(record.skewVerdict)"
                + (record.findings.isEmpty
                    ? "" : "; findings \(record.findings.map(String.init).joined(separator: ", ")): --confirm or --reject them"),
            "",
        ]
        for considered in decision.considered where considered.rule != .nothing {
            let mark = considered.rule == decision.rule ? "*" : considered.isHeldBack ? "-" : considered.holds ? "+" : " "
            lines.append("  \(mark) \(considered.rule.rawValue.padded(to: 20))\(considered.reason)")
        }
        lines += ["", "decision \(id), \(hash.prefix(16)); `asof decide --verify` checks the record"]
        return lines.joined(separator: "\n")
    }
}
