package import PostgresClient

extension PostgresError {
    /// What to do about a statement that asked our own tables for what they do not have: an older asof has made them. nil for others.
    package var adviceOnOlderRegistry: String? {
        guard [.undefinedColumn, .undefinedTable].contains(sqlState), statement?.contains("asof.") == true else { return nil }
        return "if an older asof made the tables of schema `asof`, `asof apply` adds what they lack"
    }
}
