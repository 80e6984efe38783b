package import FeatureDefs
package import PostgresClient

/// A window of the served log, staged as the spine of point-in-time joins: all its rows for the first step, then those that differ.
/// Within one transaction of the caller's, and so of one snapshot.
package struct ServedLogWindow: Sendable {
    private let connection: PostgresConnection
    private let project: String
    private let service: FeatureSelection
    private let stored: FeatureSelection
    /// Names of the views whose source keeps row versions.
    private let versionedViews: Set<String>

    /// - Parameters:
    ///   - service: the service's features, as served.
    ///   - stored: the feature views' features to recompute. Its join keys must be the service's.
    package init(
        connection: PostgresConnection, project: String, service: FeatureSelection, stored: FeatureSelection,
        versionedViews: Set<String>
    ) {
        self.connection = connection
        self.project = project
        self.service = service
        self.stored = stored
        self.versionedViews = versionedViews
    }

    /// The views of a selection whose source is a table, whose rows say which transaction wrote them.
    package static func versionedViews(
        of selection: FeatureSelection, on connection: PostgresConnection
    ) async throws -> Set<String> {
        var names = Set<String>()
        for view in selection.distinctViews {
            if try await SourceState.read(view.source.relation, on: connection).state.storage != nil { names.insert(view.name) }
        }
        return names
    }

    // MARK: Staging

    /// Puts the next rows of a slice into the spine table, in the order of the log. Returns the last one's id; nil when there are none.
    package func stage(
        _ slice: ServedLogSlice, in range: ServedLogRange, after servedID: Int64, limit: Int
    ) async throws -> Int64? {
        try await PlannerSettings.apply(on: connection)
        // CREATE TABLE AS takes no parameters, so the rows' ids are gathered first.
        try await connection.execute("CREATE TEMP TABLE asof_slice (served_id bigint PRIMARY KEY) ON COMMIT DROP")
        let condition = range.condition(firstParameter: 6)
        try await connection.execute(
            """
            INSERT INTO asof_slice SELECT served_id FROM asof.served_rows
            WHERE project = $1 AND service = $2 AND plan_fingerprint = $3 AND served_id > $4 AND \(condition.sql)
            ORDER BY served_id LIMIT $5
            """,
            [
                .text(project), .text(slice.service), .text(slice.planFingerprint), .int64(max(servedID, slice.first - 1)),
                .int64(Int64(limit)),
            ] + condition.parameters
        )
        let last = try await connection.execute("SELECT max(served_id) FROM asof_slice").firstCell.flatMap { Int64($0) }
        guard let last else { return nil }
        try await connection.execute("ANALYZE pg_temp.asof_slice")
        try await connection.execute(
            """
            CREATE TEMP TABLE \(try SQLIdentifier(SpineTable.name).quoted) ON COMMIT DROP AS
            SELECT \(try spineColumns().joined(separator: ",\n       ").text)
            FROM asof.served_rows JOIN asof_slice USING (served_id)
            """)
        try await analyze([])
        return last
    }

    /// Statistics of what the join looks at: those of what was served would cost more than the join.
    private func analyze(_ others: [String]) async throws {
        var columns: [SQLFragment] = []
        for name in [SpineTable.ordinal, SpineTable.timestamp] + service.joinKeys.indices.map(SpineTable.keyColumn) + others {
            columns.append("\(try SQLIdentifier(name))")
        }
        try await connection.execute("ANALYZE pg_temp.\(SpineTable.name) (\(columns.joined().text))")
    }

    private func spineColumns() throws(PostgresError) -> [SQLFragment] {
        var columns: [SQLFragment] = [
            "row_number() OVER (ORDER BY served_id) AS \(try SQLIdentifier(SpineTable.ordinal))",
            "served_at AS \(try SQLIdentifier(SpineTable.timestamp))",
        ]
        for (index, key) in service.joinKeys.enumerated() {
            columns.append(try element("join_keys", index, key.type, as: SpineTable.keyColumn(index)))
        }
        for (index, input) in service.requestInputs.enumerated() {
            columns.append(try element("request", index, input.type, as: SpineTable.requestColumn(index)))
        }
        columns += [
            "served_id", "host", "sample_probability",
            "(extract(epoch FROM logged_at - served_at) * 1000000)::int8 AS logged_after",
        ]
        for (index, type) in service.types.enumerated() {
            columns.append(try element("values", index, type, as: Self.valueColumn(index)))
            columns.append(try element("statuses", index, .string, as: Self.statusColumn(index)))
        }
        for (index, view) in stored.joinedViews.enumerated() {
            // The log has one element for each view of the service, in its order.
            guard let place = service.joinedViews.firstIndex(of: view) else {
                preconditionFailure("a recomputed view is none of the service's")
            }
            columns.append(try element("cuts", place, .timestamp, as: Self.recordCut(index)))
            columns.append(try element("runs", place, .int64, as: Self.recordRun(index)))
        }
        return columns
    }

    private static func valueColumn(_ index: Int) -> String { "value_\(index + 1)" }
    private static func statusColumn(_ index: Int) -> String { "status_\(index + 1)" }
    private static func recordCut(_ index: Int) -> String { "record_cut_\(index + 1)" }
    private static func recordRun(_ index: Int) -> String { "record_run_\(index + 1)" }

    /// `"values"[2]::float8 AS value_2`
    private func element(_ array: String, _ index: Int, _ type: FeatureType, as name: String) throws(PostgresError) -> SQLFragment
    {
        "\(try SQLIdentifier(array))[\(SQLFragment(number: index + 1))]::\(type.sqlType) AS \(try SQLIdentifier(name))"
    }

    private var spine: SpineTable {
        SpineTable(joinKeys: service.joinKeys, requestInputs: service.requestInputs, columns: [])
    }

    // MARK: The rows as served

    /// The rows, each beside what training computes for it, in the order of the log.
    package func compare() async throws -> [ServedRowComparison] {
        let join = SpineJoinSQL(selection: stored, spine: spine, knowledge: .asServed)
        let sql = try join.query { (features) throws(PostgresError) in
            var names = [SpineTable.ordinal, "served_id", SpineTable.timestamp, "host", "sample_probability", "logged_after"]
            names += service.joinKeys.indices.map(SpineTable.keyColumn)
            names += service.requestInputs.indices.map(SpineTable.requestColumn)
            for index in service.features.indices { names += [Self.valueColumn(index), Self.statusColumn(index)] }
            names += stored.joinedViews.indices.map(Self.recordCut)
            var list: [SpineJoinColumn] = []
            for name in names { list.append(SpineJoinColumn(sql: try join.spineColumn(name), name: name)) }
            for (index, feature) in features.enumerated() {
                list.append(SpineJoinColumn(sql: feature.fragment, name: "recomputed_\(index + 1)"))
            }
            return list
        }
        let decoder = ComparisonDecoder(service: service, stored: stored)
        return try await rows(of: sql) { row throws(PostgresError) in try decoder.decode(&row) }
    }

    private func rows<Row: Sendable>(
        of sql: SQLFragment, _ decode: @escaping @Sendable (inout BinaryCopyRow) throws(PostgresError) -> Row
    ) async throws -> [Row] {
        try await connection.copyOutRows(of: sql.text, into: []) { rows, row in rows.append(try decode(&row)) }
    }

    // MARK: Steps

    /// Leaves only some rows in the spine, with what was known of each view's source when they were served.
    package func keep(_ ordinals: [Int64]) async throws {
        try await connection.execute("CREATE TEMP TABLE asof_kept (ordinal bigint PRIMARY KEY) ON COMMIT DROP")
        try await connection.execute(
            "INSERT INTO asof_kept SELECT unnest($1::bigint[])",
            [.text("{\(ordinals.map(String.init).joined(separator: ","))}")])
        var columns: [SQLFragment] = ["s.*"]
        var joins = SQLFragment()
        for (index, view) in stored.joinedViews.enumerated() {
            let pins = RunPins(
                project: project, view: view.view, index: index, recordCut: Self.recordCut(index),
                recordRun: Self.recordRun(index))
            columns += try pins.columns()
            joins += try pins.joins()
        }
        try await connection.execute(
            """
            CREATE TEMP TABLE asof_narrowed ON COMMIT DROP AS
            SELECT \(columns.joined(separator: ",\n       ").text)
            FROM pg_temp.\(SpineTable.name) AS s JOIN asof_kept ON ordinal = s.\(SpineTable.ordinal)\(joins.text)
            """)
        try await connection.execute("DROP TABLE pg_temp.asof_kept, pg_temp.\(SpineTable.name)")
        try await connection.execute("ALTER TABLE pg_temp.asof_narrowed RENAME TO \(SpineTable.name)")
        try await analyze(stored.joinedViews.indices.flatMap { [RunPins.recordCut($0), RunPins.newestCut($0)] })
    }

    /// Leaves only some of the rows that were kept.
    package func keepOnly(_ ordinals: [Int64]) async throws {
        try await connection.execute(
            "DELETE FROM pg_temp.\(SpineTable.name) WHERE \(SpineTable.ordinal) <> ALL ($1::bigint[])",
            [.text("{\(ordinals.map(String.init).joined(separator: ","))}")])
    }

    /// Leaves only some of the rows that were kept, until `bringBack`.
    package func setAside(exceptFor ordinals: [Int64]) async throws {
        try await connection.execute("CREATE TEMP TABLE asof_aside ON COMMIT DROP AS TABLE pg_temp.\(SpineTable.name)")
        try await keepOnly(ordinals)
    }

    package func bringBack() async throws {
        try await connection.execute("DROP TABLE pg_temp.\(SpineTable.name)")
        try await connection.execute("ALTER TABLE pg_temp.asof_aside RENAME TO \(SpineTable.name)")
    }

    /// Moves the instants at which a host's rows were served.
    package func move(_ host: String, by period: Period) async throws {
        try await connection.execute(
            """
            UPDATE pg_temp.\(SpineTable.name)
            SET \(SpineTable.timestamp) = \(SpineTable.timestamp) + $2 * interval '1 microsecond' WHERE host = $1
            """,
            [.text(host), .int64(period.microseconds)])
    }

    /// The recomputed selection's features at a step, for each row kept, in the order of the log. After `keep`.
    ///
    /// - Parameter variant: the selection with its views changed, or another definition's, of the same join keys.
    package func values(_ step: LadderStep, of variant: FeatureSelection? = nil) async throws -> [[FeatureValue]] {
        let selection = variant ?? stored
        let (pins, knowledge): ([ViewPin], KnowledgeMode)
        switch step {
        case .contract: (pins, knowledge) = ([], .asServed)
        case .fresh: (pins, knowledge) = ([], .asKnown)
        case .record, .newestRun, .newestRunEarlier, .arrivedSince, .eventsShifted, .cutEarlier:
            var list: [ViewPin] = []
            for (index, view) in selection.joinedViews.enumerated() {
                list.append(try RunPins.pin(step, of: view.view, index: index, isVersioned: versionedViews.contains(view.name)))
            }
            (pins, knowledge) = (list, .asServed)
        }
        var join = SpineJoinSQL(selection: selection, spine: spine, knowledge: knowledge)
        join.pins = pins
        let sql = try join.query { (features) throws(PostgresError) in
            features.enumerated().map { SpineJoinColumn(sql: $1.fragment, name: "value_\($0 + 1)") }
        }
        let types = selection.types
        return try await rows(of: sql) { row throws(PostgresError) in
            var values: [FeatureValue] = []
            values.reserveCapacity(types.count)
            for type in types { values.append(try row.nextValue(as: type)) }
            return values
        }
    }
}

