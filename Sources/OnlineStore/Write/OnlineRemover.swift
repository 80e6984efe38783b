package import FeatureDefs
package import RedisClient

/// Removes the rows of entities one by one, where they are older than a run's: those that no longer have a visible row.
package struct OnlineRemover {
    private let layout: OnlineViewLayout
    private let cut: Timestamp
    private let run: UInt32
    private let connection: RedisConnection
    /// Once there is something to remove.
    private var removal: RowRemoval?
    private var keys = PackedList()
    private var pipeline = RedisPipeline()
    private var counts = RemovalCounts()

    package init(of layout: OnlineViewLayout, olderThan cut: Timestamp, run: UInt32, on connection: RedisConnection) {
        self.layout = layout
        self.cut = cut
        self.run = run
        self.connection = connection
    }

    /// `key` has the values of the view's `joinKeys`, in order.
    package mutating func remove(key: [FeatureValue]) async throws {
        guard try layout.encode(key: key, into: &keys.bytes) else { return }
        keys.endString()
        if keys.count >= OnlineWriter.keysPerCall { try await addCall() }
    }

    /// Sends what is left and tells what became of all rows.
    package mutating func finish() async throws(RedisError) -> RemovalCounts {
        try await addCall()
        if let removal { try await flush(by: removal) }
        return counts
    }

    private mutating func addCall() async throws(RedisError) {
        guard keys.count > 0 else { return }
        let removal = try await loaded()
        removal.addCall(to: &pipeline, keyCount: keys.count) { keys.forEach($0) }
        keys.removeAll()
        if pipeline.byteCount >= OnlineWriter.flushBytes { try await flush(by: removal) }
    }

    private mutating func loaded() async throws(RedisError) -> RowRemoval {
        if let removal { return removal }
        let loaded = try await RowRemoval(of: layout, olderThan: cut, run: run, on: connection)
        removal = loaded
        return loaded
    }

    private mutating func flush(by removal: RowRemoval) async throws(RedisError) {
        counts += try await removal.send(pipeline)
        pipeline.removeAll()
    }
}
