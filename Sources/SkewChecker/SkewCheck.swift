package import FeatureDefs
import OfflineStore
package import PostgresClient

/// Compares what was served with what training would have computed for the same keys at the same instants, and finds out why it
/// differs.
package struct SkewCheck: Sendable {
    /// Rows compared so far.
    package typealias Observer = @Sendable (_ service: String, _ rows: Int) -> Void
    /// One value that differs: its row in the log, its place in the service, and why.
    package typealias FindingObserver = @Sendable (_ servedID: Int64, _ feature: Int, SkewCause) -> Void

    /// Rows at a time: what is held in memory, and in one transaction.
    private static let windowRows = 20_000

    private let project: String
    private let connection: PostgresConnection
    private let limits: SkewLimits
    private let windowRows: Int
    private let observer: Observer?

    package init(
        project: String, connection: PostgresConnection, limits: SkewLimits = .standard, windowRows: Int = windowRows,
        observer: Observer? = nil
    ) {
        self.project = project
        self.connection = connection
        self.limits = limits
        self.windowRows = windowRows
        self.observer = observer
    }

    /// Checks everything logged since an instant, each row under the plan that served it.
    package func run(
        since: Timestamp, service: String?, checkedAt: Timestamp, onFinding: FindingObserver? = nil
    ) async throws -> SkewReport {
        let registry = Registry(connection: connection, project: project)
        let log = ServedLog(connection: connection, project: project)
        let slices = try await log.slices(since: since, service: service)
        let history = slices.isEmpty ? [] : try await registry.applied()
        var services: [ServiceSkew] = []
        for slice in slices {
            let applied = try await registry.plan(fingerprint: slice.planFingerprint)
            guard let definition = applied.plan.service(named: slice.service) else { continue }
            let checked = try CheckedService(definition.features, in: applied.plan)
            let inForce = try await self.inForce(beside: checked, slice, history, registry)
            services.append(try await check(slice, of: checked, inForce: inForce, in: applied.plan, since: since, onFinding))
        }
        return SkewReport(
            project: project, since: since, checkedAt: checkedAt, limits: limits, services: services,
            losses: try await log.losses(since: since, service: service))
    }

    /// The service under the plans that were the newest at some time, where they mean something else by it.
    private func inForce(
        beside own: CheckedService, _ slice: ServedLogSlice, _ history: [(fingerprint: String, at: Timestamp)],
        _ registry: Registry
    ) async throws -> [DefinitionInForce] {
        var found: [DefinitionInForce] = []
        for (index, apply) in history.enumerated() where apply.fingerprint != slice.planFingerprint {
            // A plan from before the log's own is not one that replaced it.
            guard history[..<index].contains(where: { $0.fingerprint == slice.planFingerprint }) else { continue }
            let plan = try await registry.plan(fingerprint: apply.fingerprint).plan
            guard let definition = plan.service(named: slice.service) else { continue }
            let shared = definition.features.filter { feature in own.selection.features.contains(feature) }
            let checked = try CheckedService(shared, in: plan)
            let isComparable =
                checked.selection.joinKeys.allSatisfy { own.selection.joinKeys.contains($0) }
                && checked.selection.requestInputs.allSatisfy { own.selection.requestInputs.contains($0) }
            guard isComparable, !checked.meansTheSame(as: own) else { continue }
            let until = history.indices.contains(index + 1) ? history[index + 1].at : .infinity
            found.append(DefinitionInForce(service: checked, from: apply.at, until: until))
        }
        return found
    }

    private func check(
        _ slice: ServedLogSlice,
        of service: CheckedService,
        inForce: [DefinitionInForce],
        in plan: Plan,
        since: Timestamp,
        _ onFinding: FindingObserver?
    ) async throws -> ServiceSkew {
        try await CatalogueReader(connection: connection).requireFit(of: service.stored.distinctViews)
        for definition in inForce {
            try await CatalogueReader(connection: connection).requireFit(of: definition.service.stored.distinctViews)
        }
        let versioned = try await ServedLogWindow.versionedViews(of: service.stored, on: connection)
        let window = ServedLogWindow(
            connection: connection, project: project, service: service.selection, stored: service.stored,
            versionedViews: versioned)
        let climb = LadderClimb(service: service, inForce: inForce, window: window)
        var tally = SkewTally(service, sensitive: service.selection.features.map { plan.isSensitive($0.reference) })
        var hosts = HostClocks()
        var units = UnitFactors()
        var last: Int64? = Int64.min
        while let after = last {
            try Task.checkCancellation()
            last = try await connection.transaction(isolation: .repeatableRead) {
                let last = try await window.stage(slice, since: since, after: after, limit: windowRows)
                guard last != nil else { return nil }
                let rows = try await window.compare()
                let findings = try await climb.findings(in: rows, hosts: &hosts, units: &units)
                tally.add(rows, findings)
                for finding in findings { onFinding?(rows[finding.row].servedID, finding.feature, finding.cause) }
                return last
            }
            observer?(slice.service, tally.rows)
        }
        return tally.result(service: slice.service, planFingerprint: slice.planFingerprint)
    }
}

extension CheckedService {
    /// Whether both compute every feature of `self` alike.
    fileprivate func meansTheSame(as other: CheckedService) -> Bool {
        let views = stored.distinctViews.map { [$0.name, $0.fingerprint] }
        let others = Set(other.stored.distinctViews.map { [$0.name, $0.fingerprint] })
        let steps = Set(other.selection.onDemandFeatures)
        return views.allSatisfy { others.contains($0) } && selection.onDemandFeatures.allSatisfy { steps.contains($0) }
    }
}

extension Plan {
    /// `tags: {sensitive: true}` of the feature or of its view.
    fileprivate func isSensitive(_ reference: FeatureReference) -> Bool {
        let definition = reference.definition
        let notes =
            feature(definition).map { [$0.view.notes, $0.feature.notes] }
            ?? onDemandFeature(definition).map { [$0.view.notes, $0.feature.notes] } ?? []
        return notes.contains { ["true", "yes", "pii"].contains($0.tags["sensitive"]?.lowercased()) }
    }
}
