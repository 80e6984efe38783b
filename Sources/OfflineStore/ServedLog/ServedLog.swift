package import FeatureDefs
package import PostgresClient

/// A stretch of the served log whose rows have one meaning: one service under one plan.
package struct ServedLogSlice: Hashable, Sendable {
    package let service: String
    package let planFingerprint: String
    package let rows: Int
}

/// Reads `asof.served_rows`.
package struct ServedLog: Sendable {
    private let connection: PostgresConnection
    private let project: String

    package init(connection: PostgresConnection, project: String) {
        self.connection = connection
        self.project = project
    }

    /// What has been served since an instant (inclusive), of one service or of all.
    package func slices(since: Timestamp, service: String?) async throws -> [ServedLogSlice] {
        let rows = try await connection.execute(
            """
            SELECT service, plan_fingerprint, count(*) FROM asof.served_rows
            WHERE project = $1 AND served_at >= $2 AND ($3::text IS NULL OR service = $3)
            GROUP BY service, plan_fingerprint ORDER BY service, min(served_id)
            """,
            [.text(project), .timestamptz(microseconds: since.microseconds), service.map { .text($0) } ?? .null]
        ).rows
        return rows.compactMap { row in
            guard let service = row[0], let fingerprint = row[1], let count = row[2].flatMap({ Int($0) }) else { return nil }
            return ServedLogSlice(service: service, planFingerprint: fingerprint, rows: count)
        }
    }
}
