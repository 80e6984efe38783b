package import Columnar

/// Reads tables from a Parquet file that pyarrow, DuckDB, Polars or we have written, batch by batch.
///
///     let batches = try ParquetReader(path: "spine.parquet").batches()
///     while let table = try batches.next() { ... }
package final class ParquetReader {
    private let file: InputFile
    private let metadata: FileMetadata
    private let columns: FileColumns

    package init(path: String) throws(ParquetError) {
        file = try InputFile(path: path)
        metadata = try FileMetadata(file)
        columns = try FileColumns(metadata)
        var rowCount: Int64 = 0
        for group in metadata.rowGroups {
            guard group.chunks.count == columns.leafCount else {
                throw .corrupt(column: nil, what: "a row group of \(group.chunks.count) columns instead of \(columns.leafCount)")
            }
            let (sum, overflow) = rowCount.addingReportingOverflow(group.rowCount)
            guard !overflow else { throw .corrupt(column: nil, what: "its row groups have more rows than can be counted") }
            rowCount = sum
        }
        guard rowCount == metadata.rowCount else {
            throw .corrupt(column: nil, what: "its row groups have \(rowCount) rows, and it claims \(metadata.rowCount)")
        }
    }

    package var rowCount: Int { Int(metadata.rowCount) }

    /// The names of all columns, in the file's order, of those too that cannot be read.
    package var columnNames: [String] { columns.columns.map(\.name) }

    /// The file's own metadata.
    package var keyValues: [(key: String, value: String)] { metadata.keyValues.map { ($0.key, $0.value ?? "") } }

    /// A column's name and type; why it is none that can be read.
    package func field(_ name: String) throws(ParquetError) -> ColumnTable.Field {
        let column = try column(name)
        return ColumnTable.Field(name: column.name, type: column.type)
    }

    /// The rows, in their order, of the columns named, or of all.
    ///
    /// - Parameter rows: A batch has so many at most, and fewer where they are wide.
    package func batches(columns names: [String]? = nil, rows: Int = 65_536) throws(ParquetError) -> ParquetBatches {
        precondition(rows > 0, "a batch has a row at least")
        let selected = try (names ?? columnNames).map { name throws(ParquetError) in try column(name) }
        return ParquetBatches(file, metadata.rowGroups, selected, rows: rows)
    }

    private func column(_ name: String) throws(ParquetError) -> ReadableColumn {
        let matches = columns.columns.filter { $0.name == name }
        guard let match = matches.first else { throw .unknownColumn(name: name, known: columnNames) }
        guard matches.count == 1 else { throw .unsupported(column: name, feature: "there are \(matches.count) of this name") }
        return try match.column.get()
    }
}

extension FileMetadata {
    /// Reads the footer, from the file's end.
    fileprivate init(_ file: InputFile) throws(ParquetError) {
        guard file.byteCount >= FileMark.smallestFile else { throw .notParquet }
        let head = try file.bytes(at: 0, count: 4)
        let tail = try file.bytes(at: file.byteCount - 8, count: 8)
        guard tail[4...] != FileMark.encrypted[...] else { throw .unsupported(column: nil, feature: "it is encrypted") }
        guard head == FileMark.bytes, tail[4...] == FileMark.bytes[...] else { throw .notParquet }
        let length = tail.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= file.byteCount - FileMark.smallestFile else {
            throw .corrupt(column: nil, what: "its footer would be longer than it is")
        }
        let footer = try file.bytes(at: file.byteCount - 8 - length, count: length)
        var reader = ThriftReader(footer, 0..<footer.count)
        do throws(ThriftFailure) {
            try self.init(&reader)
        } catch {
            switch error {
            case .truncated: throw .corrupt(column: nil, what: "its footer ends too early")
            case .malformed(let what): throw .corrupt(column: nil, what: "its footer has \(what) that makes no sense")
            }
        }
        guard !isEncrypted else { throw .unsupported(column: nil, feature: "it is encrypted") }
    }
}
