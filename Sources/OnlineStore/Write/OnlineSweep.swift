package import FeatureDefs
package import RedisClient

/// Removes the rows that a full run did not write: those of entities that are no longer in the source.
package struct OnlineSweep: Sendable {
    private let connection: RedisConnection

    package init(on connection: RedisConnection) {
        self.connection = connection
    }

    /// Whether there can be rows of others than the entities written. There are none where Redis holds no more keys than theirs and that of
    /// the project's runs (`OnlineRunMark`); to be told so takes it no time, to walk its keys half as long as to store the rows.
    ///
    /// Whoever relies on it knows that nothing has removed the keys written: one that is gone would make room for another.
    package func canFindOthers(than written: KeyHashes?) async throws(RedisError) -> Bool {
        // Servers of a cluster have the keys of all slots that they had, and may have a mark each.
        guard let written, !connection.isCluster else { return true }
        var pipeline = RedisPipeline()
        pipeline.startCommand("DBSIZE")
        // A user who may not ask is none the worse for it.
        guard case .integer(let keys) = try await connection.send(pipeline).first else { return true }
        return keys > written.count + 1
    }

    /// Removes the view's row wherever it is of an earlier (cut, run), judged row by row at the moment of removal: a row that
    /// a newer run writes meanwhile stays. Rows of a newer layout stay as well.
    ///
    /// - Parameter written: keys whose row is of this run or a newer one for sure, and need not be looked at: to ask Redis for a row takes
    ///   it longer than to store one.
    package func removeRows(
        of layout: OnlineViewLayout, olderThan cut: Timestamp, run: UInt32, except written: consuming KeyHashes? = nil
    ) async throws(RedisError) -> RemovalCounts {
        let removal = try await RowRemoval(of: layout, olderThan: cut, run: run, on: connection)
        let written = written?.sorted()
        var counts = RemovalCounts()
        try await OnlineKeyScan(of: connection).forEachPage(of: layout) { page throws(RedisError) in
            let keys = written.map { written in page.filter { !written.contains($0) } } ?? page
            guard keys.count > 0 else { return }
            var pipeline = RedisPipeline()
            removal.addCall(to: &pipeline, keyCount: keys.count) { keys.forEach($0) }
            counts += try await removal.send(pipeline)
        }
        return counts
    }
}
