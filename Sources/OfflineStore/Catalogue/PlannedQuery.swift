import FeatureDefs
import Foundation
import PostgresClient

/// What Postgres' planner expects of a query, which is not run: as good as the last ANALYZE.
struct PlannedQuery: Decodable, Hashable, Sendable {
    let rows: Double
    /// Bytes of a row.
    let width: Double

    static func read(_ query: SQLFragment, on connection: PostgresConnection) async throws -> PlannedQuery {
        let json = try await connection.execute("EXPLAIN (FORMAT JSON) \(query.text)").firstCell ?? "[]"
        let explained = try JSONDecoder().decode([Explained].self, from: Data(json.utf8))
        return explained.first?.plan ?? PlannedQuery(rows: 0, width: 0)
    }

    private struct Explained: Decodable {
        let plan: PlannedQuery

        private enum CodingKeys: String, CodingKey { case plan = "Plan" }
    }

    private enum CodingKeys: String, CodingKey {
        case rows = "Plan Rows"
        case width = "Plan Width"
    }
}

/// The ends of a column's histogram: about its least and greatest value.
enum ColumnBounds {
    /// nil without statistics, such as before the first ANALYZE, and for a view.
    static func instants(
        of column: String, in table: SQLFragment, on connection: PostgresConnection
    ) async throws -> ClosedRange<Timestamp>? {
        let cells = try await connection.execute(
            """
            SELECT bounds[1], bounds[cardinality(bounds)] FROM (
                SELECT histogram_bounds::text::text[] AS bounds FROM pg_catalog.pg_stats AS s
                JOIN pg_catalog.pg_class AS c ON c.oid = to_regclass($1) AND c.relname = s.tablename
                JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = s.schemaname
                WHERE s.attname = $2
            ) AS statistics WHERE bounds IS NOT NULL
            """,
            [.text(table.text), .text(column)]
        ).rows.first
        guard let cells, let first = cells[0].flatMap({ Timestamp($0) }), let last = cells[1].flatMap({ Timestamp($0) }),
            first.isFinite, last.isFinite, first <= last
        else { return nil }
        return first...last
    }
}
