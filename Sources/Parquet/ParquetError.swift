/// Why a Parquet file could not be written or read.
package enum ParquetError: Error, Hashable {
    case cannotOpen(path: String, reason: String)
    case cannotWrite(reason: String)
    case cannotRead(reason: String)
    /// The caller's table cannot be a Parquet file.
    case unwritable(column: String, reason: String)
    case notParquet
    /// A valid file that uses what this reader does not know. `column` is nil where it concerns the file as a whole.
    case unsupported(column: String?, feature: String)
    /// The bytes contradict the format or each other.
    case corrupt(column: String?, what: String)
    case unknownColumn(name: String, known: [String])
}

extension ParquetError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "cannot open `\(path)`: \(reason)"
        case .cannotWrite(let reason): "cannot write the Parquet file: \(reason)"
        case .cannotRead(let reason): "cannot read the Parquet file: \(reason)"
        case .unwritable(let column, let reason): "cannot write the column `\(column)` to Parquet: \(reason)"
        case .notParquet: "not a Parquet file: it does not begin and end with `PAR1`"
        case .unsupported(let column?, let feature):
            "cannot read the column `\(column)` of the Parquet file: \(feature); write it with another type, encoding or compression"
        case .unsupported(nil, let feature): "cannot read the Parquet file: \(feature)"
        case .corrupt(let column?, let what): "the Parquet file is damaged in the column `\(column)`: \(what)"
        case .corrupt(nil, let what): "the Parquet file is damaged: \(what)"
        case .unknownColumn(let name, let known):
            "the Parquet file has no column `\(name)`; it has \(known.map { "`\($0)`" }.joined(separator: ", "))"
        }
    }
}
