package import FeatureDefs
package import RedisClient

/// Removes the rows that a full run did not write: those of entities that are no longer in the source.
package struct OnlineSweep: Sendable {
    private let connection: RedisConnection

    package init(on connection: RedisConnection) {
        self.connection = connection
    }

    /// Removes the view's row wherever it is of an earlier (cut, run), judged row by row at the moment of removal: a row that
    /// a newer run writes meanwhile stays. Rows of a newer layout stay as well. Returns how many were removed.
    package func removeRows(
        of layout: OnlineViewLayout, olderThan cut: Timestamp, run: UInt32
    ) async throws(RedisError) -> Int {
        let removal = try await RowRemoval(of: layout, olderThan: cut, run: run, on: connection)
        var removed = 0
        try await OnlineKeyScan(of: connection).forEachPage(of: layout) { keys throws(RedisError) in
            var pipeline = RedisPipeline()
            removal.addCall(to: &pipeline, keyCount: keys.count) { add in
                for key in keys { key.withUnsafeBytes(add) }
            }
            removed += try await removal.send(pipeline)
        }
        return removed
    }
}
