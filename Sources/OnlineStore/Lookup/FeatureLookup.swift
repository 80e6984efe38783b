import Evaluation
package import FeatureDefs
package import RedisClient

/// Looks features up online: one round trip to Redis for all views and rows of a request, then on-demand features.
///
/// The feature server, `asof get` and the tests share it. It holds no clock: the instant at which ttl is judged is
/// the caller's.
///
/// ```swift
/// let lookup = FeatureLookup(plan: plan, layouts: layouts, connection: connection)
/// let fraud = try lookup.prepare(service: "fraud_v1")
/// let result = try await lookup.features(fraud, for: LookupRows(["card_id": [.int64(1)]]), now: now)
/// result.features[0][0].value
/// ```
package struct FeatureLookup: Sendable {
    package let plan: Plan
    private let layouts: [String: OnlineViewLayout]
    private let reader: OnlineReader
    private let timeout: Duration?

    /// `ids` are the registry's numbers of the plan's feature views, by name. `timeout` is for the store's answer.
    package init(
        plan: Plan, ids: [String: ViewLayoutIDs], connection: RedisConnection, timeout: Duration? = nil
    ) {
        self.plan = plan
        layouts = Dictionary(
            uniqueKeysWithValues: plan.featureViews.compactMap { view in
                ids[view.name].map { (view.name, OnlineViewLayout(project: plan.project, view: view, ids: $0)) }
            }
        )
        reader = OnlineReader(from: connection)
        self.timeout = timeout
    }

    package func prepare(service name: String) throws(LookupError) -> PreparedLookup {
        guard let service = plan.service(named: name) else { throw .unknownService(name) }
        return try prepare(selected: service.features)
    }

    package func prepare(features: [FeatureReference]) throws(LookupError) -> PreparedLookup {
        try prepare(selected: features.map { SelectedFeature($0) })
    }

    private func prepare(selected features: [SelectedFeature]) throws(LookupError) -> PreparedLookup {
        let selection: FeatureSelection
        do {
            selection = try plan.selection(of: features)
        } catch {
            throw .unknownFeature(error.reference)
        }
        return try PreparedLookup(selection, layouts: layouts)
    }

    /// The features for each row, in the rows' order. Throws `LookupError` for the caller's mistakes, `RedisError` for
    /// the store's.
    package func features(
        _ lookup: PreparedLookup, for rows: LookupRows, now: Timestamp
    ) async throws -> LookupResult {
        try lookup.check(rows)
        let stored = try await reader.rows(of: lookup.views, count: rows.count, columns: rows.columns, timeout: timeout)
        var result = LookupResult(
            features: [[ServedFeature]](repeating: [], count: lookup.outputs.count),
            versions: stored.map { $0.map(\.version) }
        )
        for row in 0..<rows.count {
            let inputs = lookup.read(stored, row: row, now: now, result: &result)
            lookup.compute(inputs, rows: rows, row: row, result: &result)
        }
        return result
    }
}

extension StoredRow {
    fileprivate var version: RowVersion? {
        switch self {
        case .row(let row): row.version
        case .missing, .undecodable: nil
        }
    }
}

extension PreparedLookup {
    /// The stored features of one row, for all views, in the order of the program's inputs.
    fileprivate func read(
        _ stored: [[StoredRow]], row: Int, now: Timestamp, result: inout LookupResult
    ) -> [ServedFeature] {
        var inputs: [ServedFeature] = []
        inputs.reserveCapacity(program.inputs.count)
        for (view, features) in storedFeatures.enumerated() {
            switch stored[view][row] {
            case .missing:
                inputs += features.map(\.whenMissing)
            case .undecodable(let error):
                result.undecodable[selection.joinedViews[view].name] = error
                inputs += features.map { _ in StoredFeature.unreadable }
            case .row(let packed):
                let start = inputs.count
                do {
                    for feature in features { inputs.append(try feature.read(from: packed, now: now)) }
                } catch {
                    result.undecodable[selection.joinedViews[view].name] = error
                    result.versions[view][row] = nil
                    inputs.replaceSubrange(start..., with: features.map { _ in StoredFeature.unreadable })
                }
            }
        }
        return inputs
    }

    /// Adds one row's outputs to the result.
    fileprivate func compute(_ inputs: [ServedFeature], rows: LookupRows, row: Int, result: inout LookupResult) {
        let request = selection.requestInputs.map { rows.columns[$0.name]?[row] ?? .null }
        let values = program.evaluate(inputs.map(\.value) + request)
        for (index, output) in outputs.enumerated() {
            switch output {
            case .stored(let input): result.features[index].append(inputs[input])
            case .onDemand(let reads):
                if reads.contains(where: { $0 < inputs.count && inputs[$0].status == .invalid }) {
                    result.features[index].append(StoredFeature.unreadable)
                    continue
                }
                let newest = reads.filter { $0 < inputs.count }.compactMap { inputs[$0].eventTimestamp }.max()
                result.features[index].append(ServedFeature(computed: values[index], eventTimestamp: newest))
            }
        }
    }
}

extension ServedFeature {
    fileprivate init(computed: Result<FeatureValue, EvaluationError>, eventTimestamp: Timestamp?) {
        switch computed {
        case .success(let value):
            self.init(value: value, status: value.isNull ? .nullValue : .present, eventTimestamp: eventTimestamp)
        case .failure:
            self.init(value: .null, status: .invalid, eventTimestamp: eventTimestamp)
        }
    }
}
