/// Where a training set's rows start from.
package enum SpineSource: Hashable, Sendable {
    /// A CSV file, whose extra columns pass through as text.
    case csv(path: String)
    /// A Parquet file, whose extra columns pass through with their types.
    case parquet(path: String)
    /// `table:NAME` or `table:schema.name`
    case table([String])
    /// `sql:SELECT ...`; the rows keep the query's order.
    case query(String)

    /// Reads the argument of `--spine`.
    package init(argument: String) {
        if argument.hasPrefix("table:") {
            self = .table(argument.dropFirst("table:".count).split(separator: ".").map(String.init))
        } else if argument.hasPrefix("sql:") {
            self = .query(String(argument.dropFirst("sql:".count)))
        } else if argument.lowercased().hasSuffix(".parquet") {
            self = .parquet(path: argument)
        } else {
            self = .csv(path: argument)
        }
    }

    /// The file's; nil for what Postgres reads.
    package var path: String? {
        switch self {
        case .csv(let path), .parquet(let path): path
        case .table, .query: nil
        }
    }

    /// As the user wrote it.
    package var description: String {
        switch self {
        case .csv(let path), .parquet(let path): path
        case .table(let parts): "table:" + parts.joined(separator: ".")
        case .query(let sql): "sql:" + sql
        }
    }
}
