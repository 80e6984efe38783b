/// One statement with what is bound to its `$1`, `$2`, ...
package struct PostgresStatement: Sendable {
    package let sql: String
    package let parameters: [PostgresParameter]

    package init(_ sql: String, _ parameters: [PostgresParameter] = []) {
        self.sql = sql
        self.parameters = parameters
    }
}

extension PostgresConnection {
    /// Runs one statement.
    @discardableResult
    package func execute(_ statement: PostgresStatement) async throws(PostgresError) -> PostgresRows {
        try await execute(statement.sql, statement.parameters)
    }
}
