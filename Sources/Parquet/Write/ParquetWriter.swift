package import Columnar

/// Writes a table to a Parquet file, batch by batch. Rows that do not fill a row group wait for the next; the batches that they
/// come in leave no trace in the file. Without `finish` the file is no Parquet file, and cannot be taken for one.
///
///     let writer = try ParquetWriter(path: "out.parquet", fields: table.fields)
///     try writer.write(table)
///     try writer.finish()
package final class ParquetWriter {
    /// Takes the file's bytes, in their order.
    package typealias Output = (ContiguousArray<UInt8>) throws(ParquetError) -> Void

    private let fields: [ColumnTable.Field]
    private let encoder: RowGroupEncoder
    private let output: Output
    private var offset: Int64 = 0
    private var pending: PendingRows
    private var metadata: FileMetadata

    /// Creates the file at the path, or empties it.
    package convenience init(
        path: String, fields: [ColumnTable.Field], options: ParquetWriterOptions = ParquetWriterOptions()
    ) throws(ParquetError) {
        let file = try OutputFile(path: path)
        try self.init(fields: fields, options: options) { bytes throws(ParquetError) in try file.write(bytes) }
    }

    /// Writes from where the descriptor, of an empty file, stands. It is left open.
    package convenience init(
        fileDescriptor: CInt, fields: [ColumnTable.Field], options: ParquetWriterOptions = ParquetWriterOptions()
    ) throws(ParquetError) {
        let file = OutputFile(descriptor: fileDescriptor)
        try self.init(fields: fields, options: options) { bytes throws(ParquetError) in try file.write(bytes) }
    }

    /// Hands the file's bytes to whoever wants them, a hash perhaps.
    package init(
        fields: [ColumnTable.Field], options: ParquetWriterOptions = ParquetWriterOptions(), output: @escaping Output
    ) throws(ParquetError) {
        var names: Set<String> = []
        for field in fields where !names.insert(field.name).inserted {
            throw .unwritable(column: field.name, reason: "there are two of this name")
        }
        let layouts = try fields.map { field throws(ParquetError) in try ColumnLayout(field) }
        let root = SchemaElement(name: "schema", childCount: Int32(fields.count))
        metadata = FileMetadata(
            schema: [root] + layouts.flatMap(\.elements), rowCount: 0, rowGroups: [],
            keyValues: options.metadata.map { KeyValue(key: $0.key, value: $0.value) }
                + fields.compactMap(KeyValue.init(vectorDimensionOf:)),
            createdBy: "asof version 1.0.0")
        self.fields = fields
        self.output = output
        pending = PendingRows(rowLimit: options.rowGroupRows, byteLimit: options.rowGroupBytes)
        encoder = RowGroupEncoder(layouts: layouts, options: options)
        try write(FileMark.bytes)
    }

    /// Rows written or waiting.
    package private(set) var rowCount = 0

    /// Appends rows, whose columns are the file's fields.
    package func write(_ table: ColumnTable) throws(ParquetError) {
        precondition(table.fields == fields, "the batches of a file have its columns")
        var start = 0
        while start < table.rowCount {
            let taken = pending.take(table, rows: start..<table.rowCount)
            start += taken
            if start < table.rowCount || pending.isFull { try writeRowGroup() }
        }
        rowCount += table.rowCount
    }

    /// Writes what waits, and the footer. To be called once, at the end.
    package func finish() throws(ParquetError) {
        if pending.rowCount > 0 { try writeRowGroup() }
        metadata.rowCount = Int64(rowCount)
        let footer = metadata.encoded()
        guard let length = UInt32(exactly: footer.count) else {
            throw .cannotWrite(reason: "a footer of more than 4 GiB: make the row groups larger")
        }
        try write(footer)
        try write(withUnsafeBytes(of: length.littleEndian) { ContiguousArray($0) })
        try write(FileMark.bytes)
    }

    private func writeRowGroup() throws(ParquetError) {
        let rowCount = pending.rowCount
        let chunks = try encoder.encode(pending.drain())
        var group = RowGroup(chunks: [], byteCount: 0, rowCount: Int64(rowCount))
        for chunk in chunks {
            group.chunks.append(chunk.metadata(at: offset))
            group.byteCount += chunk.metadata.uncompressedByteCount
            for piece in chunk.pieces { try write(piece) }
        }
        metadata.rowGroups.append(group)
    }

    private func write(_ bytes: ContiguousArray<UInt8>) throws(ParquetError) {
        try output(bytes)
        offset += Int64(bytes.count)
    }
}
