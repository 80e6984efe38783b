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
///
/// Many rows are first offered by HSETNX, which takes Redis a third of the script's time and is as atomic: it stores what has no row
/// yet, and the script decides about the others. Where most have one, the script is asked at once.
package struct OnlineWriter {
    /// Keys for one script call: many, so that its overhead is shared; few, so that Redis stays free for readers.
    static let keysPerCall = 64
    static let flushBytes = 1 << 20
    /// With fewer rows a second round trip costs more than it saves.
    private static let fewestOffers = 256

    package let layout: OnlineViewLayout
    private let connection: RedisConnection
    private let script: RedisScript.Loaded
    /// The latest cut that a row can have, as in the header; empty when it is not a repair.
    private let latestCut: [UInt8]
    /// In a cluster the keys of a call would have to be in one slot.
    private let keysPerCall: Int
    private var keys = PackedList()
    private var rows = PackedList()
    private var counts = OnlineWriteCounts()
    /// Whether rows are likely to be the first of their entities: as most of the last ones were.
    private var offersFirst = true

    /// With `repairing`, the latest cut that a row can have, rows replace what no writer of ours leaves: those that claim a later cut,
    /// a newer layout or a format to come.
    package init(
        to connection: RedisConnection, layout: OnlineViewLayout, repairing latestCut: Timestamp? = nil
    ) async throws(RedisError) {
        self.connection = connection
        self.layout = layout
        self.latestCut = latestCut.map { RowHeader.bytes(of: $0) } ?? []
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
        if keys.byteCount + rows.byteCount >= Self.flushBytes { try await flush() }
    }

    /// Sends what is left and tells what became of all rows.
    package mutating func finish() async throws(RedisError) -> OnlineWriteCounts {
        try await flush()
        return counts
    }

    private mutating func flush() async throws(RedisError) {
        guard keys.count > 0 else { return }
        var left = Array(0..<keys.count)
        if offersFirst, keys.count >= Self.fewestOffers {
            left = try await offer()
            counts.written += keys.count - left.count
            offersFirst = left.count < keys.count / 2
        }
        try await compareAndSet(left)
        keys.removeAll()
        rows.removeAll()
    }

    /// Stores the rows of entities that have none, and returns which were not.
    private func offer() async throws(RedisError) -> [Int] {
        var pipeline = RedisPipeline()
        pipeline.reserve(commands: keys.count, bytes: (keys.byteCount + rows.byteCount) / keys.count + 64)
        for index in 0..<keys.count {
            pipeline.startCommand("HSETNX")
            keys.withBytes(at: index) { pipeline.add(key: $0) }
            pipeline.add(layout.field)
            rows.withBytes(at: index) { pipeline.add($0) }
        }
        // Those that were stored before the connection was lost are then left to the script, which stores them again.
        let replies = try await RedisConnection.tryingAgainWhenLost { [connection, pipeline] () throws(RedisError) in
            try await connection.replies(to: pipeline)
        }
        var refused: [Int] = []
        for (index, reply) in replies.values.enumerated() {
            switch reply.kind {
            case .integer: if reply.content == 0 { refused.append(index) }
            // No hash: the script makes it one.
            case .error where replies.isWrongType(at: index): refused.append(index)
            case .error, .array, .bytes, .null, .status: throw Self.refusal(replies.reply(at: index))
            }
        }
        return refused
    }

    private static func refusal(_ reply: RedisReply) -> RedisError {
        do throws(RedisError) { _ = try reply.orThrow() } catch { return error }
        return RedisError(.protocolViolation, "Redis answered HSETNX with \(reply)")
    }

    private mutating func compareAndSet(_ indices: [Int]) async throws(RedisError) {
        guard !indices.isEmpty else { return }
        var pipeline = RedisPipeline()
        var callSizes: [Int] = []
        for start in stride(from: 0, to: indices.count, by: keysPerCall) {
            let call = indices[start..<min(start + keysPerCall, indices.count)]
            pipeline.startEvaluation(of: script, keyCount: call.count)
            for index in call { keys.withBytes(at: index) { pipeline.add(key: $0) } }
            pipeline.add(layout.field)
            pipeline.add(latestCut)
            for index in call { rows.withBytes(at: index) { pipeline.add($0) } }
            callSizes.append(call.count)
        }
        // The rows may be there already, and then are written again.
        let replies = try await RedisConnection.tryingAgainWhenLost { [connection, pipeline, script] () throws(RedisError) in
            try await connection.send(pipeline, reloading: script)
        }
        for (reply, size) in zip(replies, callSizes) {
            let written = try reply.scriptCount()
            counts.written += written
            counts.kept += size - written
        }
    }
}
