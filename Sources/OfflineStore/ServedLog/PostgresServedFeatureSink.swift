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

    /// Stores the rows, all or none. A connection that broke is replaced at the next call.
    package func write(_ rows: [ServedRow]) async throws {
        let connection = try await openConnection()
        do {
            try await copy(rows, on: connection)
        } catch {
            self.connection = nil
            throw error
        }
    }

    private func openConnection() async throws -> PostgresConnection {
        if let connection { return connection }
        let opened = try await PostgresConnection.connect(to: url)
        connection = opened
        return opened
    }

    private func copy(_ rows: [ServedRow], on connection: PostgresConnection) async throws {
        let project = project
        try await connection.copyInBinary(
            """
            COPY asof.served_rows (project, service, plan_fingerprint, request_id, ordinal, served_at, join_keys, request,
                                   values, statuses, event_timestamps, cuts, sample_probability, host)
            FROM STDIN (FORMAT binary)
            """
        ) { writer in
            for row in rows {
                try writer.beginRow(fieldCount: 14)
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
        append(textArray: row.keys.map(\.text))
        append(textArray: row.request.map(\.text))
        append(textArray: row.features.map(\.value.text))
        append(textArray: row.features.map(\.status.rawValue))
        append(timestampMicrosecondsArray: row.features.map { $0.eventTimestamp?.microseconds })
        append(timestampMicrosecondsArray: row.cuts.map { $0?.microseconds })
        append(row.sampleProbability)
        append(row.host)
    }
}
