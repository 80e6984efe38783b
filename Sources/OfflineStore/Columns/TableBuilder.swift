import Columnar
import PostgresClient

/// Gathers the rows of a binary COPY into tables of columns.
struct TableBuilder {
    private let names: [String]
    private let builders: [ColumnBuilder]
    private(set) var rowCount = 0

    init(_ columns: [TrainingColumn]) {
        names = columns.map(\.name)
        builders = columns.map { ColumnBuilder.of($0.type) }
    }

    mutating func append(_ row: inout BinaryCopyRow) throws(PostgresError) {
        for builder in builders { try builder.append(try row.nextField()) }
        rowCount += 1
    }

    /// The rows gathered since the last call.
    mutating func take() -> ColumnTable {
        defer { rowCount = 0 }
        return ColumnTable(names: names, columns: builders.map { $0.take() }, rowCount: rowCount)
    }
}
