import FeatureDefs
import OfflineStore
import OnlineStore
import RedisClient

/// Compares rows as they should be with those that Redis has, batch by batch.
struct RowComparison {
    private(set) var result: Reconciliation
    private let layout: OnlineViewLayout
    private let reader: OnlineReader
    let cut: Timestamp
    /// No writer of ours leaves a row of a later cut.
    private let latestCut: Timestamp
    private let run: UInt32
    private var writer: OnlineWriter
    private var extraRows: OnlineExtraRows

    init(layout: OnlineViewLayout, online: RedisConnection, cut: Timestamp, run: UInt32, now: Timestamp) async throws {
        result = Reconciliation(view: layout.view.name, cut: cut)
        self.layout = layout
        self.cut = cut
        // Pushes that come meanwhile are of later instants, by the clocks of other machines.
        latestCut = max(cut, Timestamp(microseconds: now.microseconds + Self.clockTolerance))
        self.run = run
        reader = OnlineReader(from: online)
        extraRows = OnlineExtraRows(of: layout, in: online)
        writer = OnlineWriter(to: online, layout: layout, repairing: latestCut)
    }

    /// Microseconds by which the clock of a machine that pushes may be fast.
    private static let clockTolerance: Int64 = 300_000_000

    mutating func compare(_ batch: [EntityRow], repairs: Bool) async throws {
        var columns: [String: [FeatureValue]] = [:]
        for (index, key) in layout.view.joinKeys.enumerated() { columns[key.name] = batch.map { $0.keys[index] } }
        let stored = try await reader.rows(of: [.init(layout)], count: batch.count, columns: columns)[0]
        for (row, stored) in zip(batch, stored) {
            result.compared += 1
            try extraRows.expect(key: row.keys)
            let version = RowVersion(cut: cut, run: run, event: row.event, available: row.available)
            guard !note(row, stored, version) else { continue }
            if repairs { try await writer.write(key: row.keys, version: version, cells: row.cells) }
        }
    }

    /// Whether the stored row is as it should be; counts it when not.
    private mutating func note(_ row: EntityRow, _ stored: StoredRow, _ version: RowVersion) -> Bool {
        switch stored {
        case .missing: result.missing += 1
        case .undecodable: result.unreadable += 1
        case .row(let packed):
            // Pushed since, or of a run that was for a later instant.
            if packed.version.cut > cut, packed.version.cut <= latestCut { return true }
            guard let values = try? packed.values() else {
                result.unreadable += 1
                return false
            }
            let isEqual =
                packed.version.cut <= latestCut && values == row.cells && packed.version.event == row.event
                && packed.version.available == row.available
            if isEqual { return true }
            result.different += 1
        }
        return false
    }

    /// After every entity has been compared: rows of others. Where there are too many entities to know all at once, they are read again.
    mutating func findExtraRows(repairs: Bool, reading reader: EntityRowReader) async throws {
        while true {
            let extra = try await extraRows.find(
                notAfter: cut, latestCut: latestCut, removingOlderThan: repairs ? run : nil)
            result.extra += extra.found
            result.repaired += extra.removed
            guard extraRows.startNextPart() else { return }
            extraRows = try await reader.reduceKeys(of: layout.view, cut: cut, into: extraRows) { try $0.expect(key: $1) }
        }
    }

    mutating func finish() async throws -> Reconciliation {
        result.repaired += try await writer.finish().written
        return result
    }
}
