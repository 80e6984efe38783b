import DriftMonitor
import FeatureDefs
import OfflineStore
import OnlineStore
package import SkewChecker

/// What was served, and where a fault touched it: the truth that findings are held against.
struct FaultLedger {
    private let schema: ServedSchema
    private let equalities: [ValueEquality]
    private let selection: FeatureSelection
    /// Of each row in the order of the log, the features that a sound system would have served otherwise.
    private var touched: [Set<Int>] = []
    /// By feature, the numbers as served and as a sound system would have.
    private var served: [[Double]]
    private var honest: [[Double]]

    init(plan: Plan, fingerprint: String, selection: FeatureSelection) {
        self.selection = selection
        equalities = selection.features.map { plan.equality(of: $0.reference) }
        schema = ServedSchema(service: FaultWorld.service, planFingerprint: fingerprint, selection: selection)
        served = selection.features.map { _ in [] }
        honest = served
    }

    /// Enters a batch; its rows for the log.
    mutating func add(_ asked: FaultRequests, _ answers: FaultRun.Answers, host: String, batch: Int) -> [ServedRow] {
        for row in 0..<asked.count {
            var features = Set<Int>()
            for feature in equalities.indices {
                let (was, should) = (answers.served.features[feature][row], answers.honest.features[feature][row])
                if !equalities[feature].areEqual(was.value, should.value)
                    || (was.status == .invalid) != (should.status == .invalid)
                {
                    features.insert(feature)
                }
                if let was = was.value.asNumber { served[feature].append(was) }
                if let should = should.value.asNumber { honest[feature].append(should) }
            }
            touched.append(features)
        }
        return (0..<asked.count).map { row in
            ServedRow(
                schema: schema, requestID: UUIDBytes(high: UInt64(batch), low: UInt64(row)), ordinal: row,
                servedAt: answers.servedAt,
                keys: selection.joinKeys.map { key in
                    key.name == "account_id" ? .string(asked.accounts[row]) : .int64(asked.shops[row])
                },
                request: selection.requestInputs.map { _ in .float64(asked.amounts[row]) },
                features: answers.served.features.map { $0[row] },
                records: answers.served.versions.map { $0[row].map(ServedRecord.init) },
                monotonicMicroseconds: 0, sampleProbability: 1, host: host)
        }
    }

    func outcome(of fault: Fault, found: [FoundCell: SkewCause], report: SkewReport) -> FaultOutcome {
        var outcome = FaultOutcome(
            fault: fault, rows: touched.count, values: touched.count * equalities.count, verdict: report.verdict)
        for feature in report.services.flatMap(\.features) {
            outcome.lookedAt += feature.freshness.compared
            outcome.stale += feature.freshness.stale
        }
        outcome.lateSources = report.sources.filter { $0.verdict(report.limits) == .fail }.map(\.source)
        for (row, features) in touched.enumerated() {
            for feature in equalities.indices {
                let cause = found[FoundCell(servedID: Int64(row + 1), feature: feature)]
                guard features.contains(feature) else {
                    if let cause { outcome.strays[cause, default: 0] += 1 }
                    continue
                }
                outcome.touched += 1
                if let cause { outcome.causes[cause, default: 0] += 1 } else { outcome.missed += 1 }
            }
        }
        for feature in served.indices where !served[feature].isEmpty && !honest[feature].isEmpty {
            let psi = PopulationStability(referenceValues: honest[feature], currentValues: served[feature])?.value ?? 0
            outcome.stability = max(outcome.stability, psi)
            outcome.distance = max(outcome.distance, KolmogorovSmirnov(honest[feature], served[feature]).distance)
        }
        return outcome
    }
}

/// A served value that a finding names.
struct FoundCell: Hashable, Sendable {
    let servedID: Int64
    let feature: Int
}

/// How one run with one fault went.
package struct FaultOutcome: Sendable {
    package let fault: Fault
    package let rows: Int
    package let values: Int
    package let verdict: SkewVerdict
    /// Values that were also computed as of the instant of serving, and those of them that had changed since their cut.
    package internal(set) var lookedAt = 0
    package internal(set) var stale = 0
    /// Sources whose rows came later than declared.
    package internal(set) var lateSources: [String] = []
    /// Values that the fault changed, what was found of them, and those of which nothing was.
    package internal(set) var touched = 0
    package internal(set) var causes: [SkewCause: Int] = [:]
    package internal(set) var missed = 0
    /// Findings on values that the fault did not change.
    package internal(set) var strays: [SkewCause: Int] = [:]
    /// The greatest over the numeric features, of what was served against what should have been.
    package internal(set) var stability = 0.0
    package internal(set) var distance = 0.0

    init(fault: Fault, rows: Int, values: Int, verdict: SkewVerdict) {
        self.fault = fault
        self.rows = rows
        self.values = values
        self.verdict = verdict
    }

    private var right: Int { causes.filter { fault.isExplained(by: $0.key) }.values.reduce(0, +) }
    package var findings: Int { causes.values.reduce(0, +) + strays.values.reduce(0, +) }

    /// Of all findings, those that name the fault on a value that it changed; nil without findings.
    package var precision: Double? { findings == 0 ? nil : Double(right) / Double(findings) }
    /// Of the values that the fault changed, those that are found under its name; nil when there are none.
    package var recall: Double? { touched == 0 ? nil : Double(right) / Double(touched) }
}

extension FeatureValue {
    fileprivate var asNumber: Double? {
        switch self {
        case .int64(let value): Double(value)
        case .float64(let value): value
        case .null, .float32, .string, .bool, .timestamp, .bytes, .uuid, .list, .vector: nil
        }
    }
}
