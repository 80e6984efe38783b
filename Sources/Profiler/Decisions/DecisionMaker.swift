package import DriftMonitor
package import FeatureDefs
package import OfflineStore
package import PostgresClient

/// Gathers what is known of a service's model and decides, by the policy, what to do about it.
package struct DecisionMaker: Sendable {
    /// Who decides, with what.
    package struct Author: Sendable {
        package let name: String
        package let engineVersion: String
        package let codeRevision: String?

        package init(name: String, engineVersion: String, codeRevision: String?) {
            self.name = name
            self.engineVersion = engineVersion
            self.codeRevision = codeRevision
        }
    }

    /// What the skew check said.
    package struct Skew: Sendable {
        package let openFeatures: [String]
        package let verdict: String

        package init(openFeatures: [String], verdict: String) {
            self.openFeatures = openFeatures
            self.verdict = verdict
        }
    }

    private let log: DecisionLog
    private let store: ProfileStore
    private let project: String

    package init(connection: PostgresConnection, project: String) {
        log = DecisionLog(connection: connection, project: project)
        store = ProfileStore(connection: connection, project: project)
        self.project = project
    }

    /// Decides and records.
    ///
    /// - Parameters:
    ///   - measured: what is known from outside: matured metrics, costs, label shift. What the store knows itself is put into it.
    ///   - report: the drift report of the day; nil where nothing is profiled.
    package func decide(
        service: String, applied: AppliedPlan, policy: RetrainingPolicy, measured: RetrainingEvidence, report: DriftReport?,
        skew: Skew, day: Int, at now: Timestamp, by author: Author
    ) async throws -> (id: Int, hash: String, record: DecisionRecord) {
        try await log.prepare()
        let alerts = report?.against.flatMap(\.alerts) ?? []
        var worst: [String: DriftReport.Finding] = [:]
        for alert in alerts where worst["\(alert.name) \(alert.statistic.rawValue)"] == nil {
            worst["\(alert.name) \(alert.statistic.rawValue)"] = alert
        }
        var kept: [KeptFinding] = []
        if let report { kept = try await log.open(worst.sorted { $0.key < $1.key }.map(\.value), of: report) }
        // What the team has rejected is closed: it speaks for p_real, no longer for itself.
        let open = kept.filter { $0.isConfirmed != false }
        var evidence = measured
        evidence.openSkew = skew.openFeatures.sorted()
        evidence.isDriftPersisted = !open.isEmpty
        if let kind = open.first?.kind {
            let feedback = try await log.feedback(ofKind: kind)
            (evidence.findingsRaised, evidence.findingsConfirmed) = (feedback.judged, feedback.confirmed)
        }
        if let baseline = try await store.pinnedBaseline(ofService: service, named: report?.baseline, pins: false),
            baseline.kind == .training
        {
            let age = Double(now.microseconds - baseline.createdAt.microseconds) / 86_400_000_000
            evidence.modelAgeDays = max(0, (age * 100).rounded() / 100)
        }
        guard let definition = applied.plan.service(named: service) else { throw ProfileError.notServed(service: service) }
        let columns = try applied.plan.profiledColumns(of: try applied.plan.selection(of: definition))
        let record = DecisionRecord(
            project: project, service: service, decidedAt: now.description, decidedBy: author.name,
            engineVersion: author.engineVersion, codeRevision: author.codeRevision, planFingerprint: applied.fingerprint,
            definitions: Dictionary(columns.map { ($0.name, $0.definition) }) { first, _ in first },
            day: Timestamp.dateText(day),
            drift: try report.map { report in
                DecisionRecord.Drift(
                    verdict: report.verdict, baseline: report.baseline, alerts: worst.keys.sorted(),
                    reportSHA256: try DecisionRecord.sha256(of: report))
            },
            skewVerdict: skew.verdict, findings: open.map(\.id),
            decision: RetrainingDecision(policy: policy, evidence: evidence))
        let (id, hash) = try await log.append(record)
        return (id, hash, record)
    }
}
