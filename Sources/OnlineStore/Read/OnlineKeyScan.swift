import RedisClient

/// Walks the keys of the project's entities with a view's join keys, by SCAN, which may meet a key twice and may miss one made
/// meanwhile. A key met need not have the view's field.
struct OnlineKeyScan: Sendable {
    /// How many keys Redis looks at for one SCAN.
    static let scanCount: Int64 = 1000

    private let connection: RedisConnection

    init(of connection: RedisConnection) {
        self.connection = connection
    }

    /// Calls `body` with some keys at a time, never with none.
    func forEachPage(
        of layout: OnlineViewLayout, _ body: (PackedList) async throws(RedisError) -> Void
    ) async throws(RedisError) {
        for server in try await connection.servers() {
            var cursor = [UInt8]("0".utf8)
            repeat {
                let page = try await Self.scan(server, from: cursor, prefix: layout.keyEncoder.prefix)
                cursor = page.cursor
                if page.keys.count > 0 { try await body(page.keys) }
            } while cursor != [UInt8]("0".utf8)
        }
    }

    private static func scan(
        _ connection: RedisConnection, from cursor: [UInt8], prefix: [UInt8]
    ) async throws(RedisError) -> (cursor: [UInt8], keys: PackedList) {
        var pipeline = RedisPipeline()
        pipeline.startCommand("SCAN")
        pipeline.add(cursor)
        pipeline.add("MATCH")
        pipeline.add(pattern(matchingPrefix: prefix))
        pipeline.add("COUNT")
        pipeline.add(scanCount)
        let replies = try await connection.replies(to: pipeline)
        // The cursor and the keys, in arrays that come before their elements.
        let values = replies.values
        guard values.count > 2, values[0].kind == .array, values[0].count == 2, values[1].kind == .bytes,
            values[2].kind == .array
        else {
            if values.first?.kind == .error { _ = try replies.reply(at: 0).orThrow() }
            throw RedisError(.protocolViolation, "Redis at \(connection.url) answered SCAN with something else")
        }
        var keys = PackedList()
        replies.bytes.withUnsafeBytes { bytes in
            for key in values[3...] where key.kind == .bytes { keys.append(UnsafeRawBufferPointer(rebasing: bytes[key.range])) }
        }
        return (Array(replies.bytes[values[1].range]), keys)
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
