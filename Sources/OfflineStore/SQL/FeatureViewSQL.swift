import Evaluation
import FeatureDefs
import PostgresClient

/// Compiles one feature view to its value at each of a list of points: the same SQL for training, materialization and
/// skew checks, which differ in the points.
///
/// Points are rows `(asof_key_1, ..., asof_cut)` without NULLs and without duplicates. Values are rows of those columns, the
/// features by name, and for each latest group the chosen row's `asof_event_N` and `asof_available_N`.
struct FeatureViewSQL {
    static let cut = "asof_cut"
    /// Points may also say until when a row must have become available, and which transactions had been committed.
    static let known = "asof_known"
    static let transaction = "asof_transaction"

    let view: FeatureViewPlan
    let rows: SourceRows
    private let point: SQLIdentifier
    private let hasKnown: Bool
    private let hasTransaction: Bool

    /// - Parameters:
    ///   - pin: what the points hold beyond keys and cut.
    ///   - among: a relation of the entities that `valuesOfEveryEntity` is wanted of (`SourceRows.points`); nil for all.
    init(
        view: FeatureViewPlan, knowledge: KnowledgeMode, asOf: Timestamp? = nil, pin: ViewPin? = nil,
        among points: SQLIdentifier? = nil
    ) throws(PostgresError) {
        self.view = view
        hasKnown = pin?.known != nil
        hasTransaction = pin?.transaction != nil
        rows = try SourceRows(view: view, knowledge: knowledge, asOf: asOf, points: points)
        point = try SQLIdentifier("p")
    }

    static func eventColumn(group: Int) -> String { "asof_event_\(group + 1)" }
    static func availableColumn(group: Int) -> String { "asof_available_\(group + 1)" }

    /// `SELECT p.asof_key_1, ..., features ... FROM points AS p`, with a join to each latest row and to the window rows.
    func values(at points: SQLIdentifier) throws(PostgresError) -> SQLFragment {
        var columns: [SQLFragment] = []
        for index in view.joinKeys.indices { columns.append("\(try key(index))") }
        columns.append("\(try pointCut())")
        if hasKnown { columns.append(try pointColumn(Self.known)) }
        if hasTransaction { columns.append(try pointColumn(Self.transaction)) }
        for (feature, alias) in zip(view.features, aliases) {
            columns.append("\(try SQLIdentifier(alias)).\(try SQLIdentifier(feature.name))")
        }
        for group in view.latestGroups.indices {
            let alias = try SQLIdentifier(latestAlias(group))
            columns.append("\(alias).\(try SQLIdentifier(Self.eventColumn(group: group)))")
            columns.append("\(alias).\(try SQLIdentifier(Self.availableColumn(group: group)))")
        }
        var joins = SQLFragment()
        for (index, group) in view.latestGroups.enumerated() { joins += try latestJoin(group, index: index) }
        if !view.windowFeatures.isEmpty { joins += try windowJoin() }
        return """
                SELECT \(columns.joined(separator: ",\n           "))
                FROM \(points) AS \(point)\(joins)
            """
    }

    // MARK: Points

    private func key(_ index: Int) throws(PostgresError) -> SQLFragment {
        "\(point).\(try SQLIdentifier(SpineTable.keyColumn(index)))"
    }

    private func pointCut() throws(PostgresError) -> SQLFragment { try pointColumn(Self.cut) }

    private func pointColumn(_ name: String) throws(PostgresError) -> SQLFragment {
        "\(point).\(try SQLIdentifier(name))"
    }

    private func visible(after: SQLFragment? = nil) throws(PostgresError) -> [SQLFragment] {
        var keys: [SQLFragment] = []
        for index in view.joinKeys.indices { keys.append(try key(index)) }
        let known = try hasKnown ? pointColumn(Self.known) : nil
        var conditions = try rows.visible(keys: keys, cut: try pointCut(), after: after, known: known)
        if hasTransaction { conditions.append(rows.existed(before: try pointColumn(Self.transaction))) }
        return conditions
    }

    /// For each feature that of the relation which has its value.
    var aliases: [String] {
        var aliases = [String](repeating: windowAlias, count: view.features.count)
        for (index, group) in view.latestGroups.enumerated() {
            for feature in group.features { aliases[feature] = latestAlias(index) }
        }
        return aliases
    }

    func latestAlias(_ group: Int) -> String { "latest_\(group + 1)" }
    var windowAlias: String { "in_window" }

    // MARK: Latest

    /// The one visible row with the greatest (event, available), ties broken by the view's own columns.
    private func latestJoin(_ group: LatestGroup, index: Int) throws(PostgresError) -> SQLFragment {
        let features = group.features.map { view.features[$0] }
        let (columns, canFail) = try latestColumns(group, index: index)
        // Postgres may evaluate a select list before LIMIT; what can fail must see the chosen row only.
        let body: SQLFragment =
            try canFail
            ? """

                    FROM (
                        SELECT \(neededColumns(of: features).joined())\(chosenRow(group, indent: "            "))
                    ) AS \(rows.alias)
            """
            : chosenRow(group, indent: "        ")
        return """

                LEFT JOIN LATERAL (
                    SELECT \(columns.sql(indent: "        "))\(body)
                ) AS \(try SQLIdentifier(latestAlias(index))) ON true
            """
    }

