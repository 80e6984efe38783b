package import FeatureDefs
import OfflineStore
package import PostgresClient

/// A logged value at every step of the ladder.
package struct ServedExplanation: Sendable {
    package let service: String
    package let servedID: Int64
    package let servedAt: Timestamp
    package let host: String
    package let served: FeatureValue
    package let status: FeatureStatus
    /// The cut of the stored row that was read; nil where there was none.
    package let recordCut: Timestamp?
    /// In the ladder's order: what each step is, and the value there; nil for an expression that fails.
    package let steps: [(name: String, value: FeatureValue?)]
    /// nil when what was served is what training computes.
    package let cause: SkewCause?
}

/// Finds the last time that a value was served and logged, and climbs the ladder for it.
package struct ServedExplainer: Sendable {
    private let project: String
    private let connection: PostgresConnection

    package init(project: String, connection: PostgresConnection) {
        self.project = project
        self.connection = connection
    }

    /// The newest logged row of the entity that was served by `instant` and has the feature; nil when there is none.
    package func explain(
        _ reference: FeatureReference, keys: [(key: JoinKey, value: FeatureValue)], at instant: Timestamp
    ) async throws -> ServedExplanation? {
        let registry = Registry(connection: connection, project: project)
        let log = ServedLog(connection: connection, project: project)
        var newest: (slice: ServedLogSlice, service: CheckedService, servedID: Int64, feature: Int)?
        for slice in try await log.slices(Self.everything, service: nil) {
            let plan = try await registry.plan(fingerprint: slice.planFingerprint).plan
            guard let definition = plan.service(named: slice.service) else { continue }
            let service = try CheckedService(definition.features, in: plan)
            guard let feature = service.selection.features.firstIndex(where: { $0.reference.definition == reference }),
                let view = service.views[feature].first
            else { continue }
            // The columns that this service reads the view's keys from.
            let columns = zip(service.stored.joinedViews[view].joinKeys, keys).compactMap { key, value in
                service.selection.joinKeys.firstIndex(of: key).map { (place: $0, value: value.value) }
            }
            let servedID = try await log.newest(slice, keys: columns, by: instant)
            if let servedID, servedID > newest?.servedID ?? .min { newest = (slice, service, servedID, feature) }
        }
        guard let newest else { return nil }
        return try await climb(newest.slice, newest.service, newest.servedID, newest.feature)
    }

    private func climb(
        _ slice: ServedLogSlice, _ service: CheckedService, _ servedID: Int64, _ feature: Int
    ) async throws -> ServedExplanation? {
        let window = ServedLogWindow(
            connection: connection, project: project, service: service.selection, stored: service.stored,
            versionedViews: try await ServedLogWindow.versionedViews(of: service.stored, on: connection))
        func row() async throws -> ServedRowComparison? {
            _ = try await window.stage(slice, in: Self.everything, after: servedID - 1, limit: 1)
            return try await window.compare().first
        }
        let steps: [(name: String, value: FeatureValue?)]? = try await connection.transaction(isolation: .repeatableRead) {
            guard let row = try await row() else { return nil }
            try await window.keep([row.ordinal])
            let climber = Climber(service: service, window: window, rows: [row])
            var steps: [(name: String, value: FeatureValue?)] = []
            for (name, step) in Self.steps {
                let cell = try await climber.cells(step).first?[feature]
                steps.append((name, cell.flatMap { $0.hasFailed ? nil : $0.value }))
            }
            return steps
        }
        guard let steps else { return nil }
        return try await connection.transaction(isolation: .repeatableRead) {
            guard let row = try await row() else { return nil }
            var (hosts, units) = (HostClocks(), UnitFactors())
            let findings = try await LadderClimb(service: service, inForce: [], window: window)
                .findings(
                    in: [row], contract: [service.cells(row.recomputed, request: row.request)], hosts: &hosts, units: &units)
            return ServedExplanation(
                service: slice.service, servedID: row.servedID, servedAt: row.servedAt, host: row.host,
                served: row.servedValues[feature], status: row.servedStatuses[feature],
                recordCut: service.views[feature].first.flatMap { row.recordCuts[$0] }, steps: steps,
                cause: findings.first { $0.feature == feature }?.cause)
        }
    }

    private static let everything = ServedLogRange.served(since: .negativeInfinity)

    private static let steps: [(String, LadderStep)] = [
        ("from what its run could see", .record(seesDoubtful: true)),
        ("by the newest finished run", .newestRun),
        ("with rows that came since", .arrivedSince),
        ("at the cut due when served (training)", .contract),
        ("at the instant itself", .fresh),
    ]
}
