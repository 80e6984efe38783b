import AsOfJoin
import Columnar
import Evaluation
import FeatureDefs
import PostgresClient

/// Strategy `merge`: the spine and the rows that it can see come out of Postgres by binary COPY on several connections, straight
/// into columns, and are joined here.
struct MergeJoin: Sendable {
    private static let batchRows = 1 << 15

    let request: TrainingRequest
    let observer: ProgressReport.Observer?
    var connectionCount = 2
    var phases = PhaseTimes()

    /// Joins what the connection's transaction sees; other connections read the same snapshot.
    func run(on connection: PostgresConnection, into sink: some TrainingRowSink) async throws -> JoinOutcome {
        try await PlannerSettings.apply(on: connection)
        let readers = try await SnapshotReaders.open(connectionCount, beside: connection)
        do {
            let outcome = try await run(on: connection, readers, into: sink)
            await readers.close()
            return outcome
        } catch {
            await readers.close()
            if let error = error as? EvaluationError { throw TrainingError.computationFailed(reason: error.description) }
            throw error
        }
    }

    private func run(
        on connection: PostgresConnection, _ readers: SnapshotReaders, into sink: some TrainingRowSink
    ) async throws -> JoinOutcome {
        let reader = SpineReader(request: request, readers: readers, observer: observer)
        let spine = try await phases.measure("spine") { try await reader.read(describedBy: connection) }
        let schema = try TrainingSchema(spine: spine.shape, request: request)
        try await sink.begin(schema)
        let (views, statements) = try await join(spine, readers, on: connection)
        let joined = try await phases.measure("kernels") {
            try await SpineJoin(request.selection, spine: spine, views: views, names: schema.columns.map(\.name))
        }
        try await phases.measure("write") { try await write(joined, rows: spine.rowCount, into: sink) }
        phases.print()
        return JoinOutcome(rows: spine.rowCount, sql: ([spine.sql].compactMap { $0 } + statements).joined(separator: ";\n\n"))
    }

    /// Reads the sources, and prepares each view's join. The views are in the selection's order.
    private func join(
        _ spine: SpineRows, _ readers: SnapshotReaders, on connection: PostgresConnection
    ) async throws -> (views: [ViewJoin], statements: [String]) {
        var orders: [[JoinKey]: (keys: SpineKeys, order: SpineOrder)] = [:]
        var joins: [Int: ViewJoin] = [:]
        var statements: [String] = []
        for read in SourceRead.plan(request.selection.joinedViews) {
            let (keys, order) = orders[read.keys] ?? self.order(spine, by: read.keys)
            orders[read.keys] = (keys, order)
            let content = try await content(of: read, for: spine, keys, readers, on: connection, statements: &statements)
            try await phases.measure("sort") { try await prepare(content, keys, order, into: &joins) }
        }
        return (request.selection.joinedViews.indices.compactMap { joins[$0] }, statements)
    }

    private func order(_ spine: SpineRows, by keys: [JoinKey]) -> (SpineKeys, SpineOrder) {
        let columns = keys.compactMap { key in request.selection.joinKeys.firstIndex(of: key).map { spine.keys[$0] } }
        let numbered = SpineKeys(columns: columns, rowCount: spine.rowCount)
        return (numbered, SpineOrder(keys: numbered.numbers, keyCount: numbered.count, times: spine.times))
    }

    private func content(
        of read: SourceRead, for spine: SpineRows, _ keys: SpineKeys, _ readers: SnapshotReaders,
        on connection: PostgresConnection, statements: inout [String]
    ) async throws -> SourceContent {
        // A spine without any time sees nothing; the statement is the same all the same.
        let times = spine.timeRange ?? Timestamp.negativeInfinity...Timestamp.negativeInfinity
        let range = SourceRange(read, times: times, knowledge: request.knowledge, asOf: request.asOf)
        statements.append(try SourceReadSQL(read, range: range, isCautious: false).copy(where: nil).text)
        let reader = SourceReader(read: read, range: range, matcher: keys.matcher, readers: readers)
        return try await phases.measure("source") { try await reader.content(slicedBy: connection) }
    }

    private func prepare(
        _ content: SourceContent, _ keys: SpineKeys, _ order: SpineOrder, into joins: inout [Int: ViewJoin]
    ) async throws {
        let availability = Availability(content, knowledge: request.knowledge, asOf: request.asOf)
        for (index, view) in content.read.views.map({ ($0.index, $0.plan) }) {
            let needsTieBreak = view.features.contains { $0.computation.needsTieBreak }
            let ties = needsTieBreak ? view.tieBreakColumns : []
            let rows = TimedRows(
                keys: availability.keys,
                keyCount: keys.count,
                event: content.events,
                available: availability.available,
                ties: ties.map { CellOrder(content.values[content.read.place(of: $0)]) }
            )
            let points = SpinePoints(order, cut: cut(of: view))
            joins[index] = ViewJoin(view, content: content, rows: rows, points: points)
        }
    }

    /// nil where the cut is the spine row's time.
    private func cut(of view: FeatureViewPlan) -> ((Int64) -> Int64)? {
        guard request.knowledge == .asServed, let schedule = view.schedule else { return nil }
        return { schedule.cut(at: Timestamp(microseconds: $0)).microseconds }
    }

    /// Makes batches on all processors, while those before are written.
    private func write(_ join: SpineJoin, rows: Int, into sink: some TrainingRowSink) async throws {
        let progress = ProgressReport(stage: "writing", total: rows, observer: observer)
        let ranges = stride(from: 0, to: rows, by: Self.batchRows).map { $0..<min(rows, $0 + Self.batchRows) }
        try await withThrowingTaskGroup(of: (Int, ColumnTable).self) { group in
            var started = 0
            func start() {
                guard started < ranges.count else { return }
                let index = started
                group.addTask { (index, try join.batch(ranges[index])) }
                started += 1
            }
            for _ in 0..<4 { start() }
            var waiting: [Int: ColumnTable] = [:]
            var next = 0
            while next < ranges.count {
                while let batch = waiting.removeValue(forKey: next) {
                    start()
                    try await sink.append(batch)
                    progress.report(ranges[next].upperBound)
                    next += 1
                }
                guard next < ranges.count, let (index, batch) = try await group.next() else { break }
                waiting[index] = batch
            }
        }
    }
}
