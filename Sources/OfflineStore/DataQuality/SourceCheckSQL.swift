import FeatureDefs
import PostgresClient

/// Compiles a source's expectations to one statement, which counts what breaks each of them.
///
/// ```sql
/// SELECT count(*), max(r.at) ..., count(*) FILTER (WHERE r.amount < 0), (SELECT ... GROUP BY r.id HAVING count(*) > 1)
/// FROM transactions AS r
/// ```
struct SourceCheckSQL {
    static let exampleLimit = 3
    private static let exampleBytes = 60

    let expectations: SourceExpectations
    let rows: CheckedRows
    /// Until when an event may have happened to count as news.
    let now: Timestamp

    private var source: SourcePlan { expectations.source }

    /// One row: how many rows are judged; the newest visible event in microseconds; rows that are not the first of theirs; then,
    /// for each column, its breaches as `countedBreaches` has them.
    func counts() throws(PostgresError) -> SQLFragment {
        var columns: [SQLFragment] = ["count(*)", try newest(), try duplicates()]
        for column in expectations.columns {
            for breach in column.countedBreaches {
                columns.append("count(*) FILTER (WHERE \(try column.condition(breach, of: rows.rows.alias)))")
            }
        }
        return "SELECT \(columns.joined(separator: ",\n    "))\(try rows.clauses())"
    }

    private func newest() throws(PostgresError) -> SQLFragment {
        guard expectations.freshness != nil else { return "NULL" }
        let event = try rows.rows.event()
        var visible = try rows.rows.visible(keys: [], cut: "\(SQLLiteral(now))", after: nil)
        visible.append("isfinite(\(event))")
        // Whichever rows are judged: news does not get old by being known for long.
        return """
            (SELECT (extract(epoch FROM max(\(event))) * 1000000)::int8\(try rows.allClauses(visible)))
            """
    }

    private func duplicates() throws(PostgresError) -> SQLFragment {
        guard !expectations.unique.isEmpty else { return "NULL" }
        return """
            (SELECT coalesce(sum(least(judged, rows - 1)), 0)::int8
            FROM (
                SELECT count(*) AS rows, count(*) FILTER (WHERE \(rows.judged)) AS judged\
            \(try rows.allClauses(try hasKeys() + equalsJudged()))
            GROUP BY \(try keys().joined())
            HAVING count(*) > 1
            ) AS equal_rows)
            """
    }

    /// Of few rows, those that equal them can be found by an index.
    private func equalsJudged() throws(PostgresError) -> [SQLFragment] {
        guard rows.areFew else { return [] }
        let keys = try keys().joined()
        return ["(\(keys)) IN (SELECT \(keys)\(try rows.clauses()))"]
    }

    private func keys() throws(PostgresError) -> [SQLFragment] {
        var keys: [SQLFragment] = []
        for column in expectations.unique { keys.append(try value(of: column)) }
        return keys
    }

    private func hasKeys() throws(PostgresError) -> [SQLFragment] {
        var known: [SQLFragment] = []
        for column in expectations.unique { known.append("\(try rows.rows.stored(column)) IS NOT NULL") }
        return known
    }

    private func value(of column: ColumnReference) throws(PostgresError) -> SQLFragment {
        column.storage == .numeric ? try rows.rows.stored(column) : "\(try column.expression(of: rows.rows.alias))"
    }

    /// A few rows that break an expectation of a column, the oldest first: what identifies them, their event, the value.
    ///
    /// - Parameter identifying: columns that tell the source's rows apart.
    func examples(
        of breach: ColumnBreach, _ column: ColumnExpectation, identifying: [ColumnReference]
    ) throws(PostgresError) -> SQLFragment {
        let event = try value(of: source.eventTimestamp)
        var selected = ["(\(event))::text" as SQLFragment, try shortText(column.column)]
        for column in identifying { selected.append(try shortText(column)) }
        let places = (1...selected.count).map { SQLFragment(number: $0) }.joined()
        return """
            SELECT \(selected.joined())\(try rows.clauses([try column.condition(breach, of: rows.rows.alias)]))
            ORDER BY \(event) NULLS FIRST, \(places)
            LIMIT \(SQLFragment(number: Self.exampleLimit))
            """
    }

    /// A few values of the columns that should be unique, and how many rows have them.
    func duplicateExamples() throws(PostgresError) -> SQLFragment {
        var selected: [SQLFragment] = ["count(*)"]
        for column in expectations.unique {
            selected.append("left(min((\(try value(of: column)))::text), \(SQLFragment(number: Self.exampleBytes)))")
        }
        let places = (1...selected.count).map { SQLFragment(number: $0) }
        return """
            SELECT \(selected.joined())\(try rows.allClauses(try hasKeys() + equalsJudged()))
            GROUP BY \(try keys().joined())
            HAVING count(*) > 1 AND bool_or(\(rows.judged))
            ORDER BY 1 DESC, \(places.dropFirst().joined())
            LIMIT \(SQLFragment(number: Self.exampleLimit))
            """
    }

    private func shortText(_ column: ColumnReference) throws(PostgresError) -> SQLFragment {
        "left((\(try rows.rows.stored(column)))::text, \(SQLFragment(number: Self.exampleBytes)))"
    }
}
