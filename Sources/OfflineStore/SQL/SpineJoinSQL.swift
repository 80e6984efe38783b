import FeatureDefs
import PostgresClient

/// A column of a spine join's result.
struct SpineJoinColumn {
    let sql: SQLFragment
    let name: String
    /// For people: what it is, where the name does not say it.
    var remark = ""
}

/// Compiles the point-in-time join of a spine table with everything that a selection of features reads.
///
/// One row per spine row, in spine order. Each view is evaluated once for each distinct (keys, cut) and joined back.
struct SpineJoinSQL {
    let selection: FeatureSelection
    let spine: SpineTable
    let knowledge: KnowledgeMode
    /// Source rows that became available later do not exist.
    var asOf: Timestamp?
    /// One for each joined view; empty: each view's cut is the contract's.
    var pins: [ViewPin] = []

    private static let spineAlias = "s"

    /// `SELECT <spine columns>, <features> FROM asof_spine AS s ... ORDER BY s.asof_ordinal`
    ///
    /// - Parameter columns: what to select, given the features' own columns, one for each in the selection's order.
    func query(columns: (_ features: [SQLExpression]) throws(PostgresError) -> [SpineJoinColumn]) throws(PostgresError)
        -> SQLFragment
    {
        var with: [SQLFragment] = []
        var joins = SQLFragment()
        for (index, view) in selection.joinedViews.enumerated() {
            with += try expressions(of: view, index: index)
            joins += try join(view, index: index)
        }
        for (index, feature) in selection.onDemandFeatures.enumerated() { joins += try onDemandJoin(feature, index: index) }
        var features: [SQLExpression] = []
        for feature in selection.features { features.append(try value(of: feature.reference)) }
        var list = SelectList()
        for column in try columns(features) {
            list.add("\(column.sql) AS \(try SQLIdentifier(column.name))", remark: column.remark)
        }
        let prefix: SQLFragment = with.isEmpty ? "" : "WITH \(with.joined(separator: ",\n"))\n"
        return """
            \(prefix)SELECT \(list.sql(indent: ""))
            FROM pg_temp.\(try SQLIdentifier(SpineTable.name)) AS \(try spineAlias())\(joins)
            ORDER BY \(try spineColumn(SpineTable.ordinal))
            """
    }

    /// A column of the spine table.
    func spineColumn(_ name: String) throws(PostgresError) -> SQLFragment {
        "\(try spineAlias()).\(try SQLIdentifier(name))"
    }

    private func spineAlias() throws(PostgresError) -> SQLIdentifier { try SQLIdentifier(Self.spineAlias) }

    // MARK: Feature views

    private func valuesName(_ index: Int) throws(PostgresError) -> SQLIdentifier { try SQLIdentifier("asof_view_\(index + 1)") }
    private func pointsName(_ index: Int) throws(PostgresError) -> SQLIdentifier {
        try SQLIdentifier("asof_view_\(index + 1)_points")
    }
    private func valuesAlias(_ index: Int) throws(PostgresError) -> SQLIdentifier { try SQLIdentifier("v\(index + 1)") }

    private func pin(of view: FeatureViewPlan, index: Int) throws(PostgresError) -> ViewPin {
        if !pins.isEmpty { return pins[index] }
        let t = try spineColumn(SpineTable.timestamp)
        switch knowledge {
        case .asServed: return ViewPin(cut: view.schedule?.sqlCut(at: t) ?? t)
        case .asKnown, .clean: return ViewPin(cut: t)
        }
    }

    private func keyColumns(of view: JoinedView) throws(PostgresError) -> [SQLFragment] {
        var columns: [SQLFragment] = []
        for key in view.joinKeys {
            guard let column = spine.keyColumn(for: key) else { preconditionFailure("the spine lacks a selected join key") }
            columns.append(try spineColumn(column))
        }
        return columns
    }

    /// The view's points, sorted so that neighbours find their rows in the same pages, and its values at them.
    private func expressions(of joined: JoinedView, index: Int) throws(PostgresError) -> [SQLFragment] {
        let view = joined.view
        let keys = try keyColumns(of: joined)
        var columns = SelectList()
        var order: [SQLFragment] = []
        for (position, key) in keys.enumerated() {
            let name = try SQLIdentifier(SpineTable.keyColumn(position))
            columns.add("\(key) AS \(name)", remark: joined.joinKeys[position].name)
            order.append("\(name)")
        }
        let pin = try pin(of: view, index: index)
        for column in pin.columns {
            let name = try SQLIdentifier(column.name)
            let remark = column.name == FeatureViewSQL.cut && pins.isEmpty ? view.schedule?.readableText ?? "" : ""
            columns.add("\(column.value) AS \(name)", remark: remark)
            order.append("\(name)")
        }
        let needed = keys + [try spineColumn(SpineTable.timestamp)] + (pins.isEmpty ? [] : [pin.cut])
        let known = needed.map { "\($0) IS NOT NULL" as SQLFragment }
        let values = try FeatureViewSQL(
            view: view, knowledge: knowledge, asOf: asOf, pin: pins.isEmpty ? nil : pin
        ).values(at: try pointsName(index))
        let viewName = try SQLIdentifier(view.name)
        return [
            """
            -- \(viewName)\(try readKeys(of: joined)), at each distinct (keys, cut) of the spine
            \(try pointsName(index)) AS MATERIALIZED (
                SELECT DISTINCT
                       \(columns.sql(indent: "    "))
                FROM pg_temp.\(try SQLIdentifier(SpineTable.name)) AS \(try spineAlias())
                WHERE \(known.joined(separator: " AND "))
                ORDER BY \(order.joined())
            )
            """,
            """
            \(try valuesName(index)) AS MATERIALIZED (
            \(values)
            )
            """,
        ]
    }

