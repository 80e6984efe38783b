import DriftMonitor
package import FeatureDefs
import OfflineStore
package import PostgresClient

/// Compares what was served with what training would have computed for the same keys at the same instants, and finds out why it
/// differs.
package struct SkewCheck: Sendable {
    /// Rows compared so far, of how many.
    package typealias Observer = @Sendable (_ service: String, _ rows: Int, _ total: Int) -> Void
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

    /// Checks everything served since an instant, each row under the plan that served it. Leaves no trace.
    package func run(
        since: Timestamp, service: String?, checkedAt: Timestamp, onFinding: FindingObserver? = nil
    ) async throws -> SkewReport {
        let range = ServedLogRange.served(since: since)
        let found = try await ServedLog(connection: connection, project: project).slices(range, service: service)
        var progress = SkewProgress(found.map { .init(slice: $0, range: range) })
        return try await run(
            &progress, losses: [(range, service)], since: since, checkedAt: checkedAt, onFinding: onFinding)
    }

    /// Checks some slices of the log, from where they are on.
    ///
    /// - Parameter keep: is given the progress now and then, to be resumed from, should the check be killed.
    func run(
        _ progress: inout SkewProgress, losses: [(range: ServedLogRange, service: String?)], since: Timestamp,
        checkedAt: Timestamp, keep: ((SkewProgress) async throws -> Void)? = nil, onFinding: FindingObserver? = nil
    ) async throws -> SkewReport {
        let registry = Registry(connection: connection, project: project)
        let log = ServedLog(connection: connection, project: project)
        let history = progress.slices.isEmpty ? [] : try await registry.applied()
        var services: [ServiceSkew] = []
        var views: [FeatureViewPlan] = []
        for index in progress.slices.indices {
            let slice = progress.slices[index].slice
            let applied = try await registry.plan(fingerprint: slice.planFingerprint)
            guard let definition = applied.plan.service(named: slice.service) else { continue }
            let checked = try CheckedService(definition.features, in: applied.plan)
            let inForce = try await self.inForce(beside: checked, slice, history, registry)
            var tally = try SkewTally(
                checked, sensitive: checked.sensitive(in: applied.plan), resuming: progress.slices[index].tally)
            if !progress.slices[index].isDone {
                try await check(index, of: checked, inForce: inForce, &tally, &progress, keep, onFinding)
            }
            services.append(tally.result(slice))
            views += checked.stored.distinctViews
        }
        var lost: [ServedLogLoss] = []
        for part in losses { lost += try await log.losses(part.range, service: part.service) }
        let sources = try await SourceLatenessReader(connection: connection, project: project)
            .read(views, since: services.compactMap(\.first).min() ?? since)
        return SkewReport(
            project: project, since: since, checkedAt: checkedAt, limits: limits, services: services, losses: lost,
            sources: sources)
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
        _ index: Int, of service: CheckedService, inForce: [DefinitionInForce], _ tally: inout SkewTally,
        _ progress: inout SkewProgress, _ keep: ((SkewProgress) async throws -> Void)?, _ onFinding: FindingObserver?
    ) async throws {
        try await CatalogueReader(connection: connection).requireFit(of: service.stored.distinctViews)
        for definition in inForce {
            try await CatalogueReader(connection: connection).requireFit(of: definition.service.stored.distinctViews)
        }
        let versioned = try await ServedLogWindow.versionedViews(of: service.stored, on: connection)
        let window = ServedLogWindow(
            connection: connection, project: project, service: service.selection, stored: service.stored,
            versionedViews: versioned)
        let pass = WindowPass(
            service: service, window: window, climb: LadderClimb(service: service, inForce: inForce, window: window))
        while !progress.slices[index].isDone {
            try Task.checkCancellation()
            var part = progress.slices[index]
            let checked = try await connection.transaction(isolation: .repeatableRead) {
                try await pass.check(&part, limit: windowRows)
            }
            if let checked {
                tally.add(checked.rows, contract: checked.contract, checked.findings, fresh: checked.fresh)
                for finding in checked.findings {
                    onFinding?(checked.rows[finding.row].servedID, finding.feature, finding.cause)
                }
            }
            part.isDone = checked == nil
            progress.slices[index] = part
            observer?(part.slice.service, tally.state.rows, part.slice.rows)
            guard let keep, progress.isKeepDue else { continue }
            progress.slices[index].tally = tally.state
            try await keep(progress)
            progress.wasKept()
        }
        progress.slices[index].tally = tally.state
    }
}

/// One window of the log, from its rows to their findings, within one transaction.
private struct WindowPass {
    struct Checked {
        let rows: [ServedRowComparison]
        let contract: [[ComputedCell]]
        let findings: [LadderClimb.Finding]
        let fresh: FreshCells
    }

    /// Of so many rows one is also computed as of the instant at which it was served.
    private static let freshnessShare: UInt64 = 32

    let service: CheckedService
    let window: ServedLogWindow
    let climb: LadderClimb

    /// The next rows of a slice; nil when there are none.
    func check(_ part: inout SkewProgress.Slice, limit: Int) async throws -> Checked? {
        guard let last = try await window.stage(part.slice, in: part.range, after: part.after, limit: limit) else { return nil }
        let rows = try await window.compare()
        let contract = rows.map { service.cells($0.recomputed, request: $0.request) }
        let fresh = try await self.fresh(rows)
        let findings = try await climb.findings(in: rows, contract: contract, hosts: &part.hosts, units: &part.units)
        part.after = last
        return Checked(rows: rows, contract: contract, findings: findings, fresh: fresh)
    }

    private func fresh(_ rows: [ServedRowComparison]) async throws -> FreshCells {
        guard service.stored.distinctViews.contains(where: { $0.schedule != nil }) else { return FreshCells() }
        let chosen = rows.indices.filter {
            SplitMix64.mix(UInt64(bitPattern: rows[$0].servedID)) % Self.freshnessShare == 0
        }
        guard !chosen.isEmpty else { return FreshCells() }
        try await window.setAside(exceptFor: chosen.map { rows[$0].ordinal })
        let values = try await window.values(.fresh)
        try await window.bringBack()
        return FreshCells(
            rows: chosen, cells: zip(chosen, values).map { service.cells($1, request: rows[$0].request) })
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

extension CheckedService {
    /// Of each feature, whether its values are not for everybody to see: `tags: {sensitive: true}` of the feature, of its view, or, of
    /// an on-demand feature, of anything that it is computed from.
    func sensitive(in plan: Plan) throws(UnknownFeature) -> [Bool] {
        var found: [Bool] = []
        for feature in selection.features {
            let closure = try plan.selection(of: [feature])
            let read = closure.onDemandFeatures.flatMap { step in
                [step.reference]
                    + step.expression.inputs.compactMap { input -> FeatureReference? in
                        if case .feature(let reference) = input { reference } else { nil }
                    }
            }
            found.append(([feature.reference] + read).contains { plan.isSensitive($0.definition) })
        }
        return found
    }
}

extension Plan {
    /// `tags: {sensitive: true}` of the feature or of its view.
    package func isSensitive(_ definition: FeatureReference) -> Bool {
        let notes =
            feature(definition).map { [$0.view.notes, $0.feature.notes] }
            ?? onDemandFeature(definition).map { [$0.view.notes, $0.feature.notes] } ?? []
        return notes.contains { ["true", "yes", "pii"].contains($0.tags["sensitive"]?.lowercased()) }
    }
}
