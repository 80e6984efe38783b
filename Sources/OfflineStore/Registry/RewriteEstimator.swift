package import FeatureDefs
import Foundation
package import PostgresClient

/// What writing a view anew will take, before it is done.
package struct RewriteEstimate: Hashable, Sendable, Codable {
    package enum Origin: String, Hashable, Sendable, Codable {
        /// What the last run of the view found.
        case lastMaterialization = "last_materialization"
        /// Postgres' own estimate, from `pg_class` and `pg_stats`: as good as the last ANALYZE.
        case statistics
    }

    package let view: String
    /// How many keys must be written online.
    package let keys: Int
    package let keysFrom: Origin
    /// How many rows of the source there are to read, by Postgres' estimate.
    package let sourceRows: Int

    package init(view: String, keys: Int, keysFrom: Origin, sourceRows: Int) {
        self.view = view
        self.keys = keys
        self.keysFrom = keysFrom
        self.sourceRows = sourceRows
    }
}

/// Estimates what a change will cost online. Runs no query: it asks the planner.
package struct RewriteEstimator: Sendable {
    private let connection: PostgresConnection
    private let project: String

    package init(connection: PostgresConnection, project: String) {
        self.connection = connection
        self.project = project
    }

    package func estimate(_ views: [FeatureViewPlan]) async throws -> [RewriteEstimate] {
        let latest = try await MaterializationLog(connection: connection, project: project).latest()
        var estimates: [RewriteEstimate] = []
        for view in views {
            let relation = try view.source.relation.sql()
            let sourceRows = try await plannedRows("SELECT FROM \(relation) AS source")
            let keys: Int
            let known = latest[view.name].map(\.keys)
            if let known {
                keys = known
            } else if view.joinKeys.isEmpty {
                keys = 1
            } else {
                var columns: [SQLFragment] = []
                for column in view.joinKeyColumns { columns.append("\(try SQLIdentifier(column.name))") }
                keys = try await plannedRows("SELECT DISTINCT \(columns.joined(separator: ", ")) FROM \(relation) AS source")
            }
            estimates.append(
                RewriteEstimate(
                    view: view.name,
                    keys: keys,
                    keysFrom: known == nil ? .statistics : .lastMaterialization,
                    sourceRows: sourceRows
                )
            )
        }
        return estimates
    }

    private struct Explained: Decodable {
        struct Node: Decodable {
            let rows: Double

            private enum CodingKeys: String, CodingKey {
                case rows = "Plan Rows"
            }
        }

        let plan: Node

        private enum CodingKeys: String, CodingKey {
            case plan = "Plan"
        }
    }

    private func plannedRows(_ query: SQLFragment) async throws -> Int {
        let json = try await connection.execute("EXPLAIN (FORMAT JSON) \(query.text)").firstCell ?? "[]"
        let explained = try JSONDecoder().decode([Explained].self, from: Data(json.utf8))
        return Int(explained.first?.plan.rows ?? 0)
    }
}
