import FeatureDefs
import RedisClient

/// Calls of the script that removes a view's rows which are older than a run's.
struct RowRemoval {
    private let connection: RedisConnection
    private let script: RedisScript.Loaded
    private let field: String
    private let layoutWord: Int64
    private let limit: [UInt8]
    private let latestCut: [UInt8]

    /// Rows that claim a cut after `latestCut` are removed as well: no writer of ours leaves such.
    init(
        of layout: OnlineViewLayout, olderThan cut: Timestamp, run: UInt32, latestCut: Timestamp = .infinity,
        on connection: RedisConnection
    ) async throws(RedisError) {
        self.connection = connection
        script = try await connection.load(RowScript.removeOlder)
        field = layout.field
        layoutWord = Int64(layout.rowLayout.word)
        limit = RowHeader.limit(cut: cut, run: run)
        self.latestCut = RowHeader.bytes(of: latestCut)
    }

    /// One call for some keys, or in a cluster one for each, which `forEachKey` hands to the closure it gets.
    func addCall(
        to pipeline: inout RedisPipeline, keyCount: Int, forEachKey: ((UnsafeRawBufferPointer) -> Void) -> Void
    ) {
        guard !connection.isCluster else {
            forEachKey { key in
                pipeline.startEvaluation(of: script, keyCount: 1)
                pipeline.add(key: key)
                addArguments(to: &pipeline)
            }
            return
        }
        pipeline.startEvaluation(of: script, keyCount: keyCount)
        forEachKey { pipeline.add(key: $0) }
        addArguments(to: &pipeline)
    }

    private func addArguments(to pipeline: inout RedisPipeline) {
        pipeline.add(field)
        pipeline.add(layoutWord)
        pipeline.add(limit)
        pipeline.add(latestCut)
    }

    /// What the calls did. Doing it again removes no more.
    func send(_ pipeline: RedisPipeline) async throws(RedisError) -> RemovalCounts {
        guard !pipeline.isEmpty else { return RemovalCounts() }
        let replies = try await RedisConnection.tryingAgainWhenLost { [connection, script] () throws(RedisError) in
            try await connection.send(pipeline, reloading: script)
        }
        var counts = RemovalCounts()
        for reply in replies {
            let (removed, outranked) = try reply.scriptCounts()
            counts += RemovalCounts(removed: removed, outranked: outranked)
        }
        return counts
    }
}
