/// How a Parquet file is laid out. The same rows with the same options are the same bytes.
package struct ParquetWriterOptions: Sendable {
    package var compression: Compression = .zstd(level: 1)
    /// A row group ends at so many rows ...
    package var rowGroupRows = 131_072
    /// ... or before the row that would bring its values, uncompressed, over so many bytes.
    package var rowGroupBytes = 64 << 20
    /// A page ends with the row that brings its values, uncompressed, to so many bytes.
    package var pageBytes = 1 << 20
    /// Whether values that repeat are written once and pointed at, where that is smaller.
    package var usesDictionaries = true
    /// How many threads encode the columns of a row group. What is written does not depend on it.
    package var parallelism = 1
    /// The file's own metadata, in this order.
    package var metadata: [(key: String, value: String)] = []

    package init() {}
}
