package import FeatureDefs
package import PostgresClient

/// The spine of a profile: every entity with a row of the view's source in an hour, at the hour's last microsecond. An entity counts
/// once an hour, however many rows it has, so that the busy ones do not speak for the others.
package struct ActiveEntitySpine: Sendable {
    package static let timestampColumn = "event_timestamp"
    package static let window = Period(microseconds: 3_600_000_000)

    private let view: FeatureViewPlan
    private let from: Timestamp
    private let to: Timestamp
    private let asOf: Timestamp

    /// - Parameters:
    ///   - from: the first hour's start.
    ///   - to: the start of the hour after the last.
    ///   - asOf: rows that became available later are not seen.
    package init(view: FeatureViewPlan, from: Timestamp, to: Timestamp, asOf: Timestamp) {
        self.view = view
        self.from = from
        self.to = to
        self.asOf = asOf
    }

    /// Rows of the view's join keys and `event_timestamp`, by time and then by the keys.
    package func query() throws(PostgresError) -> String {
        let rows = try SourceRows(view: view, knowledge: .asKnown, asOf: asOf)
        let event = try rows.event()
        let time = try SQLIdentifier(Self.timestampColumn)
        var columns: [SQLFragment] = []
        var order: [SQLFragment] = ["\(time)"]
        var conditions: [SQLFragment] = [
            "\(event.operand(above: .comparison)) >= \(SQLLiteral(from))",
            "\(event.operand(above: .comparison)) < \(SQLLiteral(to))",
            "\(try rows.recorded().operand(above: .comparison)) <= \(SQLLiteral(asOf))",
        ]
        for (key, column) in zip(view.joinKeys, view.joinKeyColumns) {
            let name = try SQLIdentifier(key.name)
            columns.append("\(try column.expression(of: rows.alias)) AS \(name)")
            order.append(key.type == .string ? "\(name) COLLATE \"C\"" : "\(name)")
            conditions.append("\(try rows.stored(column)) IS NOT NULL")
        }
        let hour: SQLFragment = "date_bin(\(Self.window.sqlInterval), \(event), \(SQLLiteral(.epoch)))"
        columns.append("\(hour) + \(Period(microseconds: Self.window.microseconds - 1).sqlInterval) AS \(time)")
        let query: SQLFragment = """
            SELECT * FROM (
                SELECT DISTINCT \(columns.joined())
                FROM \(try rows.relation())
                WHERE \(conditions.joined(separator: " AND "))
            ) AS entities
            ORDER BY \(order.joined())
            """
        return query.text
    }
}
