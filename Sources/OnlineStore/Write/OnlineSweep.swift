package import FeatureDefs
package import RedisClient

/// Removes the rows that a full run did not write: those of entities that are no longer in the source.
package struct OnlineSweep: Sendable {
    /// How many keys Redis looks at for one SCAN.
    static let scanCount: Int64 = 1000

    private let connection: RedisConnection

    package init(on connection: RedisConnection) {
        self.connection = connection
    }

    /// Removes the view's row wherever it is of an earlier (cut, run), judged row by row at the moment of removal: a row that
    /// a newer run writes meanwhile stays. Rows of a newer layout stay as well. Returns how many were removed.
    ///
    /// Walks the keys of the project's entities with the view's join keys by SCAN, which may meet a key twice and may
    /// miss one made meanwhile; neither does harm.
    package func removeRows(of layout: OnlineViewLayout, olderThan cut: Timestamp, run: UInt32) async throws(RedisError) -> Int {
        let removal = try await RowRemoval(of: layout, olderThan: cut, run: run, on: connection)
        var removed = 0
        var cursor = [UInt8]("0".utf8)
        repeat {
            let page = try await scan(from: cursor, prefix: layout.keyEncoder.prefix)
            cursor = page.cursor
            guard !page.keys.isEmpty else { continue }
            var pipeline = RedisPipeline()
            removal.addCall(to: &pipeline, keyCount: page.keys.count) { add in
                page.keys.forEach { key in key.withUnsafeBytes(add) }
            }
            removed += try await removal.send(pipeline)
        } while cursor != [UInt8]("0".utf8)
        return removed
    }

    private func scan(
        from cursor: [UInt8], prefix: [UInt8]
    ) async throws(RedisError) -> (cursor: [UInt8], keys: [[UInt8]]) {
        var pipeline = RedisPipeline()
        pipeline.startCommand("SCAN")
        pipeline.add(cursor)
        pipeline.add("MATCH")
        pipeline.add(Self.pattern(matchingPrefix: prefix))
        pipeline.add("COUNT")
        pipeline.add(Self.scanCount)
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
