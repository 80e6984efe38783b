import AsOfJoin
import Columnar
import Evaluation
import FeatureDefs
import PostgresClient

/// Strategy `merge`: the spine and the rows that it can see come out of Postgres by binary COPY on several connections, straight
/// into columns, and are joined here: in memory, or, where that is not enough, in partitions on disk.
struct MergeJoin: Sendable {
    private static let batchRows = 1 << 15
    private static let connectionCount = 2
    /// As many times what fits in memory can be joined; more would make the pieces on disk small.
    private static let partitionCount = 64

    let request: TrainingRequest
    let observer: ProgressReport.Observer?
    /// The sources' tables that are read whole, the largest first.
    private let tables: [WholeTable]
    /// What reads, where it is being connected already.
    private let connecting: Task<[PostgresConnection], any Error>?
    /// Of all that is read, as the catalogue estimates them, where it was asked.
    private let expectedRows: Int?
    private let budget: MemoryBudget
    private let phases = PhaseTimes()

    init(
        request: TrainingRequest, observer: ProgressReport.Observer?, tables: [WholeTable] = [], expectedRows: Int? = nil,
        connecting: Task<[PostgresConnection], any Error>? = nil
    ) {
        self.expectedRows = expectedRows
        self.request = request
        self.tables = tables
        self.connecting = connecting
        self.observer = observer
        budget = MemoryBudget(bytes: request.memoryBytes ?? MemoryBudget.standard)
    }

    /// Joins what the connection's transaction sees; other connections read the same snapshot.
    func run(on connection: PostgresConnection, into sink: some TrainingRowSink) async throws -> JoinOutcome {
        try await PlannerSettings.apply(on: connection)
        let snapshot = try await ExportedSnapshot.of(connection)
        // The spine is described while the connections are made.
        async let opened = readers(of: snapshot)
        let reader = try await SpineReader.open(
            request, partCount: Self.connectionCount, describedBy: connection, observer: observer)
        let readers = try await opened
        do {
            let outcome = try await run(reader, readers, on: connection, into: sink)
            await readers.close()
            phases.print()
            return outcome
        } catch {
            await readers.close()
            if let failure = error as? FeatureFailure {
                throw TrainingError.computationFailed(feature: failure.feature, reason: failure.error.description)
            }
            if let error = error as? EvaluationError {
                throw TrainingError.computationFailed(feature: nil, reason: error.description)
            }
            throw error
        }
    }

    /// Connects what will read, while it is found out what there is to read: a fork of the server and its first queries take as long.
    static func connect(to url: PostgresURL) -> Task<[PostgresConnection], any Error> {
        Task { try await SnapshotReaders.connect(connectionCount, to: url) }
    }

    private func readers(of snapshot: ExportedSnapshot) async throws -> SnapshotReaders {
        let progress = observer.map { ReadingProgress(expectedRows: expectedRows, observer: $0) }
        guard let connecting else { return try await .open(Self.connectionCount, of: snapshot, progress: progress) }
        return try await .of(try await connecting.value, snapshot, progress: progress)
    }

    private func run(
        _ reader: SpineReader, _ readers: SnapshotReaders, on connection: PostgresConnection, into sink: some TrainingRowSink
    ) async throws -> JoinOutcome {
        let schema = try TrainingSchema(spine: reader.layout.shape, request: request)
        try await sink.begin(schema)
        let names = schema.columns.map(\.name)
        let (rows, statements): (Int, [String])
        var exceededMemory: Int?
        var marks: [SourceMark] = []
        do {
            (rows, statements, marks) = try await joinInMemory(reader, readers, names: names, on: connection, into: sink)
        } catch is MemoryBudget.Exceeded {
            // Nothing has been written yet: what is written has been read.
            try await readers.restart()
            (rows, statements, exceededMemory) = try await phases.measure("partitioned") {
                try await joinInPartitions(reader, readers, names: names, on: connection, into: sink)
            }
        }
        return JoinOutcome(
            rows: rows, sql: ([reader.sql].compactMap { $0 } + statements).joined(separator: ";\n\n"),
            exceededMemory: exceededMemory, marks: marks)
    }

