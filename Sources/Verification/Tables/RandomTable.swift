package import FeatureDefs
package import Oracle
package import PostgresClient

/// A table with rows, in memory and ready to be put into Postgres.
package struct RandomTable: Sendable {
    package struct Column: Hashable, Sendable {
        package let name: String
        package let storage: ColumnStorage

        package init(name: String, storage: ColumnStorage) {
            self.name = name
            self.storage = storage
        }
    }

    package let name: String
    package let columns: [Column]
    /// Each value as expressions read it from its column.
    package let rows: [[FeatureValue]]

    package init(name: String, columns: [Column], rows: [[FeatureValue]]) {
        self.name = name
        self.columns = columns
        self.rows = rows
    }

    /// The rows as the oracle reads them.
    package var naiveRows: [NaiveRow] {
        rows.map { row in
            Dictionary(zip(columns.map(\.name), row), uniquingKeysWith: { first, _ in first })
        }
    }

    /// - Parameter target: the table's name as SQL has it.
    package func createTableSQL(as target: String) throws(PostgresError) -> String {
        var declarations: [String] = []
        for column in columns {
            declarations.append("\(try SQLIdentifier(column.name).quoted) \(PostgresText.columnType(column.storage))")
        }
        return "CREATE TABLE \(target) (\(declarations.joined(separator: ", ")))"
    }

    /// The rows in COPY's text format.
    package var copyText: String {
        rows.map { row in PostgresText.copyLine(zip(row, columns).map { ($0, $1.storage) }) }.joined()
    }

    /// Creates the table, and fills it.
    package func create(in connection: PostgresConnection) async throws {
        try await connection.execute(try createTableSQL(as: SQLIdentifier(name).quoted))
        let text = copyText
        try await connection.copyIn("COPY \(try SQLIdentifier(name).quoted) FROM STDIN") { writer in
            try writer.write(text)
        }
    }

    /// What the catalogue would say of the table.
    package var schema: SourceSchema {
        .columns(columns.map { CatalogueColumn(name: $0.name, storage: $0.storage, databaseType: $0.storage.description) })
    }
}
