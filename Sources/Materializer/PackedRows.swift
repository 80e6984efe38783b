import FeatureDefs
import OfflineStore
import OnlineStore
import PostgresClient

/// Packs entities' rows as they come from the offline store, for the online one. Cells that are eight bytes in both become no values of
/// ours in between.
struct PackedRows: EntityRowCollector {
    struct Batch: Sendable {
        var rows: PackedRowBatch
        /// Keys of entities without a visible row, whose stored rows are to go.
        var gone: [[FeatureValue]] = []

        /// How many entities' rows there are.
        var count: Int { rows.count + gone.count }
    }

    private static let mostGone = 2000

    private let cut: Timestamp
    private let run: UInt32
    private let keyTypes: [FeatureType]
    private var cells: CellReader
    private var key: [FeatureValue] = []
    private var batch: Batch

    init(of layout: OnlineViewLayout, cut: Timestamp, run: UInt32) {
        self.cut = cut
        self.run = run
        keyTypes = layout.view.joinKeys.map(\.type)
        cells = CellReader(cells: layout.view.storedCells, runs: layout.rowLayout.runs)
        batch = Self.batch(like: PackedRowBatch(of: layout))
    }

    mutating func add(_ row: inout BinaryCopyRow) throws {
        key.removeAll(keepingCapacity: true)
        for type in keyTypes { key.append(try row.nextValue(as: type)) }
        var hasRows = false
        try batch.rows.append(key: key) { packed in
            let (event, available) = try cells.read(&row, into: &packed)
            hasRows = try row.nextBool() ?? false
            return hasRows ? RowVersion(cut: cut, run: run, event: event, available: available) : nil
        }
        if !hasRows { batch.gone.append(key) }
    }

    mutating func takeBatch(isLast: Bool) -> Batch? {
        let isEnough = batch.rows.byteCount >= OnlineWriter.flushBytes || batch.gone.count >= Self.mostGone
        guard batch.count > 0, isLast || isEnough else { return nil }
        defer { batch = Self.batch(like: batch.rows) }
        return batch
    }

    private static func batch(like other: PackedRowBatch) -> Batch {
        Batch(rows: PackedRowBatch(like: other, sentAt: OnlineWriter.flushBytes))
    }
}

/// Puts the cells of one row after the other where they belong.
private struct CellReader {
    let cells: [StoredCell]
    let runs: [(cells: Range<Int>, areWords: Bool)]
    private var events = ChosenEvents()

    init(cells: [StoredCell], runs: [(cells: Range<Int>, areWords: Bool)]) {
        self.cells = cells
        self.runs = runs
    }

    /// Reads a row up to the available times, and tells the newest event.
    mutating func read(
        _ row: inout BinaryCopyRow, into packed: inout PackedRowBuilder
    ) throws -> (event: Timestamp, available: Timestamp) {
        for run in runs {
            if run.areWords {
                try packed.putWords(run.cells) { words, nulls, firstBit in
                    try row.nextWords(run.cells.count, to: words, nulls: nulls, firstBit: firstBit)
                }
                continue
            }
            let cell = run.cells.lowerBound
            let value = try row.nextValue(as: cells[cell].type)
            try packed.put(value, cell: cell)
            if case .latestEventTimestamp = cells[cell] { events.add(value) }
        }
        return try events.takeNewest(&row)
    }
}
