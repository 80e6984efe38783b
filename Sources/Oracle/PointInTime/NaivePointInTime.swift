package import Evaluation
package import FeatureDefs

/// The value of a feature view's features as of an instant, as DESIGN §2 says it: loops over rows, no SQL, no index, no
/// thought of speed. What every other way of computing it is compared with.
package struct NaivePointInTime: Sendable {
    private let view: FeatureViewPlan
    private let rows: [NaiveRow]
    private let viewFilter: NaiveExpression?
    private let computations: [Computation]

    private enum Computation: Sendable {
        case latest(NaiveExpression, filter: NaiveExpression?)
        case window(AggregateFunction, NaiveExpression?, type: FeatureType?, length: Period, filter: NaiveExpression?)
    }

    package init(_ view: FeatureViewPlan, rows: [NaiveRow]) {
        self.view = view
        self.rows = rows
        viewFilter = view.filter.map(NaiveExpression.init)
        computations = view.features.map { feature in
            switch feature.computation {
            case .latest(let expression, let filter):
                .latest(NaiveExpression(expression), filter: filter.map(NaiveExpression.init))
            case .window(let function, let argument, let length, let filter):
                .window(
                    function, argument.map(NaiveExpression.init), type: argument?.type, length: length,
                    filter: filter.map(NaiveExpression.init))
            }
        }
    }

    /// The view's features, in its order, for one spine row.
    ///
    /// - Parameters:
    ///   - keys: one value for each of the view's join keys; a NULL matches no row.
    ///   - t: the spine row's time; nil, which is NULL, is before every row.
    package func features(
        keys: [FeatureValue], at t: Timestamp?, knowledge: KnowledgeMode
    ) throws(EvaluationError) -> [NaiveFeature] {
        guard let t else { return withDefaults(view.features.map { NaiveFeature(value: Self.valueWithoutRows($0)) }) }
        let cut = view.cut(at: t, knowledge: knowledge)
        var visible: [SeenRow] = []
        for row in rows where hasKeys(row, keys) {
            guard let seen = seen(row, knowledge) else { continue }
            guard seen.event <= cut, seen.available <= cut else { continue }
            if let viewFilter, try !viewFilter.holds(on: row) { continue }
            visible.append(seen)
        }
        var features: [NaiveFeature] = []
        for computation in computations {
            switch computation {
            case .latest(let expression, let filter):
                features.append(try latest(expression, filter: filter, of: visible, at: t))
            case .window(let function, let argument, let type, let length, let filter):
                let inWindow = visible.filter { $0.event > cut - length }
                features.append(try aggregate(function, argument, type, filter: filter, of: inWindow))
            }
        }
        return withDefaults(features)
    }

    private static func valueWithoutRows(_ feature: FeaturePlan) -> FeatureValue {
        switch feature.computation {
        case .latest: .null
        case .window(let function, _, _, _): function.valueWhenNoRows
        }
    }

    /// A default stands in for NULL, whatever made it NULL.
    private func withDefaults(_ features: [NaiveFeature]) -> [NaiveFeature] {
        zip(view.features, features).map { plan, feature in
            var feature = feature
            feature.isMissing = feature.value.isNull
            if feature.isMissing, let value = plan.defaultValue { feature.value = value }
            return feature
        }
    }

    /// A row with its two times.
    private struct SeenRow {
        let row: NaiveRow
        let event: Timestamp
        let available: Timestamp
    }

    private func hasKeys(_ row: NaiveRow, _ keys: [FeatureValue]) -> Bool {
        for (column, key) in zip(view.joinKeyColumns, keys) {
            let value = row[column.name] ?? .null
            if value.isNull || key.isNull || value != key { return false }
        }
        return true
    }

    /// nil for a row without an event timestamp, which is never visible.
    private func seen(_ row: NaiveRow, _ knowledge: KnowledgeMode) -> SeenRow? {
        guard case .timestamp(let event)? = row[view.source.eventTimestamp.name] else { return nil }
        if knowledge == .clean { return SeenRow(row: row, event: event, available: event) }
        if let column = view.source.createdTimestamp, case .timestamp(let created)? = row[column.name] {
            return SeenRow(row: row, event: event, available: created)
        }
        return SeenRow(row: row, event: event, available: event + view.source.delay)
    }

    private func latest(
        _ expression: NaiveExpression, filter: NaiveExpression?, of visible: [SeenRow], at t: Timestamp
    ) throws(EvaluationError) -> NaiveFeature {
        var best: SeenRow?
        for candidate in visible {
            if let filter, try !filter.holds(on: candidate.row) { continue }
            if let current = best, !isLater(candidate, than: current) { continue }
            best = candidate
        }
        guard let best else { return NaiveFeature(value: .null) }
        var feature = NaiveFeature(value: .null)
        feature.eventTimestamp = best.event
        if let ttl = view.ttl, best.event < t - ttl {
            feature.isBeyondTTL = true
        } else {
            feature.value = try expression.value(on: best.row)
        }
        return feature
    }

    private func isLater(_ lhs: SeenRow, than rhs: SeenRow) -> Bool {
        if lhs.event != rhs.event { return lhs.event > rhs.event }
        if lhs.available != rhs.available { return lhs.available > rhs.available }
        for column in view.tieBreakColumns {
            let left = lhs.row[column.name] ?? .null
            let right = rhs.row[column.name] ?? .null
            if left == right { continue }
            if left.isNull { return false }
            if right.isNull { return true }
            return FeatureValueOrder.compare(left, right) == .descending
        }
        return false
    }

    private func aggregate(
        _ function: AggregateFunction, _ argument: NaiveExpression?, _ type: FeatureType?, filter: NaiveExpression?,
        of inWindow: [SeenRow]
    ) throws(EvaluationError) -> NaiveFeature {
        var accumulator = AggregateAccumulator(function, argument: type)
        var magnitudes = 0.0
        var count = 0.0
        // The order shows in `first` and `last_n` only.
        for candidate in inWindow.sorted(by: { isLater($1, than: $0) }) {
            if let filter, try !filter.holds(on: candidate.row) { continue }
            guard let argument else {
                accumulator.addRow()
                continue
            }
            let value = try argument.value(on: candidate.row)
            try accumulator.add(value)
            switch value {
            case .float64(let number): (magnitudes, count) = (magnitudes + number.magnitude, count + 1)
            case .float32(let number): (magnitudes, count) = (magnitudes + Double(number.magnitude), count + 1)
            case .null, .int64, .string, .bool, .timestamp, .bytes, .uuid, .list, .vector: break
            }
        }
        var feature = NaiveFeature(value: try accumulator.result())
        switch function {
        case .sum where count > 0: feature.tolerance = 1e-12 * magnitudes
        case .mean where count > 0: feature.tolerance = 1e-12 * magnitudes / count
        case .variance, .stddev:
            // A sum of squares is its own sum of magnitudes.
            if case .float64(let exact) = feature.value { feature.tolerance = 1e-12 * exact }
        case .count, .distinctCount, .sum, .mean, .min, .max, .first, .lastN: break
        }
        return feature
    }
}
