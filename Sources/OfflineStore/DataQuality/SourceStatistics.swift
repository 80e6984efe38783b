package import FeatureDefs
package import PostgresClient

/// What a source's rows look like, column by column: the evidence for what could be expected of them.
package struct SourceStatistics: Hashable, Sendable {
    package struct Column: Hashable, Sendable {
        package let column: ColumnReference
        package let nulls: Int64
        package let nans: Int64
        /// Of numbers, without NaN and infinities, as Postgres writes them.
        package let least: String?
        package let greatest: String?
        /// Of whole numbers, texts and uuids; NULL is none.
        package let distinct: Int64?
        /// Of a text column with few values: each, how often, the most frequent first.
        package var values: [Value] = []
    }

    package struct Value: Hashable, Sendable {
        package let text: String
        package let count: Int64
    }

    package let source: SourcePlan
    package let rows: Int64
    package let columns: [Column]
    /// The longest time between two neighbouring events.
    package let longestGap: Period?
    package let newest: Timestamp?
}

/// Reads `SourceStatistics`: one pass over the rows for counts and extremes, then one for each column whose values are counted.
package struct SourceStatisticsReader: Sendable {
    private let connection: PostgresConnection

    package init(connection: PostgresConnection) {
        self.connection = connection
    }

    /// - Parameter valueLimit: of a text column with more values, none is read.
    package func read(_ source: SourcePlan, columns: [ColumnReference], valueLimit: Int) async throws -> SourceStatistics {
        try await connection.transaction(isolation: .repeatableRead, readOnly: true) {
            let rows = try CheckedRows(of: source, since: nil)
            guard let row = try await connection.execute(try Self.counts(columns, rows).text).rows.first else {
                throw PostgresError(.protocolMismatch, "a count came back without a row")
            }
            var cells = row[...]
            let next = { (cells: inout ArraySlice<String?>) in cells.popFirst() ?? nil }
            let count = next(&cells).flatMap { Int64($0) } ?? 0
            var found: [SourceStatistics.Column] = []
            for column in columns {
                var statistics = SourceStatistics.Column(
                    column: column, nulls: next(&cells).flatMap { Int64($0) } ?? 0,
                    nans: next(&cells).flatMap { Int64($0) } ?? 0, least: next(&cells), greatest: next(&cells),
                    distinct: next(&cells).flatMap { Int64($0) })
                if column.storage.featureType == .string, let distinct = statistics.distinct, distinct <= valueLimit {
                    let values = try await connection.execute(try Self.values(of: column, rows).text).rows
                    statistics.values = values.map { .init(text: $0[0] ?? "", count: $0[1].flatMap { Int64($0) } ?? 0) }
                }
                found.append(statistics)
            }
            let times = try await connection.execute(try Self.times(source, rows).text).rows.first ?? []
            let (gap, newest) = (
                times.first.flatMap { $0.flatMap { Int64($0) } }, times.last.flatMap { $0.flatMap { Int64($0) } }
            )
            return SourceStatistics(
                source: source, rows: count, columns: found, longestGap: gap.map { Period(microseconds: $0) },
                newest: newest.map { Timestamp(microseconds: $0) })
        }
    }

    private static func counts(_ columns: [ColumnReference], _ rows: CheckedRows) throws(PostgresError) -> SQLFragment {
        var selected: [SQLFragment] = ["count(*)"]
        for column in columns {
            let stored = try rows.rows.stored(column)
            selected.append("count(*) - count(\(stored))")
            switch column.storage {
            case .float4, .float8, .numeric:
                selected.append("count(*) FILTER (WHERE \(stored) = 'NaN')")
                let isFinite: SQLFragment = "\(stored) NOT IN ('NaN', 'Infinity', '-Infinity')"
                selected += ["min(\(stored)) FILTER (WHERE \(isFinite))", "max(\(stored)) FILTER (WHERE \(isFinite))", "NULL"]
            case .int2, .int4, .int8:
                selected += ["0", "min(\(stored))", "max(\(stored))", try distinct(column, rows)]
            case .text, .varchar, .bpchar, .uuid: selected += ["0", "NULL", "NULL", try distinct(column, rows)]
            case .bool, .timestamptz, .timestamp, .date, .bytea, .array: selected += ["0", "NULL", "NULL", "NULL"]
            }
        }
        return "SELECT \(selected.joined(separator: ",\n    "))\(try rows.clauses())"
    }

    private static func distinct(_ column: ColumnReference, _ rows: CheckedRows) throws(PostgresError) -> SQLFragment {
        let stored = try rows.rows.stored(column)
        return """
            (SELECT count(*) FROM (SELECT 1\(try rows.clauses(["\(stored) IS NOT NULL"])) GROUP BY \(stored)) AS each)
            """
    }

    private static func values(of column: ColumnReference, _ rows: CheckedRows) throws(PostgresError) -> SQLFragment {
        let value = try column.expression(of: rows.rows.alias)
        return """
            SELECT \(value), count(*)\(try rows.clauses(["\(try rows.rows.stored(column)) IS NOT NULL"]))
            GROUP BY 1 ORDER BY 2 DESC, 1
            """
    }

    private static func times(_ source: SourcePlan, _ rows: CheckedRows) throws(PostgresError) -> SQLFragment {
        let event = try rows.rows.event()
        return """
            SELECT (max(gap) * 1000000)::int8, (extract(epoch FROM max(event)) * 1000000)::int8
            FROM (
                SELECT event, extract(epoch FROM event - lag(event) OVER (ORDER BY event)) AS gap
                FROM (SELECT DISTINCT \(event) AS event\(try rows.clauses(["isfinite(\(event))"]))) AS events
            ) AS gaps
            """
    }
}