    /// A group's features and times, from the row that was chosen; and whether computing them of other rows may fail.
    func latestColumns(_ group: LatestGroup, index: Int) throws(PostgresError) -> (columns: SelectList, canFail: Bool) {
        var columns = SelectList()
        var canFail = false
        for feature in group.features.map({ view.features[$0] }) {
            guard case .latest(let expression, _) = feature.computation else { continue }
            canFail = canFail || expression.canFail
            let sql = try ExpressionEmitter(columnsOf: rows.alias).emit(expression)
            columns.add("\(sql) AS \(try SQLIdentifier(feature.name))", remark: feature.computation.readableText)
        }
        columns.add("\(try rows.event()) AS \(try SQLIdentifier(Self.eventColumn(group: index)))")
        columns.add("\(try rows.available()) AS \(try SQLIdentifier(Self.availableColumn(group: index)))")
        return (columns, canFail)
    }

    private func chosenRow(_ group: LatestGroup, indent: SQLFragment) throws(PostgresError) -> SQLFragment {
        return """
            \(try rows.clauses(visible: try visible(), filter: group.filter, indent: indent))
            \(indent)ORDER BY \(try rows.latestFirst().joined())
            \(indent)LIMIT 1
            """
    }

    // MARK: Windows

    /// One pass over the rows of the longest window for all the window features of the view.
    private func windowJoin() throws(PostgresError) -> SQLFragment {
        let aggregates = try windowAggregates()
        let longest = aggregates.map(\.length).max() ?? .zero
        var columns = SelectList()
        for (aggregate, feature) in zip(aggregates, view.windowFeatures) {
            let start = aggregate.length < longest ? try windowStart(aggregate.length) : nil
            columns.add(
                "\(try aggregate.sql(rows: rows, after: start)) AS \(try SQLIdentifier(aggregate.name))",
                remark: feature.computation.readableText)
        }
        let visible = try visible(after: try windowStart(longest))
        return """

                CROSS JOIN LATERAL (
                    SELECT \(columns.sql(indent: "        "))\(try windowRows(visible, for: aggregates))
                ) AS \(try SQLIdentifier(windowAlias))
            """
    }

    func windowAggregates() throws(PostgresError) -> [WindowAggregate] {
        view.features.compactMap { feature in
            guard case .window(let function, let argument, let length, let filter) = feature.computation else { return nil }
            return WindowAggregate(name: feature.name, function: function, argument: argument, length: length, filter: filter)
        }
    }

    private func windowStart(_ length: Period) throws(PostgresError) -> SQLFragment {
        "\(try pointCut()) - \(length.sqlInterval)"
    }

    /// The rows of the longest window. Floats are added in one order whatever the plan, so that the same rows give the
    /// same bits (DESIGN §2, Numbers).
    private func windowRows(
        _ visible: [SQLFragment],
        for aggregates: [WindowAggregate]
    ) throws(PostgresError) -> SQLFragment {
        let summed = aggregates.filter(\.dependsOnOrder).compactMap(\.argument)
        guard !summed.isEmpty else { return try rows.clauses(visible: visible, filter: nil, indent: "        ") }
        let order = try summingOrder(summed)
        let ties = aggregates.contains(where: \.function.choosesRows) ? view.tieBreakColumns : []
        let needed = try neededColumns(of: view.windowFeatures, and: ties).joined()
        return """

                    FROM (
                        SELECT \(needed)\(try rows.clauses(visible: visible, filter: nil, indent: "            "))
                        ORDER BY \(order.joined())
                    ) AS \(rows.alias)
            """
    }

    /// The order in which rows are added up that `summed` are computed from.
    func summingOrder(_ summed: [TypedExpression<ColumnReference>]) throws(PostgresError) -> [SQLFragment] {
        var order = ["\(try rows.stored(view.source.eventTimestamp))", "\(try rows.available())"] as [SQLFragment]
        let columns = Set(summed.flatMap(\.inputs)).subtracting([view.source.eventTimestamp]).sorted { $0.name < $1.name }
        for column in columns { order.append(try rows.ordered(column)) }
        return order
    }

    /// The stored columns that the features and the row's times read.
    func neededColumns(of features: [FeaturePlan], and others: [ColumnReference] = []) throws(PostgresError)
        -> [SQLFragment]
    {
        var columns = Set([view.source.eventTimestamp, view.source.createdTimestamp].compactMap { $0 })
        columns.formUnion(others)
        for feature in features { columns.formUnion(feature.computation.inputs) }
        var names: [SQLFragment] = []
        for column in columns.sorted(by: { $0.name < $1.name }) { names.append(try rows.stored(column)) }
        return names
    }
}

extension FeatureComputation {
    /// The source columns that the feature reads, its filter's too.
    var inputs: [ColumnReference] {
        switch self {
        case .latest(let expression, let filter): expression.inputs + (filter?.inputs ?? [])
        case .window(_, let argument, _, let filter): (argument?.inputs ?? []) + (filter?.inputs ?? [])
        }
    }
}