    // MARK: On disk

    private func joinInPartitions(
        _ reader: SpineReader, _ readers: SnapshotReaders, names: [String], on connection: PostgresConnection,
        into sink: some TrainingRowSink
    ) async throws -> (rows: Int, statements: [String], exceededMemory: Int?) {
        let join = PartitionedJoin(
            request: request, readers: readers, partitions: KeyPartitions(count: Self.partitionCount),
            budget: budget, observer: observer)
        return try await join.run(reader, names: names, slicedBy: connection, into: sink)
    }

    // MARK: In memory

    private func joinInMemory(
        _ reader: SpineReader, _ readers: SnapshotReaders, names: [String], on connection: PostgresConnection,
        into sink: some TrainingRowSink
    ) async throws -> (Int, [String], [SourceMark]) {
        let arrivals = try await phases.measure("spine") { try await readSpine(reader, readers, for: sink) }
        let spine = arrivals.spine
        async let marks = arrivals.tables.map { $0.value.mark(asOf: request.asOf) }
        let rows = TrainingRows(request.selection, names: names)
        let (views, statements) = try await views(of: arrivals, reader.layout, readers, on: connection)
        let joined = try await phases.measure("kernels") { try await SpineJoin(views, times: spine.times) }
        await arrivals.foreseeing?.value
        try await phases.measure("write") { try await write(joined, spine, rows, into: sink) }
        return (spine.rowCount, statements, await marks)
    }

    /// The spine, and what came in with it: by read, the tables that are read whole, and the order of the spine's rows for each.
    private struct Arrivals: Sendable {
        let spine: SpineRows
        var orders: [Int: ReadOrder] = [:]
        var tables: [Int: WholeTableRows] = [:]
        /// What the sink does of the spine meanwhile.
        var foreseeing: Task<Void, Never>?
    }

    /// Reads the spine, by all connections; or by one, while the others read whole tables.
    private func readSpine(
        _ reader: SpineReader, _ readers: SnapshotReaders, for sink: any TrainingRowSink
    ) async throws -> Arrivals {
        guard !tables.isEmpty else { return Arrivals(spine: try await reader.readAll(by: readers, within: budget)) }
        enum Item { case spine, table(WholeTable) }
        enum Arrival { case spine(Arrivals), table(Int, WholeTableRows) }
        let items = [Item.spine] + tables.map { .table($0) }
        let arrived = try await readers.map(items) { connection, item -> Arrival in
            switch item {
            case .spine:
                let spine = try await reader.undivided.readAll(by: readers.only(connection), within: budget)
                // The rest of the tables leaves a processor time for it.
                let foreseeing = Task { await sink.foresee(spine.columns) }
                return .spine(Arrivals(spine: spine, orders: orders(of: spine, reader.layout), foreseeing: foreseeing))
            case .table(let table):
                return .table(table.index, try await table.rows(from: connection, of: readers, within: budget))
            }
        }
        guard case .spine(var arrivals) = arrived[0] else { preconditionFailure("the results are in the order of the items") }
        for case .table(let index, let rows) in arrived { arrivals.tables[index] = rows }
        return arrivals
    }

    /// For the tables that are read whole.
    private func orders(of spine: SpineRows, _ layout: SpineLayout) -> [Int: ReadOrder] {
        var known: [[JoinKey]: ReadOrder] = [:]
        var orders: [Int: ReadOrder] = [:]
        for table in tables {
            let read = table.read
            let keys = known[read.keys]?.keys ?? self.keys(of: spine, read.keys, layout)
            let order = known[read.keys]?.order ?? SpineOrder(keys: keys.numbers, keyCount: keys.count, times: spine.times)
            let made = ReadOrder(keys: keys, order: order, points: ReadJoin.points(of: read, request, order: order))
            known[read.keys] = made
            orders[table.index] = made
        }
        return orders
    }

