/// Why a CSV file cannot be read, with its place.
package struct CSVError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Problem: Hashable, Sendable {
        case cannotOpen(reason: String)
        case cannotRead(reason: String)
        case noHeader
        case emptyColumnName(position: Int)
        case duplicateColumn(String)
        case fieldCount(found: Int, expected: Int)
        case unclosedQuote
        case textAfterQuote
        case quoteInsideField
        case notUTF8
        case containsNUL
    }

    package let path: String
    /// From 1; nil when the fault is the file's, not a line's.
    package let line: Int?
    package let problem: Problem

    package var description: String {
        "\(path)\(line.map { ":\($0)" } ?? ""): \(problem.description)"
    }
}

extension CSVError.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotOpen(let reason): "cannot open the file: \(reason)"
        case .cannotRead(let reason): "cannot read the file: \(reason)"
        case .noHeader: "the file is empty; its first line must name the columns"
        case .emptyColumnName(let position): "column \(position) of the header has no name"
        case .duplicateColumn(let name): "the header names `\(name)` twice"
        case .fieldCount(let found, let expected):
            "the row has \(found) field\(found == 1 ? "" : "s"), the header \(expected)"
        case .unclosedQuote: "a quoted field that starts on this line's record is never closed"
        case .textAfterQuote: "text follows a closing quote; double a quote to have one inside a quoted field"
        case .quoteInsideField: "a quote inside an unquoted field; quote the whole field and double the quote"
        case .notUTF8: "the row is not valid UTF-8"
        case .containsNUL: "the row holds a NUL byte, which Postgres cannot store"
        }
    }
}
