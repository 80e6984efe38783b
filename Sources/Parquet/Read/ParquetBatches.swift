package import Columnar

/// The rows of a Parquet file, a batch at a time. Batches do not stop at row groups.
package final class ParquetBatches {
    /// What a batch's values, uncompressed, should not be more than.
    private static let batchBytes: Int64 = 64 << 20

    package let fields: [ColumnTable.Field]
    private let file: InputFile
    private let rowGroups: [RowGroup]
    private let columns: [ReadableColumn]
    private let readers: [ColumnReader]
    private let rows: Int
    private var nextGroup = 0
    /// Rows of the current row group that have not been read.
    private var remaining: Int64 = 0

    init(_ file: InputFile, _ rowGroups: [RowGroup], _ columns: [ReadableColumn], rows: Int) {
        self.file = file
        self.rowGroups = rowGroups
        self.columns = columns
        readers = columns.map(ColumnReader.init)
        fields = columns.map { ColumnTable.Field(name: $0.name, type: $0.type) }
        let widest = rowGroups.reduce(Int64(1)) { widest, group in
            let bytes = columns.reduce(Int64(0)) { $0.addingSaturated(max(0, group.chunks[$1.leaf].uncompressedByteCount)) }
            return max(widest, bytes / max(1, group.rowCount))
        }
        self.rows = max(1, min(rows, Int(Self.batchBytes / widest)))
    }

    /// The next rows; nil when there are no more. After an error there is nothing more to be had.
    package func next() throws(ParquetError) -> ColumnTable? {
        var count = 0
        while count < rows {
            if remaining == 0 {
                guard nextGroup < rowGroups.count else { break }
                try startRowGroup()
                continue
            }
            let part = Int(min(remaining, Int64(rows - count)))
            try forEach { reader, _ throws(PageFailure) in try reader.read(rows: part) }
            remaining -= Int64(part)
            count += part
            if remaining == 0 { try forEach { reader, _ throws(PageFailure) in try reader.finishChunk() } }
        }
        guard count > 0 else { return nil }
        var taken: [Column] = []
        try forEach { reader, _ throws(PageFailure) in taken.append(try reader.takeColumn()) }
        return ColumnTable(names: fields.map(\.name), columns: taken, rowCount: count)
    }

    private func startRowGroup() throws(ParquetError) {
        let group = rowGroups[nextGroup]
        nextGroup += 1
        remaining = group.rowCount
        // Of no rows there need not be any page.
        guard remaining > 0 else { return }
        try forEach { reader, column throws(PageFailure) in
            try reader.start(group.chunks[column.leaf], rowCount: group.rowCount, of: file)
        }
    }

    /// Does something with each column's reader; a failure names the column.
    private func forEach(_ body: (ColumnReader, ReadableColumn) throws(PageFailure) -> Void) throws(ParquetError) {
        for (reader, column) in zip(readers, columns) {
            do throws(PageFailure) { try body(reader, column) } catch { throw error.of(column: column.name) }
        }
    }
}

extension Int64 {
    fileprivate func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
