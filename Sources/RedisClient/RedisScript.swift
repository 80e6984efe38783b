/// A Lua script, run by its digest so that its text crosses the wire once.
///
/// ```swift
/// let script = try await connection.load(RedisScript(source: "return redis.call('GET', KEYS[1])"))
/// var pipeline = RedisPipeline()
/// pipeline.startEvaluation(of: script, keyCount: 1)
/// pipeline.add("some key")
/// let replies = try await connection.send(pipeline, reloading: script)
/// ```
package struct RedisScript: Hashable, Sendable {
    package let source: String

    package init(source: String) {
        self.source = source
    }

    /// A script that the server has, under the digest that it gave.
    package struct Loaded: Hashable, Sendable {
        package let script: RedisScript
        package let digest: String
    }
}

extension RedisPipeline {
    /// Begins an EVALSHA (https://redis.io/commands/evalsha); the keys follow as arguments, then the rest.
    package mutating func startEvaluation(of script: RedisScript.Loaded, keyCount: Int) {
        startCommand("EVALSHA")
        add(script.digest)
        add(Int64(keyCount))
    }
}

extension RedisConnection {
    /// Every server of a cluster gets it.
    package func load(_ script: RedisScript) async throws(RedisError) -> RedisScript.Loaded {
        var pipeline = RedisPipeline()
        pipeline.startCommand("SCRIPT")
        pipeline.add("LOAD")
        pipeline.add(script.source)
        var digest: String?
        for server in try await servers() {
            guard case .bytes(let bytes)? = try await server.send(pipeline).first?.orThrow() else { continue }
            digest = String(decoding: bytes, as: UTF8.self)
        }
        guard let digest else {
            throw RedisError(.protocolViolation, "Redis at \(url) answered SCRIPT LOAD without a digest")
        }
        return RedisScript.Loaded(script: script, digest: digest)
    }

    /// Sends commands of which some evaluate `script`; when the server has lost it (a restart, SCRIPT FLUSH), loads
    /// it and sends those that were refused once more. NOSCRIPT says that they did nothing.
    package func send(
        _ pipeline: RedisPipeline, reloading script: RedisScript.Loaded, timeout: Duration? = nil
    ) async throws(RedisError) -> [RedisReply] {
        var replies = try await send(pipeline, timeout: timeout)
        let refused = replies.indices.filter { index in
            if case .error(let reply) = replies[index] { return reply.kind == "NOSCRIPT" }
            return false
        }
        guard !refused.isEmpty else { return replies }
        _ = try await load(script.script)
        let again = try await send(pipeline.selecting(refused), timeout: timeout)
        for (index, reply) in zip(refused, again) { replies[index] = reply }
        return replies
    }
}
