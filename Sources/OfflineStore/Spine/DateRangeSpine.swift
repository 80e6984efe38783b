package import FeatureDefs
package import PostgresClient

/// A spine without a file: every entity seen in a view, at instants a step apart. An entity has rows from the first instant on at
/// which a row of it was visible, so that the spine does not know of entities before they were known.
package struct DateRangeSpine: Sendable {
    package static let timestampColumn = "event_timestamp"

    private let view: FeatureViewPlan
    /// The first instant.
    private let from: Timestamp
    /// After the last instant.
    private let to: Timestamp
    private let every: Period
    private let asOf: Timestamp

    package init(view: FeatureViewPlan, from: Timestamp, to: Timestamp, every: Period, asOf: Timestamp) {
        self.view = view
        self.from = from
        self.to = to
        self.every = every
        self.asOf = asOf
    }

    /// Rows of the view's join keys and `event_timestamp`, in that order of time and then of the keys.
    package func query() throws(PostgresError) -> String {
        let rows = try SourceRows(view: view, knowledge: .asKnown, asOf: asOf)
        let event = try rows.event()
        let recorded = try rows.recorded()
        var keys: [SQLFragment] = []
        var order: [SQLFragment] = []
        var known: [SQLFragment] = ["\(try rows.stored(view.source.eventTimestamp)) IS NOT NULL"]
        for (key, column) in zip(view.joinKeys, view.joinKeyColumns) {
            let name = try SQLIdentifier(key.name)
            keys.append("\(try column.expression(of: rows.alias)) AS \(name)")
            order.append(key.type == .string ? "entities.\(name) COLLATE \"C\"" : "entities.\(name)")
            known.append("\(try rows.stored(column)) IS NOT NULL")
        }
        known.append("\(recorded.operand(above: .comparison)) <= \(SQLLiteral(asOf))")
        var names: [SQLFragment] = []
        for key in view.joinKeys { names.append("entities.\(try SQLIdentifier(key.name))") }
        let groups = view.joinKeys.indices.map { SQLFragment(number: $0 + 1) }
        let grouping: SQLFragment = groups.isEmpty ? "" : "\n    GROUP BY \(groups.joined())"
        let last = to - Period(microseconds: 1)
        return """
            SELECT \((names + ["instant AS \(try SQLIdentifier(Self.timestampColumn))"]).joined().text)
            FROM (
                SELECT \((keys + ["min(greatest(\(event), \(recorded))) AS asof_first_seen"]).joined().text)
                FROM \(try view.source.relation.sql().text) AS \(rows.alias.quoted)
                WHERE \(known.joined(separator: " AND ").text)\(grouping.text)
            ) AS entities
            CROSS JOIN generate_series(\(SQLLiteral(from).text), \(SQLLiteral(last).text), \(every.sqlInterval.text)) AS instant
            WHERE asof_first_seen <= instant
            ORDER BY \((["instant"] + order).joined().text)
            """
    }
}
