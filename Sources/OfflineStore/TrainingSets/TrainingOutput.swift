package import PostgresClient

/// Where a training set goes.
package enum TrainingOutput: Hashable, Sendable {
    /// A CSV file: an unquoted empty field is NULL, a quoted one the empty string, as in Postgres.
    case csv(path: String)
    /// A Parquet file, with the columns' own types.
    case parquet(path: String)
    /// A new table of the offline store, with the columns' own types.
    case table([String])

    /// Reads the argument of `--output`; nil when it names no format that asof writes.
    package init?(argument: String) {
        if argument.hasPrefix("table:"), argument != "table:" {
            self = .table(argument.dropFirst("table:".count).split(separator: ".").map(String.init))
        } else if argument.lowercased().hasSuffix(".csv") {
            self = .csv(path: argument)
        } else if argument.lowercased().hasSuffix(".parquet") {
            self = .parquet(path: argument)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .csv(let path), .parquet(let path): path
        case .table(let parts): "table:" + parts.joined(separator: ".")
        }
    }

    /// The file's; nil for a table.
    package var path: String? {
        switch self {
        case .csv(let path), .parquet(let path): path
        case .table: nil
        }
    }

    /// - Parameter url: the offline store's, for a table.
    package func writer(url: PostgresURL) -> any TrainingWriter {
        switch self {
        case .csv(let path): CSVTrainingWriter(path: path)
        case .parquet(let path): ParquetTrainingWriter(path: path)
        case .table(let parts): TableTrainingWriter(parts: parts, url: url)
        }
    }
}
