import FeatureDefs
import Foundation
package import PostgresClient

/// A choice of strategy, and why.
package struct StrategyChoice: Codable, Hashable, Sendable {
    package let chosen: JoinStrategy
    /// Whether the user said so.
    package let isForced: Bool
    package let statistics: JoinStatistics
    /// The cheapest first.
    package let estimates: [StrategyEstimate]
}

/// Chooses a strategy by what Postgres knows of the tables; runs no query over their rows.
package struct StrategyChooser: Sendable {
    private let connection: PostgresConnection

    package init(connection: PostgresConnection) {
        self.connection = connection
    }

    package func choose(_ request: TrainingRequest) async throws -> StrategyChoice {
        let statistics = JoinStatistics(spineRows: try await spineRows(request.spine), views: try await views(request.selection))
        let estimates = StrategyCosts(statistics).estimates
        return StrategyChoice(
            chosen: request.strategy ?? estimates.first?.strategy ?? .probe,
            isForced: request.strategy != nil,
            statistics: statistics,
            estimates: estimates
        )
    }

    private func views(_ selection: FeatureSelection) async throws -> [JoinStatistics.View] {
        let missing = try await IndexAdvisor(connection: connection).missingIndexes(for: selection.distinctViews)
        var views: [JoinStatistics.View] = []
        for view in selection.joinedViews.map(\.view) {
            let rows = try await plannedRows("SELECT FROM \(try view.source.relation.sql()) AS source")
            let isTable = if case .table = view.source.relation { true } else { false }
            views.append(
                JoinStatistics.View(
                    view: view.name,
                    sourceRows: rows,
                    rowsInLongestWindow: try await rowsInLongestWindow(of: view, sourceRows: rows),
                    searches: view.latestGroups.count + (view.windowFeatures.isEmpty ? 0 : 1),
                    features: view.features.count,
                    hasIndex: isTable && !missing.contains { $0.view == view.name }
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
        let keyCount = keys.isEmpty ? 1 : try await plannedRows("SELECT DISTINCT \(keys.joined()) FROM \(relation) AS source")
        let rowsOfKey = sourceRows / max(1, keyCount)
        guard let span = try await timeSpan(of: view), span > 0 else { return rowsOfKey }
        return rowsOfKey * min(1, Double(longest.microseconds) / 1e6 / span)
    }

    /// Seconds between the ends of the event timestamp's histogram; nil without statistics.
    private func timeSpan(of view: FeatureViewPlan) async throws -> Double? {
        guard case .table = view.source.relation else { return nil }
        let cells = try await connection.execute(
            """
            SELECT bounds[1], bounds[cardinality(bounds)] FROM (
                SELECT histogram_bounds::text::text[] AS bounds FROM pg_catalog.pg_stats AS s
                JOIN pg_catalog.pg_class AS c ON c.oid = to_regclass($1) AND c.relname = s.tablename
                JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = s.schemaname
                WHERE s.attname = $2
            ) AS statistics WHERE bounds IS NOT NULL
            """,
            [.text(try view.source.relation.sql().text), .text(view.source.eventTimestamp.name)]
        ).rows.first
        guard let cells, let first = cells[0].flatMap({ Timestamp($0) }), let last = cells[1].flatMap({ Timestamp($0) }),
            first.isFinite, last.isFinite
        else { return nil }
        return (Double(last.microseconds) - Double(first.microseconds)) / 1e6
    }

    private func spineRows(_ spine: SpineSource) async throws -> Double {
        guard let query = try spine.relationSQL() else { return try estimatedRows(spine) }
        // A spine that cannot be read is said in the spine's own words, not in those of an estimate.
        _ = try await SpineQuery.columns(of: query, from: spine, on: connection)
        return try await plannedRows(query)
    }

    /// What a Parquet file says, or a CSV file's size over the length of its first lines.
    private func estimatedRows(_ spine: SpineSource) throws(SpineError) -> Double {
        if case .parquet(let path) = spine { return Double(try ParquetSpine.rowCount(path)) }
        guard case .csv(let path) = spine, let handle = try? FileHandle(forReadingFrom: URL(filePath: path)) else { return 0 }
        defer { try? handle.close() }
        guard let start = try? handle.read(upToCount: 1 << 16), let size = try? handle.seekToEnd() else { return 0 }
        let lines = start.count { $0 == UInt8(ascii: "\n") }
        return lines == 0 ? 1 : Double(size) / Double(start.count) * Double(lines)
    }

    private struct Explained: Decodable {
        struct Node: Decodable {
            let rows: Double
            private enum CodingKeys: String, CodingKey { case rows = "Plan Rows" }
        }
        let plan: Node
        private enum CodingKeys: String, CodingKey { case plan = "Plan" }
    }

    private func plannedRows(_ query: SQLFragment) async throws -> Double {
        let json = try await connection.execute("EXPLAIN (FORMAT JSON) \(query.text)").firstCell ?? "[]"
        return try JSONDecoder().decode([Explained].self, from: Data(json.utf8)).first?.plan.rows ?? 0
    }
}
