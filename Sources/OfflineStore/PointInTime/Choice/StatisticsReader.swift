import FeatureDefs
import Foundation
import PostgresClient

/// Asks Postgres' catalogue and planner what a join is made of; runs no query over the tables' rows.
struct StatisticsReader: Sendable {
    let connection: PostgresConnection
    let request: TrainingRequest
    let missingIndexes: [MissingIndex]

    func read() async throws -> JoinStatistics {
        let spine = try await spine()
        let times = try await spineTimes()
        var reads: [JoinStatistics.Read] = []
        for read in SourceRead.plan(request.selection.joinedViews) { reads.append(try await statistics(of: read, times: times)) }
        return JoinStatistics(
            spineRows: spine.rows,
            spineRowBytes: spine.width,
            views: try await views(),
            reads: reads,
            memoryBytes: Double(request.memoryBytes ?? MemoryBudget.standard)
        )
    }

    // MARK: Sources

    private func statistics(of read: SourceRead, times: ClosedRange<Timestamp>?) async throws -> JoinStatistics.Read {
        var names: [String] = []
        for column in read.keyColumns + [read.source.eventTimestamp] + read.values.flatMap(\.inputs)
        where !names.contains(column.name) {
            names.append(column.name)
        }
        var columns: [SQLFragment] = []
        for name in names { columns.append("source.\(try SQLIdentifier(name))") }
        let query: SQLFragment = "SELECT \(columns.joined()) FROM \(try read.source.relation.sql()) AS source"
        let whole = try await PlannedQuery.read(query, on: connection)
        var visible = whole
        if let times {
            let range = SourceRange(read, times: times, knowledge: request.knowledge, asOf: request.asOf)
            let event: SQLFragment = "source.\(try SQLIdentifier(read.source.eventTimestamp.name))"
            var conditions: [SQLFragment] = ["\(event) <= \(SQLLiteral(range.latest))"]
            if let earliest = range.earliest { conditions.append("\(event) >= \(SQLLiteral(earliest))") }
            visible = try await PlannedQuery.read(
                "\(query) WHERE \(conditions.joined(separator: " AND "))", on: connection)
        }
        return JoinStatistics.Read(
            source: read.source.name, sourceRows: whole.rows, readRows: visible.rows, rowBytes: whole.width)
    }

    private func views() async throws -> [JoinStatistics.View] {
        var views: [JoinStatistics.View] = []
        for view in request.selection.joinedViews.map(\.view) {
            let rows = try await PlannedQuery.read(
                "SELECT FROM \(try view.source.relation.sql()) AS source", on: connection
            ).rows
            let isTable = if case .table = view.source.relation { true } else { false }
            views.append(
                JoinStatistics.View(
                    view: view.name,
                    sourceRows: rows,
                    rowsInLongestWindow: try await rowsInLongestWindow(of: view, sourceRows: rows),
                    searches: view.latestGroups.count + (view.windowFeatures.isEmpty ? 0 : 1),
                    features: view.features.count,
                    windowFeatures: view.windowFeatures.count,
                    hasIndex: isTable && !missingIndexes.contains { $0.view == view.name }
                )
            )
        }
        return views
    }

    /// Rows spread evenly over the keys and over the time that the statistics' histogram spans.
    private func rowsInLongestWindow(of view: FeatureViewPlan, sourceRows: Double) async throws -> Double {
        let lengths = view.windowFeatures.compactMap { feature -> Period? in
            guard case .window(_, _, let length, _) = feature.computation else { return nil }
            return length
        }
        guard let longest = lengths.max() else { return 0 }
        var keys: [SQLFragment] = []
        for column in view.joinKeyColumns { keys.append("\(try SQLIdentifier(column.name))") }
        let relation = try view.source.relation.sql()
        let keyCount =
            keys.isEmpty
            ? 1
            : try await PlannedQuery.read("SELECT DISTINCT \(keys.joined()) FROM \(relation) AS source", on: connection).rows
        let rowsOfKey = sourceRows / max(1, keyCount)
        guard case .table = view.source.relation,
            let span = try await ColumnBounds.instants(of: view.source.eventTimestamp.name, in: relation, on: connection)
        else { return rowsOfKey }
        let seconds = (Double(span.upperBound.microseconds) - Double(span.lowerBound.microseconds)) / 1e6
        return seconds > 0 ? rowsOfKey * min(1, Double(longest.microseconds) / 1e6 / seconds) : rowsOfKey
    }

    // MARK: The spine

    private func spine() async throws -> PlannedQuery {
        guard let query = try request.spine.relationSQL() else { return try file(request.spine) }
        // A spine that cannot be read is said in the spine's own words, not in those of an estimate.
        _ = try await SpineQuery.columns(of: query, from: request.spine, on: connection)
        return try await PlannedQuery.read(query, on: connection)
    }

    /// What a Parquet file says of itself, or a CSV file's size over the length of its first lines.
    private func file(_ spine: SpineSource) throws(SpineError) -> PlannedQuery {
        let path: String
        var rows: Double?
        switch spine {
        case .csv(let file):
            // A file that cannot be read is said in its own words; opening a pipe waits for who writes to it.
            if let obstacle = FilePlace.obstacleToReading(file) { throw .unreadableFile(path: file, reason: obstacle) }
            path = file
        case .parquet(let file):
            path = file
            rows = Double(try ParquetSpine.rowCount(file))
        case .table, .query: return PlannedQuery(rows: 0, width: 0)
        }
        guard let handle = try? FileHandle(forReadingFrom: URL(filePath: path)) else { return PlannedQuery(rows: 0, width: 0) }
        defer { try? handle.close() }
        guard let start = try? handle.read(upToCount: 1 << 16), let size = try? handle.seekToEnd() else {
            return PlannedQuery(rows: rows ?? 0, width: 0)
        }
        let lines = start.count { $0 == UInt8(ascii: "\n") }
        let estimate = rows ?? (lines == 0 ? 1 : Double(size) / Double(start.count) * Double(lines))
        return PlannedQuery(rows: estimate, width: Double(size) / max(1, estimate))
    }

    /// The spine's earliest and latest time, where the catalogue knows them.
    private func spineTimes() async throws -> ClosedRange<Timestamp>? {
        guard case .table(let parts) = request.spine else { return nil }
        let table = try SourcePlan.Relation.table(parts).sql()
        return try await ColumnBounds.instants(of: request.timestampColumn, in: table, on: connection)
    }
}