/// Reads one row of the comparison's query.
private struct ComparisonDecoder: Sendable {
    let service: FeatureSelection
    let stored: FeatureSelection

    func decode(_ row: inout BinaryCopyRow) throws(PostgresError) -> ServedRowComparison {
        let ordinal = try row.nextInt64() ?? 0
        let servedID = try row.nextInt64() ?? 0
        let servedAt = try row.nextTimestamp() ?? .epoch
        let host = try row.nextText() ?? ""
        let probability = try row.nextFloat64() ?? 1
        let loggedAfter = try row.nextInt64().map { Period(microseconds: $0) }
        let keys = try values(of: service.joinKeys.map(\.type), from: &row)
        let request = try values(of: service.requestInputs.map(\.type), from: &row)
        var served: [FeatureValue] = []
        var statuses: [FeatureStatus] = []
        served.reserveCapacity(service.types.count)
        statuses.reserveCapacity(service.types.count)
        for type in service.types {
            served.append(try row.nextValue(as: type))
            statuses.append(try row.nextText().flatMap(FeatureStatus.init(rawValue:)) ?? .invalid)
        }
        var cuts: [Timestamp?] = []
        for _ in stored.joinedViews { cuts.append(try row.nextTimestamp()) }
        return ServedRowComparison(
            ordinal: ordinal,
            servedID: servedID,
            servedAt: servedAt,
            host: host,
            sampleProbability: probability,
            loggedAfter: loggedAfter,
            keys: keys,
            request: request,
            servedValues: served,
            servedStatuses: statuses,
            recordCuts: cuts,
            recomputed: try values(of: stored.types, from: &row)
        )
    }

    private func values(of types: [FeatureType], from row: inout BinaryCopyRow) throws(PostgresError) -> [FeatureValue] {
        var values: [FeatureValue] = []
        values.reserveCapacity(types.count)
        for type in types { values.append(try row.nextValue(as: type)) }
        return values
    }
}
