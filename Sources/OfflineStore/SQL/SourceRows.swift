import Evaluation
import FeatureDefs
import PostgresClient

/// The rows of a view's source under alias `r`, and when each happened and became available (DESIGN §2), as SQL.
struct SourceRows {
    let view: FeatureViewPlan
    let knowledge: KnowledgeMode
    /// Rows that became available later do not exist, in any knowledge mode; nil for no such limit.
    let asOf: Timestamp?
    /// A relation of `asof_key_1, ...`, each entity once: rows of others do not exist. nil for the rows of all.
    let points: SQLIdentifier?
    let alias: SQLIdentifier

    init(
        view: FeatureViewPlan, knowledge: KnowledgeMode, asOf: Timestamp? = nil, points: SQLIdentifier? = nil
    ) throws(PostgresError) {
        self.view = view
        self.knowledge = knowledge
        self.asOf = asOf
        self.points = points
        alias = try SQLIdentifier("r")
    }

    private var source: SourcePlan { view.source }

    /// `"transactions" AS "r"`, joined with the entities where not all are wanted.
    func relation() throws(PostgresError) -> SQLFragment {
        let relation: SQLFragment = "\(try source.relation.sql()) AS \(alias)"
        guard let points, !view.joinKeys.isEmpty else { return relation }
        let keys: [SQLFragment] = try SpineTable.keyNames(of: view).map { "\(points).\($0)" }
        return "\(relation) JOIN \(points) ON \(try isOfEntity(keys).joined(separator: " AND "))"
    }

    /// The column as it is stored, so that an index on it can be used.
    func stored(_ column: ColumnReference) throws(PostgresError) -> SQLFragment {
        "\(alias).\(try SQLIdentifier(column.name))"
    }

    /// The values of the view's join keys, in order.
    func keys() throws(PostgresError) -> [SQLFragment] {
        var keys: [SQLFragment] = []
        for column in view.joinKeyColumns { keys.append("\(try column.expression(of: alias))") }
        return keys
    }

    /// Conditions: no join key is NULL.
    func hasKeys() throws(PostgresError) -> [SQLFragment] {
        var known: [SQLFragment] = []
        for column in view.joinKeyColumns { known.append("\(try stored(column)) IS NOT NULL") }
        return known
    }

    /// Conditions: the row is of the entity with these keys.
    private func isOfEntity(_ keys: [SQLFragment]) throws(PostgresError) -> [SQLFragment] {
        var conditions: [SQLFragment] = []
        for (column, key) in zip(view.joinKeyColumns, keys) { conditions.append("\(try comparable(column)) = \(key)") }
        return conditions
    }

    /// A hash of the row's entity, an int8; the same for the same keys and seed, within one server. Rows with a NULL key, which are no
    /// entity's, have 0.
    func entityHash(seed: Int64) throws(PostgresError) -> SQLFragment {
        var hash: SQLFragment = "\(SQLLiteral(.int64(seed), type: .int64))"
        for (key, expression) in zip(view.joinKeys, try keys()) {
            switch key.type {
            case .int64: hash = "hashint8extended(\(expression), \(hash))"
            case .string: hash = "hashtextextended(\(expression), \(hash))"
            case .float64, .float32, .bool, .timestamp, .bytes, .uuid, .list, .vector:
                hash = "hashtextextended((\(expression))::text, \(hash))"
            }
        }
        return "coalesce(\(hash), 0)"
    }

    /// The event timestamp as timestamptz.
    func event() throws(PostgresError) -> SQLExpression {
        try source.eventTimestamp.expression(of: alias)
    }

    /// The available time as timestamptz, as the knowledge mode has it.
    func available() throws(PostgresError) -> SQLExpression {
        switch knowledge {
        case .asServed, .asKnown: try recorded()
        case .clean: try event()
        }
    }

    /// When the row became available, whatever the knowledge mode: the created timestamp, or else the event timestamp and
    /// the delay.
    func recorded() throws(PostgresError) -> SQLExpression {
        let event = try event()
        let delayed: SQLExpression =
            source.delay == .zero
            ? event : SQLExpression("\(event.operand(atLeast: .additive)) + \(source.delay.sqlInterval)", .additive)
        guard let created = source.createdTimestamp else { return delayed }
        return SQLExpression("coalesce(\(try created.expression(of: alias)), \(delayed))", .primary)
    }

    /// Rows of the keys at hand that are visible at the cut: `e <= cut AND a <= cut`, for keys that are not NULL; and which were
    /// available as of the training run, `a <= T`.
    ///
    /// - Parameters:
    ///   - after: with a window, the instant that the event must be later than.
    ///   - known: where it is another than the cut, the instant by which a row must have become available.
    func visible(
        keys: [SQLFragment], cut: SQLFragment, after: SQLFragment?, known: SQLFragment? = nil
    ) throws(PostgresError) -> [SQLFragment] {
        var conditions = try isOfEntity(keys)
        let event = try stored(source.eventTimestamp)
        if let after { conditions.append("\(event) > \(bound(after))") }
        // Where a row is available as it happens, one bound serves both.
        guard isAvailableLater else {
            let latest = asOf.map { "least(\(cut), \(SQLLiteral($0)))" as SQLFragment } ?? cut
            return conditions + ["\(event) <= \(bound(latest))"]
        }
        conditions.append("\(event) <= \(bound(cut))")
        let known = known ?? cut
        let pinned = asOf.map { "least(\(known), \(SQLLiteral($0)))" as SQLFragment } ?? known
        switch knowledge {
        case .asServed, .asKnown:
            conditions.append("\(try recorded().operand(above: .comparison)) <= \(pinned)")
        case .clean:
            guard let asOf else { break }
            conditions.append("\(try recorded().operand(above: .comparison)) <= \(SQLLiteral(asOf))")
        }
        return conditions
    }

