import FeatureDefs
import PostgresClient

/// An index whose absence makes the join scan a table for each point.
package struct MissingIndex: Hashable, Sendable {
    package let view: String
    package let table: String
    /// The statement that creates it.
    package let creation: String
}

/// Finds feature views whose table has no index to find an entity's rows by: on (join keys, event timestamp), or a unique one on join keys.
struct IndexAdvisor: Sendable {
    let connection: PostgresConnection

    func missingIndexes(for views: [FeatureViewPlan]) async throws -> [MissingIndex] {
        var missing: [MissingIndex] = []
        for view in views {
            guard case .table(let parts) = view.source.relation else { continue }
            let table = try SourcePlan.Relation.table(parts).sql()
            // Of one row there is no latest to search for.
            guard try await RowsPerEntity.read(of: view, on: connection) == .many, try await !hasIndex(on: table, for: view)
            else { continue }
            let keys = view.joinKeyColumns.map(\.name)
            var columns: [SQLFragment] = []
            for name in keys + [view.source.eventTimestamp.name] { columns.append("\(try SQLIdentifier(name))") }
            let creation: SQLFragment = "CREATE INDEX ON \(table) (\(columns.joined()))"
            guard !missing.contains(where: { $0.creation == creation.text }) else { continue }
            missing.append(.init(view: view.name, table: parts.joined(separator: "."), creation: creation.text))
        }
        return missing
    }

    /// Whether an index leads with the join keys, in any order, and then the event timestamp. A small table needs none.
    private func hasIndex(on table: SQLFragment, for view: FeatureViewPlan) async throws -> Bool {
        let answer = try await connection.execute(
            """
            SELECT coalesce((SELECT relkind IN ('v', 'f') OR relkind IN ('r', 'm') AND pg_relation_size(oid) <= 65536
                             FROM pg_catalog.pg_class WHERE oid = to_regclass($1)), true)
                OR EXISTS (
                SELECT FROM pg_catalog.pg_index AS i
                CROSS JOIN LATERAL (
                    SELECT array_agg(a.attname::text ORDER BY k.position) AS names
                    FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attribute, position)
                    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attribute
                    WHERE k.position <= $4
                ) AS start
                WHERE i.indrelid = to_regclass($1) AND i.indisvalid AND i.indpred IS NULL
                  AND cardinality(start.names) = $4
                  AND start.names[1:$4 - 1] @> $2 AND start.names[1:$4 - 1] <@ $2
                  AND start.names[$4] = $3
            )
            """,
            [
                .text(table.text), .textArray(view.joinKeyColumns.map(\.name)), .text(view.source.eventTimestamp.name),
                .int64(Int64(view.joinKeyColumns.count + 1)),
            ]
        )
        return answer.firstCell == "t"
    }
}
