package import FeatureDefs
package import RedisClient

/// Finds the rows of a view whose entities are not among those expected.
package struct OnlineExtraRows {
    private let connection: RedisConnection
    private let layout: OnlineViewLayout
    /// Hashes of the keys of the entities expected. Two keys of one hash, one in 10^19, would hide an extra row.
    private var expected: Set<Int> = []

    package init(of layout: OnlineViewLayout, in connection: RedisConnection) {
        self.layout = layout
        self.connection = connection
    }

    /// `key` has the values of the view's `joinKeys`, in order.
    package mutating func expect(key: [FeatureValue]) throws(EntityKeyError) {
        var bytes: [UInt8] = []
        if try layout.encode(key: key, into: &bytes) { expected.insert(bytes.hashValue) }
    }

    /// How many others there are whose row is not of a later cut, or of one after the latest that there can be; with `run`, removes
    /// those that are older than it.
    package func find(
        notAfter cut: Timestamp, latestCut: Timestamp = .infinity, removingOlderThan run: UInt32?
    ) async throws(RedisError) -> (found: Int, removed: Int) {
        let removal: RowRemoval?
        if let run {
            removal = try await RowRemoval(of: layout, olderThan: cut, run: run, latestCut: latestCut, on: connection)
        } else {
            removal = nil
        }
        var found = Set<[UInt8]>()
        var removed = 0
        try await OnlineKeyScan(of: connection).forEachPage(of: layout) { page throws(RedisError) in
            let others = page.filter { !expected.contains($0.hashValue) }
            let extra = try await rows(of: others) { $0 <= cut || $0 > latestCut }
            found.formUnion(extra)
            guard let removal, !extra.isEmpty else { return }
            var pipeline = RedisPipeline()
            removal.addCall(to: &pipeline, keyCount: extra.count) { add in
                for key in extra { key.withUnsafeBytes(add) }
            }
            removed += try await removal.send(pipeline)
        }
        return (found.count, removed)
    }

    /// Those of the keys that have a row of the view of such a cut, or something that is none.
    private func rows(of keys: [[UInt8]], where isExtra: (_ cut: Timestamp) -> Bool) async throws(RedisError) -> [[UInt8]] {
        guard !keys.isEmpty else { return [] }
        var pipeline = RedisPipeline()
        for key in keys {
            pipeline.startCommand("HGET")
            pipeline.add(key: key)
            pipeline.add(layout.field)
        }
        var found: [[UInt8]] = []
        for (key, reply) in zip(keys, try await connection.send(pipeline)) {
            if case .error(let error) = reply, error.kind == "WRONGTYPE" {
                found.append(key)
                continue
            }
            guard case .bytes(let row) = try reply.orThrow() else { continue }
            if row.count < RowHeader.size || isExtra(row.withUnsafeBytes { RowHeader.cut(of: $0) }) { found.append(key) }
        }
        return found
    }
}
