package import FeatureDefs
package import PostgresClient

/// Compiles a view's values for every entity at one cut, for the online store.
package struct MaterializationSQL {
    private let view: FeatureViewPlan
    private let cut: Timestamp

    package init(view: FeatureViewPlan, cut: Timestamp) {
        self.view = view
        self.cut = cut
    }

    /// Rows of: the join keys, the cells of `FeatureViewPlan.storedCells`, and each latest group's available time.
    ///
    /// The entities are those with at least one visible row; `ttl` is not applied, it is judged at each lookup.
    package func query() throws(PostgresError) -> SQLFragment {
        let points = try SQLIdentifier("asof_points")
        let values = try SQLIdentifier("asof_values")
        let rows = try SourceRows(view: view, knowledge: .asServed)
        let instant: SQLFragment = "\(SQLLiteral(cut))"
        var keys: [SQLFragment] = []
        var known: [SQLFragment] = []
        for (index, column) in view.joinKeyColumns.enumerated() {
            keys.append("\(try column.expression(of: rows.alias)) AS \(try SQLIdentifier(SpineTable.keyColumn(index)))")
            known.append("\(try rows.stored(column)) IS NOT NULL")
        }
        let visible = known + (try rows.visible(keys: [], cut: instant, after: nil))
        return """
            WITH \(points) AS MATERIALIZED (
                SELECT DISTINCT \((keys + ["\(instant) AS \(try SQLIdentifier(FeatureViewSQL.cut))"]).joined())\(try rows.clauses(visible: visible, filter: nil, indent: "    "))
                ORDER BY 1
            ),
            \(values) AS (
            \(try FeatureViewSQL(view: view, knowledge: .asServed).values(at: points))
            )
            SELECT \(try columns().joined())
            FROM \(values)
            """
    }

    private func columns() throws(PostgresError) -> [SQLFragment] {
        var columns: [SQLFragment] = []
        for index in view.joinKeys.indices { columns.append("\(try SQLIdentifier(SpineTable.keyColumn(index)))") }
        for cell in view.storedCells {
            switch cell {
            case .feature(let index, _):
                columns.append("\(try SQLIdentifier(view.features[index].name))")
            case .latestEventTimestamp(let group):
                columns.append("\(try SQLIdentifier(FeatureViewSQL.eventColumn(group: group)))")
            }
        }
        for group in view.latestGroups.indices {
            columns.append("\(try SQLIdentifier(FeatureViewSQL.availableColumn(group: group)))")
        }
        return columns
    }
}
