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
package final class FeatureLookup: Sendable {
    package let plan: Plan
    package let ids: [String: ViewLayoutIDs]
    private let layouts: [String: OnlineViewLayout]
    private let reader: OnlineReader
    private let expected: ExpectedRuns
    private let timeout: Duration?

    /// `ids` are the registry's numbers of the plan's feature views, by name; `runs` those whose rows must be there from the start
    /// (`ExpectedRuns`). `timeout` is for the store's answer.
    package init(
        plan: Plan, ids: [String: ViewLayoutIDs], runs: [RecordedRun] = [], connection: RedisConnection,
        timeout: Duration? = nil
    ) {
        self.plan = plan
        self.ids = ids
        layouts = Dictionary(
            uniqueKeysWithValues: plan.featureViews.compactMap { view in
                ids[view.name].map { (view.name, OnlineViewLayout(project: plan.project, view: view, ids: $0)) }
            }
        )
        reader = OnlineReader(from: connection)
        expected = ExpectedRuns(of: layouts.values, in: plan.project, recorded: runs, on: connection)
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
    /// the store's: also when it has lost the rows of one of the views.
    package func features(
        _ lookup: PreparedLookup, for rows: LookupRows, now: Timestamp
    ) async throws -> LookupResult {
        let keys = try lookup.keys(of: rows)
        var stored = try await reader.rows(lookup.reads, count: rows.count, keys: keys, timeout: timeout)
        try await expected.require(of: lookup.reads, areRowsMissing: stored.lacksRows, timeout: timeout)
        let undecodable = lookup.check(&stored)
        return LookupResult(
            lookup: lookup, now: now, stored: stored, computed: lookup.compute(stored, rows: rows, now: now),
            undecodable: undecodable)
    }

    /// Takes over the newest runs on record.
    package func expect(_ runs: [RecordedRun]) { expected.expect(runs) }

    /// Throws when Redis cannot be asked, or has lost what was materialized.
    package func requireMaterializedRows(timeout: Duration) async throws(RedisError) {
        try await expected.requireAll(timeout: timeout)
    }
}

extension PreparedLookup {
    /// Marks the rows that are of another layout, and those that cannot be read, and tells why.
    fileprivate func check(_ stored: inout StoredRows) -> [String: PackedRowError] {
        var reasons: [String: PackedRowError] = [:]
        for (view, check) in checks.enumerated() {
            let layout = reads.views[view].layout.rowLayout
            for row in 0..<stored.count {
                if stored.isForeign(view: view, row: row) {
                    stored.markUnreadable(view: view, row: row)
                    reasons[selection.joinedViews[view].name] = .notAHash
                    continue
                }
                guard let fault = stored.withRow(view: view, row: row, { check.fault(in: $0, layout: layout) }) ?? nil else {
                    continue
                }
                let reason = resort(to: &stored, view: view, row: row, fault)
                if let reason { reasons[selection.joinedViews[view].name] = reason }
            }
        }
        return reasons
    }

    /// Marks a row that is not of the view's layout, or not sound. Returns why it cannot be read, or not in full.
    private func resort(to stored: inout StoredRows, view: Int, row: Int, _ fault: PackedRowError) -> PackedRowError? {
        let found = stored.withRow(view: view, row: row) { bytes -> (layout: Int, fault: PackedRowError?)? in
            guard bytes.count >= RowHeader.size else { return nil }
            let word = RowHeader.word(of: bytes)
            guard let layout = others[view].firstIndex(where: { $0.row.word == word }) else { return nil }
            let other = others[view][layout]
            return (layout, other.check.fault(in: bytes, layout: other.row))
        }
        guard let (layout, otherFault) = found ?? nil else {
            stored.markUnreadable(view: view, row: row)
            return fault
        }
        if let otherFault {
            stored.markUnreadable(view: view, row: row)
            return otherFault
        }
        stored.markOther(view: view, row: row, layout: layout)
        let other = others[view][layout]
        return other.isWhole ? nil : .lacksFeatures(layout: other.row.id)
    }

    /// The on-demand features: of each, in order, one element for each row.
    fileprivate func compute(_ stored: StoredRows, rows: LookupRows, now: Timestamp) -> [ServedFeature] {
        guard !onDemandInputs.isEmpty else { return [] }
        let count = rows.count
        let request = selection.requestInputs.map { rows.columns[$0.name] ?? [] }
        // Each place is set below.
        var computed = [ServedFeature](repeating: StoredFeature.unreadable, count: onDemandInputs.count * count)
        for row in 0..<count {
            let served = inputs.indices.map { self.served($0, from: stored, row: row, now: now) }
            let values = program.evaluate(served.map(\.value) + request.map { $0[row] })
            for (position, output) in outputs.enumerated() {
                guard case .onDemand(let index) = output else { continue }
                let stored = onDemandInputs[index].filter { $0 < served.count }
                if stored.contains(where: { served[$0].status == .invalid }) { continue }
                let newest = stored.compactMap { served[$0].eventTimestamp }.max()
                computed[index * count + row] = ServedFeature(computed: values[position], eventTimestamp: newest)
            }
        }
        return computed
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
