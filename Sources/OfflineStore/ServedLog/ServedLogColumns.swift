package import Columnar
package import FeatureDefs
package import PostgresClient

/// Reads a stretch of the served log as columns, by one binary COPY, in the order of serving.
package struct ServedLogColumns: Sendable {
    private static let rowsPerBatch = 8192

    private let connection: PostgresConnection
    private let project: String
    private let selection: FeatureSelection

    /// - Parameter selection: the service's features under the plan that served them.
    package init(connection: PostgresConnection, project: String, selection: FeatureSelection) {
        self.connection = connection
        self.project = project
        self.selection = selection
    }

    /// Folds batches of rows that were served in `from..<to`. Their columns: `served_at`, `request_id`, `ordinal`, the join keys, the
    /// features' values, and the features' statuses as text. `body` runs on the connection's thread.
    package func reduce<Output: Sendable>(
        service: String, planFingerprint: String, from: Timestamp, to: Timestamp, into initial: Output,
        _ body: @escaping @Sendable (inout Output, ColumnTable) throws -> Void
    ) async throws -> Output {
        let (names, forms, sql) = try statement(service: service, planFingerprint: planFingerprint, from: from, to: to)
        let state = State(columns: BinaryCopyColumns(forms), output: initial)
        let result = try await connection.copyOut("COPY (\n\(sql)\n) TO STDOUT (FORMAT binary)", into: state) { state, message in
            try state.columns.append(message)
            if state.columns.rowCount >= Self.rowsPerBatch { try state.flush(names, body) }
        }
        try result.columns.finish()
        try result.flush(names, body)
        return result.output
    }

    private final class State<Output> {
        let columns: BinaryCopyColumns
        var output: Output

        init(columns: BinaryCopyColumns, output: Output) {
            self.columns = columns
            self.output = output
        }

        func flush(_ names: [String], _ body: (inout Output, ColumnTable) throws -> Void) throws {
            let (columns, rowCount) = try columns.take()
            guard rowCount > 0 else { return }
            try body(&output, ColumnTable(names: names, columns: columns, rowCount: rowCount))
        }
    }

    private func statement(
        service: String, planFingerprint: String, from: Timestamp, to: Timestamp
    ) throws(PostgresError) -> (names: [String], forms: [WireForm], sql: String) {
        var names = ["served_at", "request_id", "ordinal"]
        var forms: [WireForm] = [.timestamp, .uuid, .int64]
        var list: [SQLFragment] = ["served_at", "request_id", "ordinal"]
        for (index, key) in selection.joinKeys.enumerated() {
            names.append("key \(key.name)")
            forms.append(WireForm(ColumnType(key.type)))
            list.append("join_keys[\(SQLFragment(number: index + 1))]::\(key.type.sqlType)")
        }
        for (index, feature) in selection.features.enumerated() {
            names.append(feature.description)
            forms.append(WireForm(ColumnType(selection.types[index])))
            list.append("\"values\"[\(SQLFragment(number: index + 1))]::\(selection.types[index].sqlType)")
        }
        for (index, feature) in selection.features.enumerated() {
            names.append("status \(feature.description)")
            forms.append(.string)
            list.append("statuses[\(SQLFragment(number: index + 1))]")
        }
        func text(_ value: String) -> SQLLiteral { SQLLiteral(.string(value), type: .string) }
        let query: SQLFragment = """
            SELECT \(list.joined())
            FROM asof.served_rows
            WHERE project = \(text(project)) AND service = \(text(service)) AND plan_fingerprint = \(text(planFingerprint))
                AND served_at >= \(SQLLiteral(from)) AND served_at < \(SQLLiteral(to))
            ORDER BY served_at, served_id
            """
        return (names, forms, query.text)
    }
}

extension ServedLog {
    /// The plans under which a service served in `from..<to`, the first one first.
    package func planFingerprints(service: String, from: Timestamp, to: Timestamp) async throws -> [String] {
        try await connection.execute(
            """
            SELECT plan_fingerprint FROM asof.served_rows
            WHERE project = $1 AND service = $2 AND served_at >= $3 AND served_at < $4
            GROUP BY plan_fingerprint ORDER BY min(served_at), plan_fingerprint
            """,
            [
                .text(project), .text(service), .timestamptz(microseconds: from.microseconds),
                .timestamptz(microseconds: to.microseconds),
            ]
        ).rows.compactMap { $0[0] }
    }
}
