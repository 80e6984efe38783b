/// Why strategy `merge` cannot join.
package enum MergeError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooManyRows(source: String)

    package var description: String {
        switch self {
        case .tooManyRows(let source):
            "source `\(source)` has more than 2 billion rows that the spine can see; use --strategy probe or a shorter spine"
        }
    }
}
