import FeatureDefs
import PostgresClient

/// Compiles a view's values at one cut, for the online store: for every entity, for those that may have changed, or for
/// given ones (`GivenEntities`).
struct MaterializationSQL {
    static let hasRows = "asof_has_rows"

    private let view: FeatureViewPlan
    private let cut: Timestamp
    private let scope: MaterializationScope
    private let losses: LostBuckets?
    private let sample: EntitySample?
    private let access: EntityAccess

    /// - Parameter access: how the entities' values are found.
    init(
        view: FeatureViewPlan, cut: Timestamp, scope: MaterializationScope, losses: LostBuckets? = nil,
        sample: EntitySample? = nil, access: EntityAccess
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
        var unsettled: SQLFragment = ""
        switch scope {
        case .everyEntity:
            if let scanned {
                let ofAll = try FeatureViewSQL(view: view, knowledge: .asServed)
                return """
                    SELECT \((try storedColumns() + [try hasRows("true")]).joined())
                    FROM (
                    \(try ofAll.valuesOfEveryEntity(at: instant, known: known, having: scanned))
                    ) AS \(values)
                    """
            }
            let visible = known + (try rows.visible(keys: [], cut: instant, after: nil))
            source = try rows.clauses(visible: visible, filter: nil, indent: "    ")
        case .changed(let base):
            // Without the view's filter: a row that no longer passes it has changed its entity's value too.
            let changed = try ChangedRows(view: view, rows: rows, base: base, cut: cut, losses: losses).condition()
            source = try rows.scan(where: known + [changed], indent: "    ")
            unsettled = "\n    UNION \(try UnsettledEntities(of: view, in: base.project).points(at: instant))"
        case .entities:
            let given = GivenEntities(of: view)
            keys = try given.keys()
            source = try given.relation()
        }
        keys.append("\(instant) AS \(try SQLIdentifier(FeatureViewSQL.cut))")
        let wanted: SQLFragment = "SELECT DISTINCT \(keys.joined())\(source)\(unsettled)"
        guard let scanned else { return try searchedQuery(of: wanted, rows, at: instant) }
        return try scannedQuery(of: wanted, at: instant, known: known, having: scanned)
    }

    /// The source is gone over as a whole, and what is of other entities left out by a hash of those wanted.
    private func scannedQuery(
        of wanted: SQLFragment, at instant: SQLFragment, known: [SQLFragment], having perEntity: RowsPerEntity
    ) throws(PostgresError) -> SQLFragment {
        let points = try SQLIdentifier("asof_points")
        let values = try SQLIdentifier("asof_values")
        let ofPoints = try FeatureViewSQL(view: view, knowledge: .asServed, among: points)
        let key = try SQLIdentifier(SpineTable.keyColumn(0))
        return """
            WITH \(points) AS MATERIALIZED (
                \(wanted)
            )
            SELECT \((try storedColumns() + [try hasRows("\(values).\(key) IS NOT NULL")]).joined())
            FROM \(points) LEFT JOIN (
            \(try ofPoints.valuesOfEveryEntity(at: instant, known: known, having: perEntity))
            ) AS \(values) USING (\(try SpineTable.keyNames(of: view).joined()))
            """
    }

    private func searchedQuery(
        of wanted: SQLFragment, _ rows: SourceRows, at instant: SQLFragment
    ) throws(PostgresError) -> SQLFragment {
        let points = try SQLIdentifier("asof_points")
        let values = try SQLIdentifier("asof_values")
        return """
            WITH \(points) AS MATERIALIZED (
                \(wanted)
                ORDER BY 1
            ),
            \(values) AS (
            \(try FeatureViewSQL(view: view, knowledge: .asServed).values(at: points))
            )
            SELECT \((try storedColumns() + [try hasVisibleRow(rows, of: values, at: instant)]).joined())
            FROM \(values)
            """
    }

    /// How many rows an entity has of the source that is gone over; nil where that is searched. Without join keys there is one entity, which
    /// nothing is sorted by.
    private var scanned: RowsPerEntity? {
        guard case .scanned(let perEntity) = access, !view.joinKeys.isEmpty else { return nil }
        return perEntity
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

    private func hasVisibleRow(
        _ rows: SourceRows, of values: SQLIdentifier, at instant: SQLFragment
    ) throws(PostgresError) -> SQLFragment {
        guard !scope.isFull else { return try hasRows("true") }
        let keys: [SQLFragment] = try SpineTable.keyNames(of: view).map { "\(values).\($0)" }
        let visible = try rows.visible(keys: keys, cut: instant, after: nil)
        return try hasRows(
            """
            EXISTS (
                SELECT\(try rows.clauses(visible: visible, filter: nil, indent: "        "))
            )
            """)
    }

    private func hasRows(_ condition: SQLFragment) throws(PostgresError) -> SQLFragment {
        "\(condition) AS \(try SQLIdentifier(Self.hasRows))"
    }

    private func storedColumns() throws(PostgresError) -> [SQLFragment] {
        var columns = try SpineTable.keyNames(of: view)
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
