/// Why a column's pages cannot be read. The column reader adds which column it is.
enum PageFailure: Error {
    case unsupported(String)
    case corrupt(String)
    case input(ParquetError)
}

extension PageFailure {
    func of(column: String) -> ParquetError {
        switch self {
        case .unsupported(let feature): .unsupported(column: column, feature: feature)
        case .corrupt(let what): .corrupt(column: column, what: what)
        case .input(let error): error
        }
    }

    /// What all decoders say when the bytes are fewer than the values.
    static var tooShort: PageFailure { .corrupt("a page that ends before its values do") }
}
