package import FeatureDefs
package import RedisClient

/// Removes the rows of entities one by one, where they are older than a run's: those that no longer have a visible row.
package struct OnlineRemover {
    private let layout: OnlineViewLayout
    private let removal: RowRemoval
    private var keys = PackedList()
    private var pipeline = RedisPipeline()
    private var counts = RemovalCounts()

    package init(
        of layout: OnlineViewLayout, olderThan cut: Timestamp, run: UInt32, on connection: RedisConnection
    ) async throws(RedisError) {
        self.layout = layout
        removal = try await RowRemoval(of: layout, olderThan: cut, run: run, on: connection)
    }

    /// `key` has the values of the view's `joinKeys`, in order.
    package mutating func remove(key: [FeatureValue]) async throws {
        guard try layout.encode(key: key, into: &keys.bytes) else { return }
        keys.endString()
        if keys.count >= OnlineWriter.keysPerCall { addCall() }
        if pipeline.byteCount >= OnlineWriter.flushBytes { try await flush() }
    }

    /// Sends what is left and tells what became of all rows.
    package mutating func finish() async throws(RedisError) -> RemovalCounts {
        addCall()
        try await flush()
        return counts
    }

    private mutating func addCall() {
        guard keys.count > 0 else { return }
        removal.addCall(to: &pipeline, keyCount: keys.count) { keys.forEach($0) }
        keys.removeAll()
    }

    private mutating func flush() async throws(RedisError) {
        counts += try await removal.send(pipeline)
        pipeline.removeAll()
    }
}
