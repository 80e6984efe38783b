package import FeatureDefs
package import PostgresClient

/// Computes two definitions of a view at the same points: the keys and event times of some of its source's rows, as served.
///
/// The points are chosen by a hash of them, so that the same rows give the same sample, and neighbours in time or place are as
/// likely as strangers. Choosing reads the source once.
package struct DefinitionSampler: Sendable {
    private static let sourceAlias = "r"

    private let connection: PostgresConnection

    package init(connection: PostgresConnection) {
        self.connection = connection
    }

    /// Compares the features of given names, which both definitions have.
    package func compare(
        _ old: FeatureViewPlan, with new: FeatureViewPlan, features: [String], rows limit: Int
    ) async throws -> Result<DefinitionSample, DefinitionSampleError> {
        guard old.joinKeys == new.joinKeys else { return .failure(.otherJoinKeys) }
        let request = ParsedProject.SourceRequest(name: old.source.name, relation: old.source.relation)
        let misfits = old.misfits(in: try await CatalogueReader(connection: connection).read([request]))
        guard misfits.isEmpty else { return .failure(.oldDefinitionUnreadable(misfits)) }
        do {
            return .success(try await computed(old, with: new, features: features, rows: limit))
        } catch let error as PostgresError where error.isDataException {
            return .failure(.computationFailed(reason: error.description))
        }
    }

    private func computed(
        _ old: FeatureViewPlan, with new: FeatureViewPlan, features: [String], rows limit: Int
    ) async throws -> DefinitionSample {
        try await connection.transaction(isolation: .repeatableRead) {
            try await PlannerSettings.apply(on: connection)
            try await connection.execute(try staging(new, rows: limit).text)
            try await connection.execute(SpineStager.analyze)
            let before = try await values(of: old, features: features)
            let after = try await values(of: new, features: features)
            // For the next view, which may come in the same transaction of a caller.
            try await connection.execute("DROP TABLE pg_temp.\(SpineTable.name)")
            let compared = zip(features, zip(before, after)).map { name, values in
                DefinitionSample.Feature(
                    name: name, oldType: values.0.type, newType: values.1.type, old: values.0.values, new: values.1.values)
            }
            return DefinitionSample(view: new.name, rows: compared.first?.new.count ?? 0, features: compared)
        }
    }

    // MARK: Points

    private func staging(_ view: FeatureViewPlan, rows limit: Int) throws(PostgresError) -> SQLFragment {
        let alias = try SQLIdentifier(Self.sourceAlias)
        let event = try view.source.eventTimestamp.expression(of: alias)
        var columns: [SQLFragment] = ["\(event) AS \(try SQLIdentifier(SpineTable.timestamp))"]
        var conditions: [SQLFragment] = ["isfinite(\(event))"]
        var hashed: [SQLFragment] = ["extract(epoch FROM \(event))"]
        for (index, column) in view.joinKeyColumns.enumerated() {
            let key = try column.expression(of: alias)
            columns.append("\(key) AS \(try SQLIdentifier(SpineTable.keyColumn(index)))")
            conditions.append("\(key.operand(above: .isTest)) IS NOT NULL")
            hashed.append("\(key)")
        }
        return """
            CREATE TEMP TABLE \(try SQLIdentifier(SpineTable.name)) ON COMMIT DROP AS
            SELECT row_number() OVER () AS \(try SQLIdentifier(SpineTable.ordinal)), points.*
            FROM (
                SELECT DISTINCT \(columns.joined()), hashtextextended(concat_ws(',', \(hashed.joined())), 0) AS asof_hash
                FROM \(try view.source.relation.sql()) AS \(alias)
                WHERE \(conditions.joined(separator: " AND "))
                ORDER BY asof_hash
                LIMIT \(SQLFragment(number: limit))
            ) AS points
            """
    }

    // MARK: Values

    private func values(
        of view: FeatureViewPlan, features: [String]
    ) async throws -> [(type: FeatureType, values: [FeatureValue])] {
        let references = features.map { FeatureReference(view: view.name, feature: $0) }
        let plan = Plan(project: "", entities: [], featureViews: [view], onDemandViews: [], services: [])
        let selection = try plan.selection(of: references)
        let spine = SpineTable(joinKeys: view.joinKeys, requestInputs: [], columns: [])
        let join = SpineJoinSQL(selection: selection, spine: spine, knowledge: .asServed)
        let query = try join.query { (values) throws(PostgresError) in
            values.enumerated().map { SpineJoinColumn(sql: $1.fragment, name: "value_\($0 + 1)") }
        }
        let types = selection.types
        let values = try await connection.copyOutRows(of: query.text, into: types.map { _ in [FeatureValue]() }) { values, row in
            for (index, type) in types.enumerated() { values[index].append(try row.nextValue(as: type)) }
        }
        return Array(zip(types, values))
    }

}
