package import RedisClient

/// What Redis itself says of the last run that wrote a view whole: proof that it still has what that run wrote, and
/// that it is the same Redis.
///
/// ```
/// HSET "asof-runs:" project  field  run        the number of the run, decimal
/// ```
package struct OnlineRunMark: Sendable {
    private let connection: RedisConnection
    private let key: String

    package init(project: String, on connection: RedisConnection) {
        self.connection = connection
        key = "asof-runs:\(project)"
    }

    /// The number of the last run of the view, or nil when Redis knows of none.
    package func run(of layout: OnlineViewLayout) async throws(RedisError) -> UInt32? {
        var pipeline = RedisPipeline()
        pipeline.startCommand("HGET")
        pipeline.add(key: key)
        pipeline.add(layout.field)
        switch try await connection.send(pipeline).first?.orThrow() {
        case .bytes(let bytes): return UInt32(String(decoding: bytes, as: UTF8.self))
        case .null, nil: return nil
        case .integer, .status, .array, .error:
            throw RedisError(.protocolViolation, "Redis at \(connection.url) answered HGET with something else")
        }
    }

    /// Says that all rows of the run are there.
    package func set(run: UInt32, of layout: OnlineViewLayout) async throws(RedisError) {
        var pipeline = RedisPipeline()
        pipeline.startCommand("HSET")
        pipeline.add(key: key)
        pipeline.add(layout.field)
        pipeline.add(Int64(run))
        _ = try await connection.send(pipeline).first?.orThrow()
    }
}
