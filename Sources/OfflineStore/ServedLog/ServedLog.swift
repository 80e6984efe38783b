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
    let connection: PostgresConnection
    let project: String

    package init(connection: PostgresConnection, project: String) {
        self.connection = connection
        self.project = project
    }

    /// What has been served since an instant (inclusive), of one service or of all.
    package func slices(since: Timestamp, service: String?) async throws -> [ServedLogSlice] {
        try await ServedLogSchema.complete(on: connection)
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

    /// The newest row of a slice that some join keys have and that was served by an instant (inclusive).
    ///
    /// - Parameter keys: places among the service's join keys, from 0, with their values.
    package func newest(
        _ slice: ServedLogSlice, keys: [(place: Int, value: FeatureValue)], by instant: Timestamp
    ) async throws -> Int64? {
        var conditions = ["project = $1", "service = $2", "plan_fingerprint = $3", "served_at <= $4"]
        var parameters: [PostgresParameter] = [
            .text(project), .text(slice.service), .text(slice.planFingerprint),
            .timestamptz(microseconds: instant.microseconds),
        ]
        for (place, value) in keys {
            parameters.append(value.postgresText.map { .text($0) } ?? .null)
            conditions.append("join_keys[\(place + 1)] = $\(parameters.count)::text")
        }
        return try await connection.execute(
            """
            SELECT served_id FROM asof.served_rows WHERE \(conditions.joined(separator: " AND "))
            ORDER BY served_at DESC, served_id DESC LIMIT 1
            """,
            parameters
        ).firstCell.flatMap { Int64($0) }
    }

    /// The rows that were chosen for the log since an instant (inclusive) and are not in it, by service, cause and host.
    package func losses(since: Timestamp, service: String?) async throws -> [ServedLogLoss] {
        try await ServedLogSchema.complete(on: connection)
        let rows = try await connection.execute(
            """
            SELECT service, cause, host, sum(rows)::int8, (extract(epoch FROM min(first_at)) * 1000000)::int8,
                (extract(epoch FROM max(last_at)) * 1000000)::int8
            FROM asof.served_log_losses
            WHERE project = $1 AND last_at >= $2 AND ($3::text IS NULL OR service = $3)
            GROUP BY service, cause, host ORDER BY service, cause, host
            """,
            [.text(project), .timestamptz(microseconds: since.microseconds), service.map { .text($0) } ?? .null]
        ).rows
        return rows.compactMap { row in
            guard let service = row[0], let cause = row[1].flatMap(ServedLogLoss.Cause.init(rawValue:)), let host = row[2],
                let count = row[3].flatMap({ Int($0) }), let first = row[4].flatMap({ Int64($0) }),
                let last = row[5].flatMap({ Int64($0) })
            else { return nil }
            return ServedLogLoss(
                service: service, cause: cause, host: host, rows: count, first: Timestamp(microseconds: first),
                last: Timestamp(microseconds: last))
        }
    }
}
