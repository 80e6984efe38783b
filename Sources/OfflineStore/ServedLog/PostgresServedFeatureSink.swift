package import FeatureDefs
import Foundation
package import PostgresClient

/// Stores served rows in `asof.served_rows`, by binary COPY on a connection of its own.
package actor PostgresServedFeatureSink: ServedFeatureSink {
    private let project: String
    private let url: PostgresURL
    private var connection: PostgresConnection?

    package init(project: String, url: PostgresURL) {
        self.project = project
        self.url = url
    }

    /// A connection that broke is replaced at the next call.
    package func write(_ rows: [ServedRow]) async throws {
        do {
            try await onConnection { connection in try await copy(rows, on: connection) }
        } catch let error as PostgresError {
            if error.isDataException { throw UnstorableRows(reason: error.message) }
            throw error
        }
    }

    package func record(_ losses: [ServedLogLoss]) async throws {
        try await onConnection { connection in
            try await connection.transaction {
                for loss in losses {
                    try await connection.execute(
                        """
                        INSERT INTO asof.served_log_losses (project, service, host, cause, rows, first_at, last_at)
                        VALUES ($1, $2, $3, $4, $5, $6, $7)
                        """,
                        [
                            .text(project), .text(loss.service), .text(loss.host), .text(loss.cause.rawValue),
                            .int64(Int64(loss.rows)), .timestamptz(microseconds: loss.first.microseconds),
                            .timestamptz(microseconds: loss.last.microseconds),
                        ]
                    )
                }
            }
        }
    }

    private func onConnection(_ body: (PostgresConnection) async throws -> Void) async throws {
        let connection = try await openConnection()
        do {
            try await body(connection)
        } catch {
            // One that Postgres refused something on is still good.
            if (error as? PostgresError)?.isDataException != true { self.connection = nil }
            throw error
        }
    }

    private func openConnection() async throws -> PostgresConnection {
        if let connection { return connection }
        let opened = try await PostgresConnection.connect(to: url)
        try await ServedLogSchema.complete(on: opened)
        connection = opened
        return opened
    }

    private func copy(_ rows: [ServedRow], on connection: PostgresConnection) async throws {
        let project = project
        try await connection.copyInBinary(
            """
            COPY asof.served_rows (project, service, plan_fingerprint, request_id, ordinal, served_at, join_keys, request,
                                   values, statuses, event_timestamps, cuts, sample_probability, host, views,
                                   view_fingerprints, runs, row_events, row_availables, monotonic_microseconds)
            FROM STDIN (FORMAT binary)
            """
        ) { writer in
            for row in rows {
                try writer.beginRow(fieldCount: 20)
                writer.fields.append(row, project: project)
            }
        }
    }
}

extension BinaryCopyEncoder {
    fileprivate mutating func append(_ row: ServedRow, project: String) {
        append(project)
        append(row.schema.service)
        append(row.schema.planFingerprint)
        append(.uuid(row.requestID))
        append(Int64(row.ordinal))
        append(timestampMicroseconds: row.servedAt.microseconds)
        append(textArray: row.keys.map(\.postgresText))
        append(textArray: row.request.map(\.postgresText))
        append(textArray: row.features.map(\.value.postgresText))
        append(textArray: row.features.map(\.status.rawValue))
        append(timestampMicrosecondsArray: row.features.map { $0.eventTimestamp?.microseconds })
        append(timestampMicrosecondsArray: row.records.map { $0?.cut.microseconds })
        append(row.sampleProbability)
        append(row.host)
        append(textArray: row.schema.views)
        append(textArray: row.schema.viewFingerprints)
        append(int64Array: row.records.map { $0.map { Int64($0.run) } })
        append(timestampMicrosecondsArray: row.records.map { $0?.event?.microseconds })
        append(timestampMicrosecondsArray: row.records.map { $0?.available?.microseconds })
        append(row.monotonicMicroseconds)
    }
}
