import AsOfJoin
import Columnar
import FeatureDefs
import Synchronization

/// A spine on disk: as it came, and, for each set of join keys, by the hashes of its keys.
struct PartitionedSpine: Sendable {
    /// The rows of some join keys.
    struct Keyed: Sendable {
        let keys: [JoinKey]
        let form: KeyMatcher.Form
        /// The row's number within its part, its time, its key.
        let file: SpillFile
    }

    private let layout: SpineLayout
    private let own: SpillFile
    private let keyed: [Keyed]
    /// The number of each part's first row.
    private let firstRows: [Int]
    let rowCount: Int
    /// The rows' earliest and latest time; nil when there is none.
    let timeRange: ClosedRange<Timestamp>?

    private static let batchRows = 1 << 15

    static func read(
        _ reader: SpineReader, _ readers: SnapshotReaders, by keySets: [[JoinKey]], partitions: KeyPartitions
    ) async throws -> PartitionedSpine {
        let layout = reader.layout
        let own = try SpillFile(types: layout.types, partitionCount: 1)
        let keyed = try keySets.map { keys in
            let (key, form) = SpineKeys.keyColumn(layout.keyColumns(keys, in: layout.types.map(Column.empty)), rowCount: 0)
            let file = try SpillFile(types: [.int64, .timestamp, key.type], partitionCount: partitions.count)
            return Keyed(keys: keys, form: form, file: file)
        }
        let state = Mutex((rows: Array(repeating: 0, count: reader.partCount), range: ClosedRange<Timestamp>?.none))
        try await reader.stream(by: readers, batchRows: batchRows, within: nil) { part, columns, rowCount in
            let times = layout.times(columns)
            let first = state.withLock { state in
                defer { state.rows[part] += rowCount }
                if let range = times.timeRange { state.range = state.range.map { $0.union(range) } ?? range }
                return state.rows[part]
            }
            try reader.refuseInfiniteTimes(times, part: part, firstRow: first)
            try own.append(columns, rowCount: rowCount, partition: 0, part: part)
            let numbers = PrimitiveColumn(ContiguousArray(Int64(first)..<Int64(first + rowCount)))
            for set in keyed {
                let key = SpineKeys.keyColumn(layout.keyColumns(set.keys, in: columns), rowCount: rowCount).column
                try partitions.distribute(
                    [.int64(numbers), .timestamp(times), key], rowCount: rowCount, key: 2, part: part, into: set.file
                ) { !times.validity.isValid($0) }
            }
        }
        let (rows, range) = state.withLock { $0 }
        var firstRows: [Int] = []
        var rowCount = 0
        for count in rows {
            firstRows.append(rowCount)
            rowCount += count
        }
        return PartitionedSpine(
            layout: layout, own: own, keyed: keyed, firstRows: firstRows, rowCount: rowCount, timeRange: range)
    }

    func keyed(by keys: [JoinKey]) -> Keyed {
        guard let found = keyed.first(where: { $0.keys == keys }) else {
            preconditionFailure("a spine is partitioned by all the keys that are read")
        }
        return found
    }

    /// A partition's rows in the order of the spine: their numbers in it, times and keys.
    func partition(_ index: Int, of keyed: Keyed) throws(MergeError) -> (
        numbers: ContiguousArray<Int64>, times: PrimitiveColumn<Int64>, keys: SpineKeys
    ) {
        let (columns, _, pieces) = try keyed.file.readAll(index)
        guard case .int64(let local) = columns[0], case .timestamp(let times) = columns[1] else {
            preconditionFailure("a partition starts with numbers and times")
        }
        var numbers = ContiguousArray<Int64>()
        numbers.reserveCapacity(local.count)
        for piece in pieces {
            let first = Int64(firstRows[keyed.file.part(of: piece)])
            for number in local.values[numbers.count..<numbers.count + piece.rowCount] { numbers.append(first + number) }
        }
        return (numbers, times, SpineKeys(columns[2], form: keyed.form))
    }

    /// The spine as it came, batch by batch.
    var batches: [SpillFile.Piece] { own.pieces(of: 0) }

    func rows(_ batch: SpillFile.Piece) throws(MergeError) -> SpineRows {
        layout.rows(try own.read(batch), rowCount: batch.rowCount)
    }
}

extension ClosedRange<Timestamp> {
    fileprivate func union(_ other: ClosedRange) -> ClosedRange {
        Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
    }
}
