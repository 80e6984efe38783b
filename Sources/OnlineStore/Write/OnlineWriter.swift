package import FeatureDefs
package import RedisClient

/// What became of the rows handed to a writer.
package struct OnlineWriteCounts: Hashable, Sendable {
    /// Stored, or stored again.
    package var written = 0
    /// Not stored: Redis has a newer one.
    package var kept = 0
    /// Not stored: a join key is NULL, which matches nothing.
    package var nullKeys = 0

    package init(written: Int = 0, kept: Int = 0, nullKeys: Int = 0) {
        self.written = written
        self.kept = kept
        self.nullKeys = nullKeys
    }
}

/// Writes rows of one view, each by compare-and-set: in whatever order rows and writers come, the newest stays.
///
/// ```swift
/// var writer = try await OnlineWriter(to: connection, layout: layout)
/// for row in rows { try await writer.write(key: row.key, version: row.version, cells: row.cells) }
/// let counts = try await writer.finish()
/// ```
///
/// Rows are sent when `flushBytes` of them are there, so memory does not grow with their number. A row is stored
/// for sure only after `finish`. All of it may be done again after an error: writing a row twice is writing it once.
package struct OnlineWriter {
    /// Keys for one script call: many, so that its overhead is shared; few, so that Redis stays free for readers.
    static let keysPerCall = 64
    static let flushBytes = 1 << 20

    package let layout: OnlineViewLayout
    private let connection: RedisConnection
    private let script: RedisScript.Loaded
    private let mayDowngradeLayout: Bool
    /// In a cluster the keys of a call would have to be in one slot.
    private let keysPerCall: Int
    private var keys = PackedList()
    private var rows = PackedList()
    private var pipeline = RedisPipeline()
    /// How many rows each call in `pipeline` has.
    private var callSizes: [Int] = []
    private var counts = OnlineWriteCounts()

    /// `mayDowngradeLayout` lets rows replace those of a newer layout: to go back to an older plan.
    package init(
        to connection: RedisConnection, layout: OnlineViewLayout, mayDowngradeLayout: Bool = false
    ) async throws(RedisError) {
        self.connection = connection
        self.layout = layout
        self.mayDowngradeLayout = mayDowngradeLayout
        keysPerCall = connection.isCluster ? 1 : Self.keysPerCall
        script = try await connection.load(RowScript.compareAndSet)
    }

    /// Adds one row. `key` has the values of the view's `joinKeys`, `cells` those of its `storedCells`, in order.
    package mutating func write(key: [FeatureValue], version: RowVersion, cells: [FeatureValue]) async throws {
        let isWhole = try keys.append { buffer throws(EntityKeyError) in try layout.encode(key: key, into: &buffer) }
        guard isWhole else {
            counts.nullKeys += 1
            return
        }
        do {
            _ = try rows.append { buffer throws(PackedRowError) in
                try layout.rowLayout.encode(cells, version: version, into: &buffer)
                return true
            }
        } catch {
            keys.removeLast()
            throw error
        }
        if keys.count >= keysPerCall || rows.byteCount >= Self.flushBytes { addCall() }
        if pipeline.byteCount >= Self.flushBytes { try await flush() }
    }

    /// Sends what is left and tells what became of all rows.
    package mutating func finish() async throws(RedisError) -> OnlineWriteCounts {
        addCall()
        try await flush()
        return counts
    }

    private mutating func addCall() {
        guard keys.count > 0 else { return }
        pipeline.startEvaluation(of: script, keyCount: keys.count)
        keys.forEach { pipeline.add(key: $0) }
        pipeline.add(layout.field)
        pipeline.add(mayDowngradeLayout ? "1" : "0")
        rows.forEach { pipeline.add($0) }
        callSizes.append(keys.count)
        keys.removeAll()
        rows.removeAll()
    }

    private mutating func flush() async throws(RedisError) {
        guard !pipeline.isEmpty else { return }
        // The rows may be there already, and then are written again.
        let replies = try await RedisConnection.tryingAgainWhenLost { [connection, pipeline, script] () throws(RedisError) in
            try await connection.send(pipeline, reloading: script)
        }
        for (reply, size) in zip(replies, callSizes) {
            let written = try reply.scriptCount()
            counts.written += written
            counts.kept += size - written
        }
        pipeline.removeAll()
        callSizes.removeAll(keepingCapacity: true)
    }
}
