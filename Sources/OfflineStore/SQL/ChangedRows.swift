import FeatureDefs
import PostgresClient

/// The condition on a source row that makes its entity's value at a new cut differ, perhaps, from that at an older one.
///
/// A value changes only when a row becomes visible, leaves a window, is new in the table (whatever times it claims), or is gone from
/// it. `ttl` changes nothing: it is judged at each lookup.
struct ChangedRows {
    let view: FeatureViewPlan
    let rows: SourceRows
    let base: MaterializationBase
    let cut: Timestamp
    let losses: LostBuckets?

    /// `(became visible) OR (left a window) OR (is new) OR (an entity of its bucket lost a row)`
    func condition() throws(PostgresError) -> SQLFragment {
        var causes = [RowVersions.areNew(rows.alias, since: base.state)]
        if let losses {
            let buckets = losses.indices.sorted().map { SQLFragment(number: $0) }.joined(separator: ", ")
            causes.append("\(try SourceRowCountsSQL(rows: rows).bucket(among: losses.among)) IN (\(buckets))")
        }
        if base.cut < cut {
            causes.append("(\(try isVisible(at: cut)) AND NOT (\(try isVisible(at: base.cut))))")
            for window in Set(view.windowFeatures.compactMap(\.windowLength)).sorted() { causes.append(try left(window)) }
        }
        return "(\(causes.joined(separator: "\n       OR ")))"
    }

    private func isVisible(at cut: Timestamp) throws(PostgresError) -> SQLFragment {
        try rows.visible(keys: [], cut: "\(SQLLiteral(cut))", after: nil).joined(separator: " AND ")
    }

    /// `r.event > base - W AND r.event <= cut - W`
    private func left(_ window: Period) throws(PostgresError) -> SQLFragment {
        let event = try rows.event()
        return """
            (\(event.operand(above: .comparison)) > \(SQLLiteral(base.cut - window)) \
            AND \(event.operand(above: .comparison)) <= \(SQLLiteral(cut - window)))
            """
    }
}

extension FeaturePlan {
    /// nil for `latest`.
    fileprivate var windowLength: Period? {
        switch computation {
        case .latest: nil
        case .window(_, _, let length, _): length
        }
    }
}
