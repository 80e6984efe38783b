import FeatureDefs
import PostgresClient

/// The condition on a source row that makes its entity's value at a new cut differ, perhaps, from that at an older one.
///
/// A value changes only when a row becomes visible, leaves a window, or is new in the table (whatever times it claims). `ttl`
/// changes nothing: it is judged at each lookup.
struct ChangedRows {
    let view: FeatureViewPlan
    let rows: SourceRows
    let base: MaterializationBase
    let cut: Timestamp

    /// `(became visible) OR (left a window) OR (is new)`
    func condition() throws(PostgresError) -> SQLFragment {
        var causes = [try isNew()]
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

    /// Row versions of transactions that the base's run did not see for sure: their numbers, modulo 2^32, are in the span from the
    /// oldest that was open then. Subtransactions have numbers of their own above their parent's, so they are in it too.
    private func isNew() throws(PostgresError) -> SQLFragment {
        let modulus: Int64 = 1 << 32
        let oldest = base.state.oldestOpenTransaction % modulus
        return """
            (\(rows.alias).xmin::text::int8 + \(SQLLiteral(.int64(modulus - oldest), type: .int64))) % \
            \(SQLLiteral(.int64(modulus), type: .int64)) < \(SQLLiteral(.int64(1 << 31), type: .int64))
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
