import FeatureDefs
import PostgresClient

/// Compiles a view's values at one cut, for the online store: for every entity, for those that may have changed, or for
/// given ones (`GivenEntities`).
struct MaterializationSQL {
    static let hasRows = "asof_has_rows"

    private let view: FeatureViewPlan
    private let cut: Timestamp
    private let scope: MaterializationScope
    /// Buckets of entities of which rows are gone.
    private let losses: [Int]
    private let sample: EntitySample?
    private let access: EntityAccess

    /// - Parameter access: how every entity's values are found, for the scope of every entity.
    init(
        view: FeatureViewPlan, cut: Timestamp, scope: MaterializationScope, losses: [Int] = [], sample: EntitySample? = nil,
        access: EntityAccess
    ) {
        self.view = view
        self.cut = cut
        self.scope = scope
        self.losses = losses
        self.sample = sample
        self.access = access
    }

    /// Rows of: the join keys, the cells of `FeatureViewPlan.storedCells`, each latest group's available time, and whether the
    /// entity has a visible row at all. Without one it is not to be stored; there are such only among changed entities.
    ///
    /// `ttl` is not applied, it is judged at each lookup.
    func query() throws(PostgresError) -> SQLFragment {
        let points = try SQLIdentifier("asof_points")
        let values = try SQLIdentifier("asof_values")
        let rows = try SourceRows(view: view, knowledge: .asServed)
        let instant: SQLFragment = "\(SQLLiteral(cut))"
        var keys: [SQLFragment] = []
        for (index, key) in try rows.keys().enumerated() {
            keys.append("\(key) AS \(try SQLIdentifier(SpineTable.keyColumn(index)))")
        }
        var known = try rows.hasKeys()
        if let sample { known.append(try isSampled(sample, rows)) }
        let source: SQLFragment
        switch scope {
        case .everyEntity where access == .sorted && !keys.isEmpty:
            let all = try FeatureViewSQL(view: view, knowledge: .asServed).valuesOfEveryEntity(at: instant, known: known)
            return """
                SELECT \((try storedColumns() + [try hasVisibleRow(rows, at: instant)]).joined())
                FROM (
                \(all)
                ) AS \(values)
                """
        case .everyEntity:
            let visible = known + (try rows.visible(keys: [], cut: instant, after: nil))
            source = try rows.clauses(visible: visible, filter: nil, indent: "    ")
        case .changed(let base):
            // Without the view's filter: a row that no longer passes it has changed its entity's value too.
            let changed = try ChangedRows(view: view, rows: rows, base: base, cut: cut, losses: losses).condition()
            source = try rows.scan(where: known + [changed], indent: "    ")
        case .entities:
            let given = GivenEntities(of: view)
            keys = try given.keys()
            source = try given.relation()
        }
        let columns = keys + ["\(instant) AS \(try SQLIdentifier(FeatureViewSQL.cut))"]
        return """
            WITH \(points) AS MATERIALIZED (
                SELECT DISTINCT \(columns.joined())\(source)
                ORDER BY 1
            ),
            \(values) AS (
            \(try FeatureViewSQL(view: view, knowledge: .asServed).values(at: points))
            )
            SELECT \((try storedColumns() + [try hasVisibleRow(rows, at: instant)]).joined())
            FROM \(values)
            """
    }

    /// Rows of the join keys of every entity that has a visible row.
    func keysQuery() throws(PostgresError) -> SQLFragment {
        let rows = try SourceRows(view: view, knowledge: .asServed)
        let keys = try rows.keys()
        let visible = try rows.hasKeys() + (try rows.visible(keys: [], cut: "\(SQLLiteral(cut))", after: nil))
        let clauses = try rows.clauses(visible: visible, filter: nil, indent: "")
        // Without keys there is one entity, if that.
        return keys.isEmpty ? "SELECT\(clauses)\nLIMIT 1" : "SELECT DISTINCT \(keys.joined())\(clauses)"
    }

    /// Whether the row's entity is in the sample.
    private func isSampled(_ sample: EntitySample, _ rows: SourceRows) throws(PostgresError) -> SQLFragment {
        """
        \(try rows.entityHash(seed: sample.seed)) & \(SQLLiteral(.int64(EntitySample.hashes - 1), type: .int64)) \
        < \(SQLLiteral(.int64(sample.threshold), type: .int64))
        """
    }

    private func hasVisibleRow(_ rows: SourceRows, at instant: SQLFragment) throws(PostgresError) -> SQLFragment {
        let name = try SQLIdentifier(Self.hasRows)
        guard !scope.isFull else { return "true AS \(name)" }
        var keys: [SQLFragment] = []
        for index in view.joinKeys.indices {
            keys.append("\(try SQLIdentifier("asof_values")).\(try SQLIdentifier(SpineTable.keyColumn(index)))")
        }
        let visible = try rows.visible(keys: keys, cut: instant, after: nil)
        return """
            EXISTS (
                SELECT\(try rows.clauses(visible: visible, filter: nil, indent: "        "))
            ) AS \(name)
            """
    }

    private func storedColumns() throws(PostgresError) -> [SQLFragment] {
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
