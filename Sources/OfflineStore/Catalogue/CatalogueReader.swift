package import FeatureDefs
package import PostgresClient

/// Looks up the columns of a project's sources in Postgres' catalogue.
package struct CatalogueReader: Sendable {
    private let connection: PostgresConnection

    package init(connection: PostgresConnection) {
        self.connection = connection
    }

    package func read(_ requests: [ParsedProject.SourceRequest]) async throws -> Catalogue {
        var catalogue = Catalogue()
        for request in requests { catalogue.sources[request.name] = try await schema(of: request.relation) }
        return catalogue
    }

    private func schema(of relation: SourcePlan.Relation) async throws -> SourceSchema {
        let query: SQLFragment
        switch relation {
        case .table: query = "SELECT * FROM \(try relation.sql())"
        case .query(let sql): query = SQLFragment(sourceQuery: sql)
        }
        do {
            let columns = try await DescribedColumn.describe(query.text, on: connection)
            let hasTexts = columns.contains { $0.storage?.isText ?? true }
            let loose = hasTexts ? try await looselyCollated(relation) : []
            return .columns(
                columns.map { column in
                    loose.contains(column.name)
                        ? CatalogueColumn(
                            name: column.name,
                            storage: nil,
                            databaseType: "\(column.databaseType) with a nondeterministic collation"
                        )
                        : CatalogueColumn(name: column.name, storage: column.storage, databaseType: column.databaseType)
                }
            )
        } catch let error as PostgresError where error.sqlState != nil {
            switch relation {
            case .table: return .missing(reason: error.message, didYouMean: try await relations())
            case .query: return .invalidQuery(message: error.message, position: error.position)
            }
        }
    }

    /// A table's columns whose collation takes different texts for equal: to Redis and the evaluator they are not.
    private func looselyCollated(_ relation: SourcePlan.Relation) async throws -> Set<String> {
        guard case .table = relation else { return [] }
        let rows = try await connection.execute(
            """
            SELECT a.attname FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_collation AS c ON c.oid = a.attcollation
            WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT c.collisdeterministic
            """,
            [.text(try relation.sql().text)]
        ).rows
        return Set(rows.compactMap { $0[0] })
    }

    /// The tables and views that a source could mean, as definitions spell them.
    private func relations() async throws -> [String] {
        let rows = try await connection.execute(
            """
            SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END
            FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'asof')
              AND n.nspname NOT LIKE 'pg\\_%'
            ORDER BY 1 LIMIT 1000
            """
        ).rows
        return rows.compactMap { $0[0] }
    }
}

extension ColumnStorage {
    /// Whether its values are texts, or arrays of them: what has a collation.
    fileprivate var isText: Bool { featureType == .string || featureType == .list(.string) }
}
