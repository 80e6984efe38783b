import FeatureDefs
import PostgresClient

extension FeatureViewSQL {
    /// Every entity's values at one instant, or those of the points' entities: keys, features and each latest group's times, by name.
    /// Each part goes over the source once and sorts what it needs of it by entity, so that the cost does not depend on an index; where an
    /// entity has one row at most, nothing is sorted.
    ///
    /// - Parameter known: conditions on a row to have an entity.
    func valuesOfEveryEntity(
        at instant: SQLFragment, known: [SQLFragment], having perEntity: RowsPerEntity
    ) throws(PostgresError) -> SQLFragment {
        let keys: SQLFragment = try SpineTable.keyNames(of: view).joined()
        var columns = [keys]
        for (feature, alias) in zip(view.features, aliases) {
            let name: SQLFragment = "\(try SQLIdentifier(alias)).\(try SQLIdentifier(feature.name))"
            // An entity without a row in the window is in no group.
            columns.append(feature.isCount ? "coalesce(\(name), 0) AS \(try SQLIdentifier(feature.name))" : name)
        }
        var parts: [(alias: SQLIdentifier, sql: SQLFragment)] = []
        for (index, group) in view.latestGroups.enumerated() {
            columns.append("\(try SQLIdentifier(Self.eventColumn(group: index)))")
            columns.append("\(try SQLIdentifier(Self.availableColumn(group: index)))")
            let sql = try latestOfEveryEntity(group, index: index, at: instant, known: known, having: perEntity)
            parts.append((try SQLIdentifier(latestAlias(index)), sql))
        }
        if !view.windowFeatures.isEmpty {
            let sql = try windowsOfEveryEntity(at: instant, known: known, having: perEntity)
            parts.append((try SQLIdentifier(windowAlias), sql))
        }
        var source: SQLFragment
        if parts.count == 1, view.windowFeatures.isEmpty, view.latestGroups[0].filter == nil {
            source = "(\n\(parts[0].sql)\n) AS \(parts[0].alias)"
        } else {
            let visible = known + (try rows.visible(keys: [], cut: instant, after: nil))
            let rowKeys =
                "\(try keyColumns().joined())\(try rows.clauses(visible: visible, filter: nil, indent: "    "))" as SQLFragment
            let select: SQLFragment = perEntity == .one ? "SELECT" : "SELECT DISTINCT"
            source = "(\n    \(select) \(rowKeys)\n) AS \(try SQLIdentifier("asof_entities"))"
            for part in parts { source += "\nLEFT JOIN (\n\(part.sql)\n) AS \(part.alias) USING (\(keys))" }
        }
        return "SELECT \(columns.joined(separator: ",\n       "))\nFROM \(source)"
    }

    private func latestOfEveryEntity(
        _ group: LatestGroup, index: Int, at instant: SQLFragment, known: [SQLFragment], having perEntity: RowsPerEntity
    ) throws(PostgresError) -> SQLFragment {
        let (columns, canFail) = try latestColumns(group, index: index)
        let visible = known + (try rows.visible(keys: [], cut: instant, after: nil))
        var head: SQLFragment = "    SELECT "
        var chosen = try rows.clauses(visible: visible, filter: group.filter, indent: "    ")
        switch perEntity {
        case .one:
            // Or else Postgres takes the subquery for a part of the query around it, and computes what can fail before it joins.
            if canFail { chosen += "\n    OFFSET 0" }
        case .many:
            let ordinals = ordinals()
            head += "DISTINCT ON (\(ordinals.joined())) "
            chosen += "\n    ORDER BY \((ordinals + (try rows.latestFirst())).joined())"
        }
        head += "\(try keyColumns().joined()), "
        guard canFail else { return "\(head)\n           \(columns.sql(indent: "    "))\(chosen)" }
        // What can fail must see the chosen row only.
        let needed = try neededColumns(of: group.features.map { view.features[$0] }).joined()
        return """
                SELECT \(try SpineTable.keyNames(of: view).joined()),
                       \(columns.sql(indent: "    "))
                FROM (
            \(head)\(needed)\(chosen)
                ) AS \(rows.alias)
            """
    }

    private func windowsOfEveryEntity(
        at instant: SQLFragment, known: [SQLFragment], having perEntity: RowsPerEntity
    ) throws(PostgresError) -> SQLFragment {
        let aggregates = try windowAggregates()
        let longest = aggregates.map(\.length).max() ?? .zero
        var columns = SelectList()
        for (aggregate, feature) in zip(aggregates, view.windowFeatures) {
            let start: SQLFragment? = aggregate.length < longest ? "\(instant) - \(aggregate.length.sqlInterval)" : nil
            columns.add(
                "\(try aggregate.sql(rows: rows, after: start)) AS \(try SQLIdentifier(aggregate.name))",
                remark: feature.computation.readableText)
        }
        let visible = known + (try rows.visible(keys: [], cut: instant, after: "\(instant) - \(longest.sqlInterval)"))
        let clauses = try rows.clauses(visible: visible, filter: nil, indent: "    ")
        let ordinals = ordinals()
        let summed = aggregates.filter(\.dependsOnOrder).compactMap(\.argument)
        guard !summed.isEmpty, perEntity == .many else {
            return """
                    SELECT \(try keyColumns().joined()),
                           \(columns.sql(indent: "    "))\(clauses)
                    GROUP BY \(ordinals.joined())
                """
        }
        let ties = aggregates.contains(where: \.function.choosesRows) ? view.tieBreakColumns : []
        let needed = try neededColumns(of: view.windowFeatures, and: ties).joined()
        return """
                SELECT \(try SpineTable.keyNames(of: view).joined()),
                       \(columns.sql(indent: "    "))
                FROM (
                SELECT \(try keyColumns().joined()), \(needed)\(clauses)
                ORDER BY \((ordinals + (try summingOrder(summed))).joined())
                ) AS \(rows.alias)
                GROUP BY \(ordinals.joined())
            """
    }

    /// `r.card_id AS asof_key_1`
    private func keyColumns() throws(PostgresError) -> [SQLFragment] {
        var columns: [SQLFragment] = []
        for (index, key) in try rows.keys().enumerated() {
            columns.append("\(key) AS \(try SQLIdentifier(SpineTable.keyColumn(index)))")
        }
        return columns
    }

    /// The keys' places in a select list that begins with them.
    private func ordinals() -> [SQLFragment] {
        view.joinKeys.indices.map { SQLFragment(number: $0 + 1) }
    }
}

extension FeaturePlan {
    /// Whether it is 0, not NULL, where there is nothing to count.
    fileprivate var isCount: Bool {
        guard case .window(let function, _, _, _) = computation else { return false }
        return !function.valueWhenNoRows.isNull
    }
}
