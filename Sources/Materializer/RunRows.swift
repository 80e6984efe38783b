import FeatureDefs
import OfflineStore
import OnlineStore
import RedisClient

/// Takes a run's rows online: writes those of entities that have some, removes those of entities that have none any more.
struct RunRows {
    private var writer: OnlineWriter
    private var remover: OnlineRemover

    /// - Parameter remembersKeys: whether `writtenKeys` are wanted.
    init(
        of layout: OnlineViewLayout, cut: Timestamp, run number: UInt32, to online: RedisConnection, remembersKeys: Bool
    ) {
        writer = OnlineWriter(to: online, layout: layout, remembersKeys: remembersKeys)
        remover = OnlineRemover(of: layout, olderThan: cut, run: number, on: online)
    }

    /// The keys of all rows written so far; nil when they are not wanted or too many.
    var writtenKeys: KeyHashes? { writer.writtenKeys }

    mutating func write(_ batch: PackedRows.Batch) async throws {
        try await writer.write(batch.rows)
        for key in batch.gone { try await remover.remove(key: key) }
    }

    mutating func finish() async throws -> (written: OnlineWriteCounts, removed: RemovalCounts) {
        (try await writer.finish(), try await remover.finish())
    }
}
