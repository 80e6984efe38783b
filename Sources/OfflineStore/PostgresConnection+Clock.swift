package import FeatureDefs
package import PostgresClient

extension PostgresConnection {
    /// The instant that it is, by the server's clock.
    package func presentInstant() async throws -> Timestamp {
        try .told(by: try await execute(Self.tellingTime))
    }

    static let tellingTime = PostgresStatement("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::int8")
}

extension Timestamp {
    /// What `PostgresConnection.tellingTime` was answered.
    static func told(by answer: PostgresRows) throws(PostgresError) -> Timestamp {
        guard let now = answer.firstCell.flatMap({ Int64($0) }) else {
            throw PostgresError(.protocolMismatch, "Postgres does not tell the time")
        }
        return Timestamp(microseconds: now)
    }
}