    /// ` by "origin_airport"`, where the spine's columns are not called as the view's join keys.
    private func readKeys(of joined: JoinedView) throws(PostgresError) -> SQLFragment {
        guard !joined.keys.isOwn else { return "" }
        var names: [SQLFragment] = []
        for key in joined.joinKeys { names.append("\(try SQLIdentifier(key.name))") }
        return " by \(names.joined())"
    }

    private func join(_ view: JoinedView, index: Int) throws(PostgresError) -> SQLFragment {
        let alias = try valuesAlias(index)
        var conditions: [SQLFragment] = []
        for (position, key) in try keyColumns(of: view).enumerated() {
            conditions.append("\(alias).\(try SQLIdentifier(SpineTable.keyColumn(position))) = \(key)")
        }
        for column in try pin(of: view.view, index: index).columns {
            conditions.append("\(alias).\(try SQLIdentifier(column.name)) = \(column.value)")
        }
        return "\nLEFT JOIN \(try valuesName(index)) AS \(alias) ON \(conditions.joined(separator: " AND "))"
    }

    // MARK: Features

    private func value(of reference: FeatureReference) throws(PostgresError) -> SQLExpression {
        if let place = selection.place(of: reference) { return try storedValue(at: place) }
        guard let index = selection.onDemandFeatures.firstIndex(where: { $0.reference == reference }) else {
            preconditionFailure("the selection is not closed under its features' inputs")
        }
        return try onDemandValue(index)
    }

    /// The view's value, with what the join back adds: NULL for a latest value past its ttl, then what stands for NULL: 0 for
    /// a count without rows, a default.
    private func storedValue(at place: FeatureSelection.Place) throws(PostgresError) -> SQLExpression {
        let view = selection.joinedViews[place.view].view
        let feature = view.features[place.feature]
        let alias = try valuesAlias(place.view)
        let stored = try withinTTL(
            SQLExpression("\(alias).\(try SQLIdentifier(feature.name))", .primary), at: place, of: view, alias: alias)
        guard !feature.valueWhenNoRows.isNull else { return stored }
        return SQLExpression("coalesce(\(stored), \(SQLLiteral(feature.valueWhenNoRows, type: feature.type)))", .primary)
    }

    private func withinTTL(
        _ stored: SQLExpression, at place: FeatureSelection.Place, of view: FeatureViewPlan, alias: SQLIdentifier
    ) throws(PostgresError) -> SQLExpression {
        guard let ttl = view.ttl, let group = view.latestGroups.firstIndex(where: { $0.features.contains(place.feature) }) else {
            return stored
        }
        var event: SQLFragment = "\(alias).\(try SQLIdentifier(FeatureViewSQL.eventColumn(group: group)))"
        if let shift = pins.isEmpty ? nil : pins[place.view].eventShift, shift != .zero { event += " + \(shift.sqlInterval)" }
        let oldest: SQLFragment = "\(try spineColumn(SpineTable.timestamp)) - \(ttl.sqlInterval)"
        return SQLExpression("CASE WHEN \(event) >= \(oldest) THEN \(stored) END", .primary)
    }

    // MARK: On-demand features

    private func onDemandAlias(_ index: Int) throws(PostgresError) -> SQLIdentifier { try SQLIdentifier("d\(index + 1)") }

    private func onDemandValue(_ index: Int) throws(PostgresError) -> SQLExpression {
        let name = try SQLIdentifier(selection.onDemandFeatures[index].reference.feature)
        return SQLExpression("\(try onDemandAlias(index)).\(name)", .primary)
    }

    /// `CROSS JOIN LATERAL (SELECT <expression> AS name)`: later on-demand features can read it.
    private func onDemandJoin(_ feature: FeatureSelection.OnDemandFeature, index: Int) throws(PostgresError) -> SQLFragment {
        let emitter = ExpressionEmitter<OnDemandInput, PostgresError> { (input) throws(PostgresError) in
            switch input {
            case .feature(let reference): return try value(of: reference)
            case .request(let name): return try requestValue(name)
            }
        }
        let expression = try emitter.emit(feature.expression)
        let name = try SQLIdentifier(feature.reference.feature)
        return "\nCROSS JOIN LATERAL (SELECT \(expression) AS \(name)) AS \(try onDemandAlias(index))"
    }

    private func requestValue(_ name: String) throws(PostgresError) -> SQLExpression {
        guard let index = spine.requestInputs.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("the spine lacks a selected request input")
        }
        return SQLExpression(try spineColumn(SpineTable.requestColumn(index)), .primary)
    }
}
