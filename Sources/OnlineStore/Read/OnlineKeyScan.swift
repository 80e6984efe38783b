import FeatureDefs
package import RedisClient

/// Walks the keys of the project's entities with a view's join keys, by SCAN, which may meet a key twice and may miss one made
/// meanwhile. A key met need not have the view's field.
package struct OnlineKeyScan: Sendable {
    /// How many keys Redis looks at for one SCAN.
    static let scanCount: Int64 = 1000

    private let connection: RedisConnection

    package init(of connection: RedisConnection) {
        self.connection = connection
    }

    /// Calls `body` with some keys at a time, never with none.
    package func forEachPage(
        of layout: OnlineViewLayout, _ body: ([[UInt8]]) async throws(RedisError) -> Void
    ) async throws(RedisError) {
        for server in try await connection.servers() {
            var cursor = [UInt8]("0".utf8)
            repeat {
                let page = try await Self.scan(server, from: cursor, prefix: layout.keyEncoder.prefix)
                cursor = page.cursor
                if !page.keys.isEmpty { try await body(page.keys) }
            } while cursor != [UInt8]("0".utf8)
        }
    }

    private static func scan(
        _ connection: RedisConnection, from cursor: [UInt8], prefix: [UInt8]
    ) async throws(RedisError) -> (cursor: [UInt8], keys: [[UInt8]]) {
        var pipeline = RedisPipeline()
        pipeline.startCommand("SCAN")
        pipeline.add(cursor)
        pipeline.add("MATCH")
        pipeline.add(pattern(matchingPrefix: prefix))
        pipeline.add("COUNT")
        pipeline.add(scanCount)
        guard case .array(let parts)? = try await connection.send(pipeline).first?.orThrow(), parts.count == 2,
            case .bytes(let next) = parts[0], case .array(let found) = parts[1]
        else { throw RedisError(.protocolViolation, "Redis at \(connection.url) answered SCAN with something else") }
        return (next, found.compactMap { if case .bytes(let key) = $0 { key } else { nil } })
    }

    /// A glob of Redis' (https://redis.io/commands/keys) for the prefix, whatever bytes are in it, and anything after.
    static func pattern(matchingPrefix prefix: [UInt8]) -> [UInt8] {
        let special = Set<UInt8>("*?[]^\\-".utf8)
        var pattern: [UInt8] = []
        for byte in prefix {
            if special.contains(byte) { pattern.append(UInt8(ascii: "\\")) }
            pattern.append(byte)
        }
        return pattern + [UInt8(ascii: "*")]
    }
}
