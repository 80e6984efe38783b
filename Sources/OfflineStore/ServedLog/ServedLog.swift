package import FeatureDefs
package import PostgresClient

/// A stretch of the served log whose rows have one meaning: one service under one plan.
package struct ServedLogSlice: Hashable, Sendable, Codable {
    package let service: String
    package let planFingerprint: String
    package let rows: Int
    /// Of its first row.
    package let first: Int64
}

/// Reads `asof.served_rows`.
package struct ServedLog: Sendable {
    let connection: PostgresConnection
    let project: String

    package init(connection: PostgresConnection, project: String) {
        self.connection = connection
        self.project = project
    }

    package func complete() async throws { try await ServedLogSchema.complete(on: connection) }

    /// What is in a range of the log, of one service or of all.
    package func slices(_ range: ServedLogRange, service: String?) async throws -> [ServedLogSlice] {
        try await ServedLogSchema.complete(on: connection)
        let condition = range.condition(firstParameter: 3)
        let rows = try await connection.execute(
            """
            SELECT service, plan_fingerprint, count(*), min(served_id) FROM asof.served_rows
            WHERE project = $1 AND ($2::text IS NULL OR service = $2) AND \(condition.sql)
            GROUP BY service, plan_fingerprint ORDER BY service, min(served_id)
            """,
            [.text(project), service.map { .text($0) } ?? .null] + condition.parameters
        ).rows
        return rows.compactMap { row in
            guard let service = row[0], let fingerprint = row[1], let count = row[2].flatMap({ Int($0) }),
                let first = row[3].flatMap({ Int64($0) })
            else { return nil }
            return ServedLogSlice(service: service, planFingerprint: fingerprint, rows: count, first: first)
        }
    }

    /// The services that have ever been logged, one index probe for each, or that lost what was to be.
    package func services() async throws -> [String] {
        try await ServedLogSchema.complete(on: connection)
        let logged = try await connection.execute(
            """
            WITH RECURSIVE services AS (
                SELECT min(service) AS service FROM asof.served_rows WHERE project = $1
                UNION ALL
                SELECT (SELECT min(service) FROM asof.served_rows WHERE project = $1 AND service > services.service)
                FROM services WHERE services.service IS NOT NULL
            )
            SELECT service FROM services WHERE service IS NOT NULL
            UNION SELECT service FROM asof.served_log_losses WHERE project = $1
            """,
            [.text(project)]
        ).rows
        return logged.compactMap { $0[0] }.sorted()
    }

    /// What is committed now.
    package func state() async throws -> ServedLogState {
        try await ServedLogSchema.complete(on: connection)
        let row = try await connection.execute(
            """
            SELECT pg_current_snapshot()::text, concat(d.oid, '.', 'asof.served_rows'::regclass::oid),
                (extract(epoch FROM clock_timestamp()) * 1000000)::int8
            FROM pg_catalog.pg_database AS d WHERE datname = current_database()
            """
        ).rows.first
        guard let row, let snapshot = row[0], let table = row[1], let at = row[2].flatMap({ Int64($0) }) else {
            throw PostgresError(.protocolMismatch, "Postgres does not tell its snapshot")
        }
        return ServedLogState(snapshot: snapshot, table: table, at: Timestamp(microseconds: at))
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

    /// The rows that were chosen for the log and are not in it, by service, cause and host: of those lost since an instant (inclusive),
    /// or entered in the range.
    package func losses(_ range: ServedLogRange, service: String?) async throws -> [ServedLogLoss] {
        try await ServedLogSchema.complete(on: connection)
        let condition = range.condition(firstParameter: 3)
        let rows = try await connection.execute(
            """
            SELECT service, cause, host, sum(rows)::int8, (extract(epoch FROM min(first_at)) * 1000000)::int8,
                (extract(epoch FROM max(last_at)) * 1000000)::int8
            FROM (SELECT *, last_at AS served_at FROM asof.served_log_losses) AS losses
            WHERE project = $1 AND ($2::text IS NULL OR service = $2) AND \(condition.sql)
            GROUP BY service, cause, host ORDER BY service, cause, host
            """,
            [.text(project), service.map { .text($0) } ?? .null] + condition.parameters
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
