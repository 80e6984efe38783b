package import FeatureDefs
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
            let sourceRows = Int(try await PlannedQuery.read("SELECT FROM \(relation) AS source", on: connection).rows)
            let keys: Int
            let known = latest[view.name].map(\.keys)
            if let known {
                keys = known
            } else if view.joinKeys.isEmpty {
                keys = 1
            } else {
                var columns: [SQLFragment] = []
                for column in view.joinKeyColumns { columns.append("\(try SQLIdentifier(column.name))") }
                keys = Int(
                    try await PlannedQuery.read("SELECT DISTINCT \(columns.joined()) FROM \(relation) AS source", on: connection)
                        .rows)
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
}
