import FeatureDefs
import PostgresClient

/// Which rows of a source are held to its expectations, as SQL over its alias `r`.
struct CheckedRows {
    let rows: SourceRows
    /// The rows that there are to be compared with, such as for uniqueness; empty: all.
    let all: [SQLFragment]
    /// The condition on a row among them to be judged itself.
    let judged: SQLFragment
    /// Whether the judged ones are few and quickly found, so that only what equals them need be compared with them.
    let areFew: Bool

    /// Every row, or those that became available from `since` on.
    init(of source: SourcePlan, since: Timestamp?) throws(PostgresError) {
        rows = try SourceRows(view: source.rowsView, knowledge: .asServed)
        all = []
        areFew = false
        guard let since else {
            judged = "true"
            return
        }
        judged = "\(try rows.recorded().operand(above: .comparison)) >= \(SQLLiteral(since))"
    }

    /// The rows that a run at a cut takes in: those visible at the cut which the run it starts from did not see. Rows without an
    /// event timestamp are among them, though no run will ever see them: that they are there is what an expectation may be about.
    init(of source: SourcePlan, cut: Timestamp, scope: MaterializationScope) throws(PostgresError) {
        rows = try SourceRows(view: source.rowsView, knowledge: .asServed)
        areFew = false
        let event = try rows.stored(source.eventTimestamp)
        let visible = { (rows: SourceRows, cut: Timestamp) throws(PostgresError) -> SQLFragment in
            try rows.visible(keys: [], cut: "\(SQLLiteral(cut))", after: nil).joined(separator: " AND ")
        }
        all = ["(\(try visible(rows, cut)) OR \(event) IS NULL)"]
        switch scope {
        case .everyEntity, .entities: judged = "true"
        case .changed(let base):
            judged = """
                (\(RowVersions.areNew(rows.alias, since: base.state)) OR NOT coalesce(\(try visible(rows, base.cut)), true))
                """
        }
    }

    /// The rows that stand at some places of the source's table, such as those that this transaction has inserted.
    init(of source: SourcePlan, at places: [RowPlace]) throws(PostgresError) {
        rows = try SourceRows(view: source.rowsView, knowledge: .asServed)
        all = []
        areFew = true
        judged = RowPlace.condition(places, on: rows.alias)
    }

    var judgedConditions: [SQLFragment] { all + (judged == "true" ? [] : [judged]) }

    /// `FROM ... WHERE ...`, the rows that are judged themselves and meet more conditions.
    func clauses(_ more: [SQLFragment] = []) throws(PostgresError) -> SQLFragment {
        Self.scan(try rows.relation(), judgedConditions + more)
    }

    /// `FROM ... WHERE ...`, all rows that meet the conditions, judged or not.
    func allClauses(_ more: [SQLFragment]) throws(PostgresError) -> SQLFragment {
        Self.scan(try rows.relation(), all + more)
    }

    private static func scan(_ relation: SQLFragment, _ conditions: [SQLFragment]) -> SQLFragment {
        let place: SQLFragment = "\nFROM \(relation)"
        return conditions.isEmpty ? place : place + "\nWHERE \(conditions.joined(separator: "\n  AND "))"
    }
}

extension SourcePlan {
    /// A view of the source's rows and nothing else, for what is asked of rows whoever reads them.
    fileprivate var rowsView: FeatureViewPlan {
        FeatureViewPlan(
            name: name, entities: [], joinKeys: [], joinKeyColumns: [], source: self, filter: nil, schedule: nil, ttl: nil,
            features: [], notes: DefinitionNotes())
    }
}
