/// What a Parquet file begins and ends with.
enum FileMark {
    static let bytes = ContiguousArray("PAR1".utf8)
    /// The first and the last mark, and the length of the footer.
    static let smallestFile = 12
}
