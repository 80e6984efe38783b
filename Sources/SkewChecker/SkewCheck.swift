import Evaluation
package import FeatureDefs
import OfflineStore
package import PostgresClient

/// Compares what was served with what training would have computed for the same keys at the same instants.
package struct SkewCheck: Sendable {
    /// Rows compared so far.
    package typealias Observer = @Sendable (_ service: String, _ rows: Int) -> Void

    private let project: String
    private let connection: PostgresConnection
    private let observer: Observer?

    package init(project: String, connection: PostgresConnection, observer: Observer? = nil) {
        self.project = project
        self.connection = connection
        self.observer = observer
    }

    /// Checks everything logged since an instant, each row under the plan that served it.
    package func run(since: Timestamp, service: String?, checkedAt: Timestamp) async throws -> SkewReport {
        let registry = Registry(connection: connection, project: project)
        let log = ServedLog(connection: connection, project: project)
        let slices = try await log.slices(since: since, service: service)
        var services: [ServiceSkew] = []
        for slice in slices {
            let applied = try await registry.plan(fingerprint: slice.planFingerprint)
            guard let definition = applied.plan.service(named: slice.service) else { continue }
            services.append(try await check(slice, of: definition, in: applied.plan, since: since))
        }
        return SkewReport(
            project: project, since: since, checkedAt: checkedAt, services: services,
            losses: try await log.losses(since: since, service: service))
    }

    private func check(
        _ slice: ServedLogSlice,
        of definition: FeatureServicePlan,
        in plan: Plan,
        since: Timestamp
    ) async throws -> ServiceSkew {
        let selection = try plan.selection(of: definition)
        try await CatalogueReader(connection: connection).requireFit(of: selection.distinctViews)
        let program = OnDemandProgram(selection)
        let stored = program.inputs.compactMap { input in
            if case .feature(let reference) = input { reference } else { nil }
        }
        let recomputation = ServedLogRecomputation(
            connection: connection,
            project: project,
            service: selection,
            stored: try plan.selection(of: stored)
        )
        let tally = SkewTally(
            features: selection.features, equalities: selection.features.map { plan.equality(of: $0.reference) },
            program: program)
        let observer = observer
        let result = try await recomputation.reduce(slice, since: since, into: tally) { tally, row in
            tally.add(row)
            if tally.rows.isMultiple(of: 1000) { observer?(slice.service, tally.rows) }
        }
        return ServiceSkew(
            service: slice.service,
            planFingerprint: slice.planFingerprint,
            rows: result.rows,
            features: result.features
        )
    }
}

/// Counts, feature by feature, how served values compare with recomputed ones.
private struct SkewTally: Sendable {
    private static let examplesPerFeature = 5

    private(set) var features: [FeatureSkew]
    private(set) var rows = 0
    private let equalities: [ValueEquality]
    private let program: OnDemandProgram

    init(features: [SelectedFeature], equalities: [ValueEquality], program: OnDemandProgram) {
        self.features = features.map { FeatureSkew(feature: $0) }
        self.equalities = equalities
        self.program = program
    }

    mutating func add(_ row: ServedRowComparison) {
        rows += 1
        let recomputed = program.evaluate(row.recomputed + row.request)
        for index in features.indices {
            let value = (try? recomputed[index].get()) ?? .null
            features[index].compared += 1
            guard !isEqual(row.servedValues[index], row.servedStatuses[index], recomputed[index], equalities[index]) else {
                continue
            }
            features[index].different += 1
            guard features[index].examples.count < Self.examplesPerFeature else { continue }
            features[index].examples.append(
                SkewExample(
                    servedID: row.servedID,
                    servedAt: row.servedAt,
                    keys: row.keys,
                    served: row.servedValues[index],
                    status: row.servedStatuses[index],
                    recomputed: value
                )
            )
        }
    }

    /// Equal values, or an expression that failed then and fails now.
    private func isEqual(
        _ served: FeatureValue,
        _ status: FeatureStatus,
        _ recomputed: Result<FeatureValue, EvaluationError>,
        _ equality: ValueEquality
    ) -> Bool {
        switch recomputed {
        case .success(let value): status != .invalid && equality.areEqual(served, value)
        case .failure: status == .invalid
        }
    }
}
