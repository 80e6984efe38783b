import AsOfJoin
import Columnar
import FeatureDefs
import PostgresClient

/// The join of what does not fit in memory: both sides go to disk by the hashes of their keys, are joined partition by partition,
/// and the results come back in the spine's order.
///
/// What must fit are the rows of one partition, and so those of one key.
struct PartitionedJoin: Sendable {
    private static let rowsPerPiece = 1 << 12

    let request: TrainingRequest
    let readers: SnapshotReaders
    let partitions: KeyPartitions
    let budget: MemoryBudget
    let observer: ProgressReport.Observer?

    /// Returns the number of rows, the statements that were read, and how much more than the budget the largest partition took.
    func run(
        _ reader: SpineReader, names: [String], slicedBy connection: PostgresConnection, into sink: some TrainingRowSink
    ) async throws -> (rows: Int, statements: [String], exceededMemory: Int?) {
        let rows = TrainingRows(request.selection, names: names)
        let reads = SourceRead.plan(request.selection.joinedViews)
        var keySets: [[JoinKey]] = []
        for read in reads where !keySets.contains(read.keys) { keySets.append(read.keys) }
        let spine = try await PartitionedSpine.read(reader, readers, by: keySets, partitions: partitions)
        var statements: [String] = []
        var results: [(read: SourceRead, results: OrderedResults)] = []
        var largest = 0
        for read in reads {
            let (file, statement, bytes) = try await join(read, spine, needed: rows.needed, slicedBy: connection)
            statements.append(statement)
            largest = max(largest, bytes)
            results.append((read, OrderedResults(file, partitionCount: partitions.count)))
        }
        try await write(spine, rows, &results, into: sink)
        return (spine.rowCount, statements, budget.excess(ofHolding: largest))
    }

    /// Joins the views of a read; the results are on disk, by partition: the row's number, then the needed features view by view.
    private func join(
        _ read: SourceRead, _ spine: PartitionedSpine, needed: [[Int]], slicedBy connection: PostgresConnection
    ) async throws -> (SpillFile, statement: String, largestBytes: Int) {
        let keyed = spine.keyed(by: read.keys)
        // A spine without any time sees nothing; the statement is the same all the same.
        let times = spine.timeRange ?? Timestamp.negativeInfinity...Timestamp.negativeInfinity
        let range = SourceRange(read, times: times, knowledge: request.knowledge, asOf: request.asOf)
        let reader = SourceReader(read: read, range: range, readers: readers)
        let (sql, source) = try await reader.spilled(to: partitions, keyForm: keyed.form, slicedBy: connection)
        let types = read.views.flatMap { view in needed[view.index].map { ColumnType(view.plan.features[$0].type) } }
        let results = try SpillFile(types: [.int64] + types, partitionCount: partitions.count)
        let progress = ProgressReport(stage: "joining", total: spine.rowCount, observer: observer)
        var done = 0
        var largest = 0
        for partition in 0..<partitions.count {
            try Task.checkCancellation()
            let (numbers, times, keys) = try spine.partition(partition, of: keyed)
            if numbers.isEmpty { continue }
            let stored = try source.readAll(partition).columns
            largest = max(largest, stored.reduce(numbers.count * 16) { $0 + $1.byteCount })
            let content = try SourceContent(
                sql, keys: keys.matcher.dictionary.numbers(of: stored[0]), columns: Array(stored.dropFirst()))
            let order = SpineOrder(keys: keys.numbers, keyCount: keys.count, times: times)
            let points = ReadJoin.points(of: read, request, order: order)
            let views = await ReadJoin(content, request, keyCount: keys.count, points: points).views
            let joined = try await SpineJoin(views.map(\.join), times: times)
            for start in stride(from: 0, to: numbers.count, by: Self.rowsPerPiece) {
                let rows = start..<min(numbers.count, start + Self.rowsPerPiece)
                var columns: [Column] = [.int64(PrimitiveColumn(ContiguousArray(numbers[rows])))]
                for (place, view) in views.enumerated() {
                    columns += try joined.columns(ofView: place, needed[view.index], rows: rows)
                }
                try results.append(columns, rowCount: rows.count, partition: partition)
            }
            done += numbers.count
            progress.report(done)
        }
        return (results, try sql.copy(where: nil).text, largest)
    }

    private func write(
        _ spine: PartitionedSpine, _ rows: TrainingRows, _ results: inout [(read: SourceRead, results: OrderedResults)],
        into sink: some TrainingRowSink
    ) async throws {
        let progress = ProgressReport(stage: "writing", total: spine.rowCount, observer: observer)
        var written = 0
        for batch in spine.batches {
            let range = written..<written + batch.rowCount
            var stored = rows.needed.map { _ in [Column]() }
            for index in results.indices {
                var columns = try results[index].results.next(range)[...]
                for view in results[index].read.views {
                    let features = rows.needed[view.index]
                    stored[view.index] = zip(features, columns).map { view.plan.features[$0].whenRead($1) }
                    columns = columns.dropFirst(features.count)
                }
            }
            try await sink.append(try rows.table(try spine.rows(batch), stored: stored))
            written = range.upperBound
            progress.report(written)
        }
    }
}
