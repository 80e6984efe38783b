package import FeatureDefs
package import PostgresClient

/// Explains one value: the rows that it is made of, those that it is not and why, and the SQL.
package struct ValueExplainer: Sendable {
    private let connection: PostgresConnection

    package init(connection: PostgresConnection) {
        self.connection = connection
    }

    /// - Parameters:
    ///   - keys: one for each of the view's join keys.
    ///   - rowsPerPart: how many rows of each part are returned.
    package func explain(
        _ name: String, of view: FeatureViewPlan, in plan: Plan, keys: [FeatureValue], at instant: Timestamp, rowsPerPart: Int
    ) async throws -> ValueExplanation {
        guard let feature = view.features.first(where: { $0.name == name }) else {
            throw UnknownFeature(reference: FeatureReference(view: view.name, feature: name))
        }
        let selection = try plan.selection(of: [FeatureReference(view: view.name, feature: name)])
        return try await connection.transaction(isolation: .repeatableRead) {
            try await PlannerSettings.apply(on: connection)
            try await stage(keys, of: selection, at: instant)
            var values: [(knowledge: KnowledgeMode, value: FeatureValue)] = []
            for knowledge in [KnowledgeMode.asServed, .asKnown, .clean] {
                values.append((knowledge, try await value(of: selection, knowledge: knowledge)))
            }
            let cut = view.cut(at: instant, knowledge: .asServed)
            let query = RowPartsSQL(view: view, feature: feature, instant: instant, cut: cut)
            let rows = try await parts(query, keys: keys, rowsPerPart: rowsPerPart)
            return ValueExplanation(
                view: view, feature: feature, instant: instant, cut: cut, windowStart: query.windowStart, values: values,
                counts: rows.counts, rows: rows.rows, sql: try TrainingSQL(selection: selection, knowledge: .asServed).text())
        }
    }

    private func stage(_ keys: [FeatureValue], of selection: FeatureSelection, at instant: Timestamp) async throws {
        let spine = SpineTable(joinKeys: selection.joinKeys, requestInputs: [], columns: [])
        try await connection.execute(try spine.creation().text)
        var values: [SQLFragment] = ["1", "\(SQLLiteral(instant))"]
        for (index, key) in selection.joinKeys.enumerated() {
            values.append("$\(SQLFragment(number: index + 1))::\(key.type.sqlType)")
        }
        try await connection.execute(
            "INSERT INTO pg_temp.\(SpineTable.name) VALUES (\(values.joined().text))",
            keys.map { $0.postgresText.map { .text($0) } ?? .null })
    }

    private func value(of selection: FeatureSelection, knowledge: KnowledgeMode) async throws -> FeatureValue {
        let spine = SpineTable(joinKeys: selection.joinKeys, requestInputs: [], columns: [])
        let join = SpineJoinSQL(selection: selection, spine: spine, knowledge: knowledge)
        let sql = try join.query { (features) throws(PostgresError) in
            features.map { SpineJoinColumn(sql: $0.fragment, name: "value") }
        }
        let type = selection.types[0]
        return try await connection.copyOutRows(of: sql.text, into: .null) { value, row in value = try row.nextValue(as: type) }
    }

    private func parts(
        _ query: RowPartsSQL, keys: [FeatureValue], rowsPerPart: Int
    ) async throws -> (counts: [ExplainedRow.Part: Int], rows: [ExplainedRow]) {
        let found = try await connection.execute(
            try query.text(rowsPerPart: rowsPerPart).text, keys.map { $0.postgresText.map { .text($0) } ?? .null })
        var counts: [ExplainedRow.Part: Int] = [:]
        var rows: [ExplainedRow] = []
        for row in found.rows {
            guard let part = row[0].flatMap(ExplainedRow.Part.init(rawValue:)) else { continue }
            counts[part] = row[1].flatMap { Int($0) }
            rows.append(
                ExplainedRow(
                    part: part, event: row[2].flatMap { Int64($0) }.map { Timestamp(microseconds: $0) },
                    available: row[3].flatMap { Int64($0) }.map { Timestamp(microseconds: $0) }, argument: row[4]))
        }
        return (counts, rows)
    }
}
