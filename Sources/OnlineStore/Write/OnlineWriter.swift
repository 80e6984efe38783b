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
    /// Of those kept, the ones where Redis has a run's row.
    package var outranked = 0

    package init(written: Int = 0, kept: Int = 0, nullKeys: Int = 0, outranked: Int = 0) {
        self.written = written
        self.kept = kept
        self.nullKeys = nullKeys
        self.outranked = outranked
    }
}

/// Writes rows of one view, each by compare-and-set: in whatever order rows and writers come, the newest stays.
///
/// ```swift
/// var writer = OnlineWriter(to: connection, layout: layout)
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
    package static let flushBytes = 1 << 19
    /// How many keys are remembered, in 128 MB at most.
    private static let mostRemembered = 12 << 20
    /// With fewer rows a second round trip costs more than it saves.
    private static let fewestOffers = 256

    package let layout: OnlineViewLayout
    private let connection: RedisConnection
    /// Once it is needed.
    private var script: RedisScript.Loaded?
    /// The latest cut that a row can have, as in the header; empty when it is not a repair.
    private let latestCut: [UInt8]
    /// In a cluster the keys of a call would have to be in one slot.
    private let keysPerCall: Int
    private var waiting: PackedRowBatch
    /// The keys of all rows written so far, which are of as many entities; nil when they are not wanted or too many.
    package private(set) var writtenKeys: KeyHashes?
    private var counts = OnlineWriteCounts()
    /// Whether rows are likely to be the first of their entities: as most of the last ones were.
    private var offersFirst = true

    /// - Parameters:
    ///   - latestCut: the latest cut that a row can have: for repairs, whose rows replace what no writer of ours leaves: those that claim
    ///     a later cut, a newer layout or a format to come.
    ///   - remembersKeys: whether `writtenKeys` are wanted.
    package init(
        to connection: RedisConnection, layout: OnlineViewLayout, repairing latestCut: Timestamp? = nil,
        remembersKeys: Bool = false
    ) {
        self.connection = connection
        self.layout = layout
        self.latestCut = latestCut.map { RowHeader.bytes(of: $0) } ?? []
        waiting = PackedRowBatch(of: layout)
        writtenKeys = remembersKeys ? KeyHashes() : nil
        keysPerCall = connection.isCluster ? 1 : Self.keysPerCall
    }

    private mutating func loadedScript() async throws(RedisError) -> RedisScript.Loaded {
        if let script { return script }
        let loaded = try await connection.load(RowScript.compareAndSet)
        script = loaded
        return loaded
    }

    /// Adds one row. `key` has the values of the view's `joinKeys`, `cells` those of its `storedCells`, in order.
    package mutating func write(key: [FeatureValue], version: RowVersion, cells: [FeatureValue]) async throws {
        try waiting.append(key: key, version: version, cells: cells)
        if waiting.byteCount >= Self.flushBytes { try await flush() }
    }

    /// Sends rows of the layout that are packed already.
    package mutating func write(_ batch: PackedRowBatch) async throws(RedisError) {
        try await flush()
        try await send(batch)
    }

    /// Sends what is left and tells what became of all rows.
    package mutating func finish() async throws(RedisError) -> OnlineWriteCounts {
        try await flush()
        return counts
    }

    private mutating func flush() async throws(RedisError) {
        try await send(waiting)
        waiting.removeAll()
    }

    private mutating func send(_ batch: PackedRowBatch) async throws(RedisError) {
        counts.nullKeys += batch.nullKeys
        guard batch.count > 0 else { return }
        var left = Array(0..<batch.count)
        if offersFirst, batch.count >= Self.fewestOffers {
            left = try await offer(batch)
            counts.written += batch.count - left.count
            offersFirst = left.count < batch.count / 2
        }
        try await compareAndSet(left, of: batch)
        remember(batch)
    }

    private mutating func remember(_ batch: PackedRowBatch) {
        guard let count = writtenKeys?.count else { return }
        guard count + batch.count <= Self.mostRemembered else {
            writtenKeys = nil
            return
        }
        batch.keys.forEach { writtenKeys?.append($0) }
    }

    /// Stores the rows of entities that have none, and returns which were not.
    private func offer(_ batch: PackedRowBatch) async throws(RedisError) -> [Int] {
        var pipeline = RedisPipeline()
        pipeline.reserve(commands: batch.count, bytes: batch.byteCount / batch.count + 64)
        let command = RedisKeyedCommand("HSETNX", arguments: [layout.field], takesValue: true)
        for index in 0..<batch.count {
            batch.keys.withBytes(at: index) { key in
                batch.rows.withBytes(at: index) { pipeline.add(command, key: key, value: $0) }
            }
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

    private mutating func compareAndSet(_ indices: [Int], of batch: PackedRowBatch) async throws(RedisError) {
        guard !indices.isEmpty else { return }
        let script = try await loadedScript()
        var pipeline = RedisPipeline()
        var callSizes: [Int] = []
        for start in stride(from: 0, to: indices.count, by: keysPerCall) {
            let call = indices[start..<min(start + keysPerCall, indices.count)]
            pipeline.startEvaluation(of: script, keyCount: call.count)
            for index in call { batch.keys.withBytes(at: index) { pipeline.add(key: $0) } }
            pipeline.add(layout.field)
            pipeline.add(latestCut)
            for index in call { batch.rows.withBytes(at: index) { pipeline.add($0) } }
            callSizes.append(call.count)
        }
        // The rows may be there already, and then are written again.
        let replies = try await RedisConnection.tryingAgainWhenLost { [connection, pipeline, script] () throws(RedisError) in
            try await connection.send(pipeline, reloading: script)
        }
        for (reply, size) in zip(replies, callSizes) {
            let (written, outranked) = try reply.scriptCounts()
            counts.written += written
            counts.kept += size - written
            counts.outranked += outranked
        }
    }
}