    /// Whether the row was there for a transaction that saw all before number `transaction` (modulo 2^32) and none after; a negative
    /// number stands for whatever is there. Only tables have such numbers, see `ChangedRows`.
    func existed(before transaction: SQLFragment) -> SQLFragment {
        let modulus = SQLLiteral(.int64(1 << 32), type: .int64)
        let half = SQLLiteral(.int64(1 << 31), type: .int64)
        return """
            (\(transaction) < 0 OR (\(alias).xmin::text::int8 + (\(modulus) - \(transaction))) % \(modulus) >= \(half))
            """
    }

    /// Whether the source distinguishes when a row happened and when it became available.
    private var isAvailableLater: Bool { source.createdTimestamp != nil || source.delay != .zero }

    /// `FROM ... WHERE ...` on lines of their own: the visible rows that pass the view's filter and a feature's own.
    ///
    /// Filters are guarded where evaluating them could fail on rows that are not visible.
    func clauses(
        visible: [SQLFragment],
        filter: TypedExpression<ColumnReference>?,
        indent: SQLFragment
    ) throws(PostgresError) -> SQLFragment {
        var conditions = visible
        for filter in [view.filter, filter].compactMap({ $0 }) {
            let sql = try ExpressionEmitter(columnsOf: alias).emit(filter)
            conditions.append(
                filter.canFail
                    ? "CASE WHEN \(visible.joined(separator: " AND ")) THEN \(sql) ELSE false END"
                    : sql.operand(atLeast: .and)
            )
        }
        return try scan(where: conditions, indent: indent)
    }

    /// `FROM ... WHERE ...` on lines of their own: all rows that meet the conditions, the view's filter or not.
    func scan(where conditions: [SQLFragment], indent: SQLFragment) throws(PostgresError) -> SQLFragment {
        """

        \(indent)FROM \(try relation())
        \(indent)WHERE \(conditions.joined(separator: "\n\(indent)  AND "))
        """
    }

    /// The order in which `latest` prefers rows: greatest (event, available) first, ties broken by the view's own columns.
    func latestFirst() throws(PostgresError) -> [SQLFragment] {
        var order: [SQLFragment] = ["\(try stored(source.eventTimestamp)) DESC"]
        let available = try available()
        if available != (try event()) { order.append("\(available) DESC") }
        for column in view.tieBreakColumns { order.append(try descending(column)) }
        return order
    }

    /// A column of the row for ordering, greatest first, text by its bytes.
    func descending(_ column: ColumnReference) throws(PostgresError) -> SQLFragment {
        "\(try ordered(column)) DESC NULLS LAST"
    }

    /// A column of the row for ordering, text by its bytes.
    func ordered(_ column: ColumnReference) throws(PostgresError) -> SQLFragment {
        let expression = try sortKey(column)
        return column.storage.featureType.isCollated
            ? "\(expression.operand(atLeast: .collate)) COLLATE \"C\"" : "\(expression)"
    }

    /// An array sorts as it is stored: the order is that of its elements, and rows that are not chosen need not be lists.
    private func sortKey(_ column: ColumnReference) throws(PostgresError) -> SQLExpression {
        guard case .array = column.storage else { return try column.expression(of: alias) }
        return SQLExpression(try stored(column), .primary)
    }

    /// A key column for comparison with a key: as stored where Postgres then finds an index, converted otherwise.
    private func comparable(_ column: ColumnReference) throws(PostgresError) -> SQLFragment {
        column.storage.isComparedAsStored
            ? try stored(column) : try column.expression(of: alias).operand(above: .comparison)
    }

    /// An instant for comparison with the event column as it is stored.
    func bound(_ instant: SQLFragment) -> SQLFragment {
        switch source.eventTimestamp.storage {
        case .timestamp, .date: "(\(instant)) AT TIME ZONE 'UTC'"
        case .timestamptz, .int2, .int4, .int8, .float4, .float8, .text, .varchar, .bpchar, .bool, .bytea, .uuid, .numeric,
            .array:
            instant
        }
    }
}

extension ColumnStorage {
    /// Whether a key is looked for in a column as it is, by an index if there is one; else in what the column is converted to.
    var isComparedAsStored: Bool {
        switch self {
        case .int2, .int4, .int8, .text, .varchar, .bool, .timestamptz, .bytea, .uuid, .float4, .float8, .numeric, .array: true
        case .bpchar, .timestamp, .date: false
        }
    }
}

extension SourcePlan.Relation {
    /// `"raw"."transactions"`, or the query in parentheses.
    func sql() throws(PostgresError) -> SQLFragment {
        switch self {
        case .table(let parts):
            var names: [SQLFragment] = []
            for part in parts { names.append("\(try SQLIdentifier(part))") }
            return names.joined(separator: ".")
        case .query(let query):
            // On lines of its own, so that a comment at its end does not swallow the parenthesis.
            return "(\n\(SQLFragment(sourceQuery: query))\n)"
        }
    }
}
