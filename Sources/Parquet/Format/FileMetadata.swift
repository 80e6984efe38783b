/// A file's footer: its schema, and where the chunks of its columns are (parquet.thrift `FileMetaData`).
struct FileMetadata: Hashable, Sendable {
    /// The schema's tree, depth first; the first is the root.
    var schema: [SchemaElement]
    var rowCount: Int64
    var rowGroups: [RowGroup]
    var keyValues: [KeyValue]
    var createdBy: String?
    var isEncrypted = false
}

/// A node of the schema's tree: a group if it has children, else a column.
struct SchemaElement: Hashable, Sendable {
    enum Repetition: Int32, Sendable {
        case required = 0
        case optional = 1
        case repeated = 2
    }

    var name: String
    var repetition: Repetition?
    var physicalType: PhysicalType?
    /// The width of a `fixedLengthByteArray`.
    var typeLength: Int32?
    var childCount: Int32?
    /// The digits after a decimal's point.
    var scale: Int32?
    var logicalType: LogicalType?
}

/// A horizontal part of the table: a chunk of each leaf column.
struct RowGroup: Hashable, Sendable {
    var chunks: [ColumnChunk]
    var byteCount: Int64
    var rowCount: Int64
}

/// Where the pages of one column of one row group are, and what they hold (parquet.thrift `ColumnMetaData`).
struct ColumnChunk: Hashable, Sendable {
    var physicalType: PhysicalType
    /// What we use of them when we write; not read back.
    var encodings: [Encoding]
    var path: [String]
    /// The number in the file, which may be a codec that we do not know.
    var codec: Int32
    /// Entries of levels: NULLs and empty lists count.
    var valueCount: Int64
    var uncompressedByteCount: Int64
    var compressedByteCount: Int64
    var dataPageOffset: Int64
    var dictionaryPageOffset: Int64?
    var statistics: Statistics?
    /// Set where the chunk is in another file.
    var filePath: String?
}

/// What a chunk's values lie between. There are no bounds where there is a NaN; one that is shortened is not exact.
struct Statistics: Hashable, Sendable {
    struct Bounds: Hashable, Sendable {
        var minimum: ContiguousArray<UInt8>
        var maximum: ContiguousArray<UInt8>
        var isMinimumExact = true
        var isMaximumExact = true
    }

    var nullCount: Int64
    var bounds: Bounds?
}

/// One entry of the file's own metadata.
struct KeyValue: Hashable, Sendable {
    var key: String
    var value: String?
}
