package import FeatureDefs
package import PostgresClient

/// Holds the rows of a source to what its definition declares of them.
package struct SourceChecker: Sendable {
    private let connection: PostgresConnection

    package init(connection: PostgresConnection) {
        self.connection = connection
    }

    /// Judges every row, or those that became available from `since` on, in one snapshot.
    ///
    /// - Parameter identifying: columns by which examples name rows; the unique ones, where those are declared.
    package func check(
        _ expectations: SourceExpectations, since: Timestamp? = nil, now: Timestamp, identifying: [ColumnReference] = []
    ) async throws -> SourceCheckReport {
        try await connection.transaction(isolation: .repeatableRead, readOnly: true) {
            let rows = try CheckedRows(of: expectations.source, since: since)
            return try await judge(expectations, rows, since: since, now: now, identifying: identifying)
        }
    }

    /// Throws `BatchHeldBack` when rows that a run would take in break an expectation. Within the run's own transaction, so that
    /// the rows judged are those computed from.
    func hold(
        _ expectations: SourceExpectations, from view: FeatureViewPlan, cut: Timestamp, scope: MaterializationScope
    ) async throws {
        let rows = try CheckedRows(of: expectations.source, cut: cut, scope: scope)
        let report = try await judge(expectations, rows, since: nil, now: cut, identifying: view.joinKeyColumns)
        guard report.outcome == .fail else { return }
        throw BatchHeldBack(view: view.name, report: report)
    }

    /// Judges the rows at some places of the source's table. Within the transaction that has inserted them.
    ///
    /// - Parameter identifying: columns by which examples name rows, where no unique ones are declared.
    func check(
        _ expectations: SourceExpectations, at places: [RowPlace], now: Timestamp, identifying: [ColumnReference]
    ) async throws -> SourceCheckReport {
        try await judge(
            expectations, try CheckedRows(of: expectations.source, at: places), since: nil, now: now, identifying: identifying)
    }

    private func judge(
        _ expectations: SourceExpectations, _ rows: CheckedRows, since: Timestamp?, now: Timestamp,
        identifying: [ColumnReference]
    ) async throws -> SourceCheckReport {
        let sql = SourceCheckSQL(expectations: expectations, rows: rows, now: now)
        guard let row = try await connection.execute(try sql.counts().text).rows.first else {
            throw PostgresError(.protocolMismatch, "a count came back without a row")
        }
        var cells = row.map { $0.flatMap { Int64($0) } }[...]
        let (count, newest, duplicates) = (cells.popFirst() ?? nil, cells.popFirst() ?? nil, cells.popFirst() ?? nil)
        let breaches = expectations.columns.map { column in
            Dictionary(uniqueKeysWithValues: column.countedBreaches.map { ($0, (cells.popFirst() ?? nil) ?? 0) })
        }
        let counts = SourceCheckCounts(
            rows: count ?? 0, newest: newest.map { Timestamp(microseconds: $0) }, duplicates: duplicates, breaches: breaches)
        var report = SourceCheckReport(
            source: expectations.source.name, since: since, checkedAt: now, rows: counts.rows,
            checks: counts.checks(expectations, now: now))
        for index in report.checks.indices where report.checks[index].outcome == .fail {
            report.checks[index].examples = try await examples(of: report.checks[index], sql, identifying: identifying)
        }
        return report
    }

    private func examples(
        of check: SourceCheckReport.Check, _ sql: SourceCheckSQL, identifying: [ColumnReference]
    ) async throws -> [String] {
        let breach: ColumnBreach
        switch check.kind {
        case .type, .freshness: return []
        case .uniqueness:
            return try await connection.execute(try sql.duplicateExamples().text).rows.map { row in
                let names = zip(sql.expectations.unique, row.dropFirst()).map { "\($0.name) \($1 ?? "NULL")" }
                return "\(names.joined(separator: ", ")): \(row[0] ?? "") rows"
            }
        case .nulls: breach = .null
        case .nans: breach = .nan
        case .range: breach = .range
        case .domain: breach = .domain
        }
        guard let column = sql.expectations.columns.first(where: { $0.column.name == check.column }) else { return [] }
        let unique = sql.expectations.unique
        let event = sql.expectations.source.eventTimestamp.name
        let naming = (unique.isEmpty ? identifying : unique).filter { ![column.column.name, event].contains($0.name) }
        return try await connection.execute(try sql.examples(of: breach, column, identifying: naming).text).rows.map { row in
            let names = zip(naming, row.dropFirst(2)).map { "\($0.name) \($1 ?? "NULL")" } + ["\(event) \(row[0] ?? "NULL")"]
            return "\(names.joined(separator: ", ")): \(row[1] ?? "NULL")"
        }
    }
}

/// A run that would have taken in rows which break what their source is held to: it did nothing.
package struct BatchHeldBack: Error, Hashable, Sendable, CustomStringConvertible {
    package let view: String
    package let report: SourceCheckReport

    package var description: String {
        "`\(view)` was held back and nothing of it was written: rows of `\(report.source)` that it would take in break "
            + "what is expected of them: \(report.brokenText). Mend the rows, or what `expect` says"
    }
}
