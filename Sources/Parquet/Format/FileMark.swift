/// What a Parquet file begins and ends with.
enum FileMark {
    static let bytes = ContiguousArray("PAR1".utf8)
    /// The end of a file whose footer is encrypted.
    static let encrypted = ContiguousArray("PARE".utf8)
    /// The first and the last mark, and the length of the footer.
    static let smallestFile = 12
}
