package import FeatureDefs
package import PostgresClient

/// Recomputes served rows: the log as the spine of the point-in-time join, each row at the instant at which it was served.
package struct ServedLogRecomputation: Sendable {
    private let connection: PostgresConnection
    private let project: String
    private let service: FeatureSelection
    private let stored: FeatureSelection

    /// - Parameters:
    ///   - service: the service's features, as served.
    ///   - stored: the feature views' features to recompute. Its join keys must be the service's.
    package init(connection: PostgresConnection, project: String, service: FeatureSelection, stored: FeatureSelection) {
        self.connection = connection
        self.project = project
        self.service = service
        self.stored = stored
    }

    /// Folds the rows of a slice served since an instant, in the order of the log. `body` runs on the connection's thread.
    package func reduce<Output: Sendable>(
        _ slice: ServedLogSlice,
        since: Timestamp,
        into initial: Output,
        _ body: @escaping @Sendable (inout Output, ServedRowComparison) throws -> Void
    ) async throws -> Output {
        try await connection.transaction(isolation: .repeatableRead) {
            try await PlannerSettings.apply(on: connection)
            try await stage(slice, since: since)
            let sql = try query().text
            let decoder = ComparisonDecoder(service: service, stored: stored)
            let state = (decoder: BinaryCopyDecoder(), output: initial)
            let result = try await connection.copyOut("COPY (\n\(sql)\n) TO STDOUT (FORMAT binary)", into: state) {
                state, message in
                try state.decoder.decode(message) { row in try body(&state.output, try decoder.decode(&row)) }
            }
            try result.decoder.finish()
            return result.output
        }
    }

    /// The spine table, whose own columns are the log's.
    private var spine: SpineTable {
        let own = ["served_id"] + service.features.indices.flatMap { [Self.valueColumn($0), Self.statusColumn($0)] }
        return SpineTable(
            joinKeys: service.joinKeys,
            requestInputs: service.requestInputs,
            columns: own.map { SpineTable.Column(name: $0, databaseType: "text", storage: .text) }
        )
    }

    private static func valueColumn(_ index: Int) -> String { "value_\(index + 1)" }
    private static func statusColumn(_ index: Int) -> String { "status_\(index + 1)" }

    private func stage(_ slice: ServedLogSlice, since: Timestamp) async throws {
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
        columns.append("served_id")
        for (index, type) in service.types.enumerated() {
            columns.append(try element("values", index, type, as: Self.valueColumn(index)))
            columns.append(try element("statuses", index, .string, as: Self.statusColumn(index)))
        }
        let creation: SQLFragment = """
            CREATE TEMP TABLE \(try SQLIdentifier(SpineTable.name)) ON COMMIT DROP AS
            SELECT \(columns.joined(separator: ",\n       "))
            FROM asof.served_rows
            """
        // CREATE TABLE AS takes no parameters, so the rows' ids are gathered first.
        try await connection.execute("CREATE TEMP TABLE asof_slice (served_id bigint PRIMARY KEY) ON COMMIT DROP")
        try await connection.execute(
            """
            INSERT INTO asof_slice SELECT served_id FROM asof.served_rows
            WHERE project = $1 AND service = $2 AND plan_fingerprint = $3 AND served_at >= $4
            """,
            [
                .text(project), .text(slice.service), .text(slice.planFingerprint),
                .timestamptz(microseconds: since.microseconds),
            ]
        )
        try await connection.execute(creation.text + " JOIN asof_slice USING (served_id)")
        try await connection.execute(SpineStager.analyze)
    }

    /// `"values"[2]::float8 AS value_2`
    private func element(_ array: String, _ index: Int, _ type: FeatureType, as name: String) throws -> SQLFragment {
        "\(try SQLIdentifier(array))[\(SQLFragment(number: index + 1))]::\(type.sqlType) AS \(try SQLIdentifier(name))"
    }

    private func query() throws(PostgresError) -> SQLFragment {
        let join = SpineJoinSQL(selection: stored, spine: spine, knowledge: .asServed)
        return try join.query { (features) throws(PostgresError) in
            var names = ["served_id", SpineTable.timestamp]
            names += service.joinKeys.indices.map(SpineTable.keyColumn)
            names += service.requestInputs.indices.map(SpineTable.requestColumn)
            for index in service.features.indices { names += [Self.valueColumn(index), Self.statusColumn(index)] }
            var list: [SpineJoinColumn] = []
            for name in names { list.append(SpineJoinColumn(sql: try join.spineColumn(name), name: name)) }
            for (index, feature) in features.enumerated() {
                list.append(SpineJoinColumn(sql: feature.fragment, name: "recomputed_\(index + 1)"))
            }
            return list
        }
    }
}

/// Reads one row of the recomputation's query.
private struct ComparisonDecoder: Sendable {
    let service: FeatureSelection
    let stored: FeatureSelection

    func decode(_ row: inout BinaryCopyRow) throws(PostgresError) -> ServedRowComparison {
        let servedID = try row.nextInt64() ?? 0
        let servedAt = try row.nextTimestamp() ?? .epoch
        let keys = try values(of: service.joinKeys.map(\.type), from: &row)
        let request = try values(of: service.requestInputs.map(\.type), from: &row)
        var served: [FeatureValue] = []
        var statuses: [FeatureStatus] = []
        for type in service.types {
            served.append(try row.nextValue(as: type))
            statuses.append(try row.nextText().flatMap(FeatureStatus.init(rawValue:)) ?? .invalid)
        }
        return ServedRowComparison(
            servedID: servedID,
            servedAt: servedAt,
            keys: keys,
            request: request,
            servedValues: served,
            servedStatuses: statuses,
            recomputed: try values(of: stored.types, from: &row)
        )
    }

    private func values(of types: [FeatureType], from row: inout BinaryCopyRow) throws(PostgresError) -> [FeatureValue] {
        var values: [FeatureValue] = []
        for type in types { values.append(try row.nextValue(as: type)) }
        return values
    }
}
