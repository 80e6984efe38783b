import Foundation

/// A file of commas and line ends, CR LF or LF, without quotes.
enum CommaSeparated {
    /// The rows under the header. Elec2 and the flights have CR LF, which Swift takes for one character: a split at LF finds nothing.
    static func rows(_ path: String) throws -> [[String]] {
        try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst()
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map { String($0) } }
    }
}
