package import FeatureDefs
package import PostgresClient

extension PostgresConnection {
    /// The instant that it is, by the server's clock.
    package func presentInstant() async throws -> Timestamp {
        let now = try await execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::int8").firstCell
        guard let now = now.flatMap({ Int64($0) }) else {
            throw PostgresError(.protocolMismatch, "Postgres does not tell the time")
        }
        return Timestamp(microseconds: now)
    }
}