    /// Reads the sources, and prepares each view's join. The views are in the selection's order.
    private func views(
        of arrivals: Arrivals, _ layout: SpineLayout, _ readers: SnapshotReaders, on connection: PostgresConnection
    ) async throws -> (views: [ViewJoin], statements: [String]) {
        let spine = arrivals.spine
        // A spine without any time sees nothing; the statement is the same all the same.
        let times = spine.times.timeRange ?? Timestamp.negativeInfinity...Timestamp.negativeInfinity
        var keysOfReads: [[JoinKey]: SpineKeys] = [:]
        var orders: [[JoinKey]: SpineOrder] = [:]
        for table in tables {
            keysOfReads[table.read.keys] = arrivals.orders[table.index]?.keys
            orders[table.read.keys] = arrivals.orders[table.index]?.order
        }
        var joins: [Int: ViewJoin] = [:]
        var statements: [String] = []
        for (index, read) in SourceRead.plan(request.selection.joinedViews).enumerated() {
            let range = SourceRange(read, times: times, knowledge: request.knowledge, asOf: request.asOf)
            statements.append(try SourceReadSQL(read, range: range, isCautious: false).copy(where: nil).text)
            let joined: ReadJoin
            if let table = arrivals.tables[index], let order = arrivals.orders[index] {
                joined = try await phases.measure("distribute") {
                    let content = try table.content(matching: order.keys.matcher.dictionary, range)
                    return await ReadJoin(content, request, keyCount: order.keys.count, points: order.points)
                }
            } else {
                let keys = await phases.measure("keys") { keysOfReads[read.keys] ?? self.keys(of: spine, read.keys, layout) }
                keysOfReads[read.keys] = keys
                let reader = SourceReader(read: read, range: range, readers: readers)
                // The spine is put in order while the source's rows come in.
                let known = orders[read.keys]
                async let ordered = {
                    let order = known ?? SpineOrder(keys: keys.numbers, keyCount: keys.count, times: spine.times)
                    return (order, ReadJoin.points(of: read, request, order: order))
                }()
                let content = try await phases.measure("source") {
                    try await reader.content(matching: keys.matcher, within: budget, slicedBy: connection)
                }
                let (order, points) = await ordered
                orders[read.keys] = order
                joined = await phases.measure("distribute") {
                    await ReadJoin(content, request, keyCount: keys.count, points: points)
                }
            }
            for (index, join) in joined.views { joins[index] = join }
        }
        return (request.selection.joinedViews.indices.compactMap { joins[$0] }, statements)
    }

    private func keys(of spine: SpineRows, _ keys: [JoinKey], _ layout: SpineLayout) -> SpineKeys {
        let columns = keys.compactMap { key in layout.shape.joinKeys.firstIndex(of: key).map { spine.keys[$0] } }
        return SpineKeys(columns: columns, rowCount: spine.rowCount)
    }

    /// Makes batches on all processors, while those before are written.
    private func write(
        _ join: SpineJoin, _ spine: SpineRows, _ training: TrainingRows, into sink: some TrainingRowSink
    ) async throws {
        let progress = ProgressReport(stage: "writing", total: spine.rowCount, observer: observer)
        let ranges = stride(from: 0, to: spine.rowCount, by: Self.batchRows).map {
            $0..<min(spine.rowCount, $0 + Self.batchRows)
        }
        try await withThrowingTaskGroup(of: (Int, ColumnTable).self) { group in
            var started = 0
            func start() {
                guard started < ranges.count else { return }
                let index = started
                group.addTask {
                    let rows = ranges[index]
                    var stored: [[Column]] = []
                    for (view, features) in training.needed.enumerated() {
                        stored.append(try join.columns(ofView: view, features, rows: rows))
                    }
                    return (index, try training.table(spine.joined(rows), stored: stored))
                }
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
