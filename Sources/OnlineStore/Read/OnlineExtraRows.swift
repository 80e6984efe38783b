package import FeatureDefs
package import RedisClient

/// Finds the rows of a view whose entities are not among those expected, in bounded memory.
///
/// ```swift
/// repeat {
///     // Expect every entity.
///     found += try await extra.find(notAfter: cut, removingOlderThan: run).found
/// } while extra.startNextPart()
/// ```
package struct OnlineExtraRows: Sendable {
    private let connection: RedisConnection
    private let layout: OnlineViewLayout
    /// Of the entities expected. Two keys of one hash, one in 10^19, would hide an extra row.
    private var expected: HashRange
    private var buffer: [UInt8] = []

    /// - Parameter limit: how many entities' hashes are held at a time, of 8 bytes each.
    package init(of layout: OnlineViewLayout, in connection: RedisConnection, limit: Int = 1 << 22) {
        self.layout = layout
        self.connection = connection
        expected = HashRange(limit: limit)
    }

    /// `key` has the values of the view's `joinKeys`, in order.
    package mutating func expect(key: [FeatureValue]) throws(EntityKeyError) {
        buffer.removeAll(keepingCapacity: true)
        if try layout.encode(key: key, into: &buffer) { expected.insert(buffer.withUnsafeBytes(Self.hash)) }
    }

    private static func hash(_ key: UnsafeRawBufferPointer) -> UInt64 { UInt64(bitPattern: Int64(KeyHashes.hash(key))) }

    /// False when all rows have been looked at; otherwise every entity is to be expected anew, for a part of the others.
    package mutating func startNextPart() -> Bool { expected.startNext() }

    /// How many others there are whose row is not of a later cut, or of one after the latest that there can be; with `run`, removes
    /// those that are older than it.
    package mutating func find(
        notAfter cut: Timestamp, latestCut: Timestamp = .infinity, removingOlderThan run: UInt32?
    ) async throws(RedisError) -> (found: Int, removed: Int) {
        let removal: RowRemoval?
        if let run {
            removal = try await RowRemoval(of: layout, olderThan: cut, run: run, latestCut: latestCut, on: connection)
        } else {
            removal = nil
        }
        expected.sort()
        let expected = expected
        // SCAN may meet a key twice.
        var found = Set<UInt64>()
        var removed = 0
        try await OnlineKeyScan(of: connection).forEachPage(of: layout) { page throws(RedisError) in
            let others = page.filter { expected.lacks(Self.hash($0)) }
            let extra = try await rows(of: others) { $0 <= cut || $0 > latestCut }
            extra.forEach { found.insert(Self.hash($0)) }
            guard let removal, extra.count > 0 else { return }
            var pipeline = RedisPipeline()
            removal.addCall(to: &pipeline, keyCount: extra.count) { extra.forEach($0) }
            removed += try await removal.send(pipeline).removed
        }
        return (found.count, removed)
    }

    /// Those of the keys that have a row of the view of such a cut, or something that is none.
    private func rows(of keys: PackedList, where isExtra: (_ cut: Timestamp) -> Bool) async throws(RedisError) -> PackedList {
        guard keys.count > 0 else { return keys }
        var pipeline = RedisPipeline()
        keys.forEach { key in
            pipeline.startCommand("HGET")
            pipeline.add(key: key)
            pipeline.add(layout.field)
        }
        var found = PackedList()
        for (index, reply) in try await connection.send(pipeline).enumerated() {
            if case .error(let error) = reply, error.kind == "WRONGTYPE" {
                keys.withBytes(at: index) { found.append($0) }
                continue
            }
            guard case .bytes(let row) = try reply.orThrow() else { continue }
            if row.count < RowHeader.size || isExtra(row.withUnsafeBytes { RowHeader.cut(of: $0) }) {
                keys.withBytes(at: index) { found.append($0) }
            }
        }
        return found
    }
}
