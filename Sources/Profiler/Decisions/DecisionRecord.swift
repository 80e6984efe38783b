import Crypto
package import DriftMonitor
import FeatureDefs

/// A retraining decision as it is kept: who, what data, which definitions, which rule. All that it was decided by is in it, so that it
/// can be decided again.
package struct DecisionRecord: Codable, Hashable, Sendable {
    package static let currentFormat = 1

    /// What the drift report said.
    package struct Drift: Codable, Hashable, Sendable {
        package let verdict: DriftVerdict
        package let baseline: String
        /// Features and pairs that were raised, with the statistic.
        package let alerts: [String]
        /// SHA-256 of the report as JSON: the same profiles give it again.
        package let reportSHA256: String

        package init(verdict: DriftVerdict, baseline: String, alerts: [String], reportSHA256: String) {
            self.verdict = verdict
            self.baseline = baseline
            self.alerts = alerts
            self.reportSHA256 = reportSHA256
        }
    }

    package let format: Int
    package let project: String
    package let service: String
    package let decidedAt: String
    package let decidedBy: String
    package let engineVersion: String
    package let codeRevision: String?
    package let planFingerprint: String
    /// By feature.
    package let definitions: [String: String]
    /// The day whose profiles were judged.
    package let day: String
    /// nil where nothing was profiled.
    package let drift: Drift?
    package let skewVerdict: String
    /// The numbers of the open findings that this is about.
    package let findings: [Int]
    package let decision: RetrainingDecision

    package init(
        project: String, service: String, decidedAt: String, decidedBy: String, engineVersion: String, codeRevision: String?,
        planFingerprint: String, definitions: [String: String], day: String, drift: Drift?, skewVerdict: String,
        findings: [Int], decision: RetrainingDecision
    ) {
        format = Self.currentFormat
        self.project = project
        self.service = service
        self.decidedAt = decidedAt
        self.decidedBy = decidedBy
        self.engineVersion = engineVersion
        self.codeRevision = codeRevision
        self.planFingerprint = planFingerprint
        self.definitions = definitions
        self.day = day
        self.drift = drift
        self.skewVerdict = skewVerdict
        self.findings = findings
        self.decision = decision
    }

    /// Sorted keys on one line: what is hashed and stored.
    package var text: String {
        get throws { try CanonicalJSON.text(of: self) }
    }

    /// Decided again from the policy and the evidence in it.
    package var replayed: RetrainingDecision { RetrainingDecision(policy: decision.policy, evidence: decision.evidence) }

    /// Of the report, for a record.
    package static func sha256(of report: DriftReport) throws -> String { hash(try CanonicalJSON.text(of: report)) }

    static func hash(_ text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).hexadecimal
    }
}
