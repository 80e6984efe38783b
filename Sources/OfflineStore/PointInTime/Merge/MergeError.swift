/// Why strategy `merge` cannot join.
package enum MergeError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooManyRows(source: String)
    case cannotSpill(folder: String, reason: String)

    package var description: String {
        switch self {
        case .tooManyRows(let source):
            "source `\(source)` has more than 2 billion rows that the spine can see; lower --memory so that they are joined in parts"
        case .cannotSpill(let folder, let reason):
            "cannot put rows aside in \(folder): \(reason); set TMPDIR to a folder with room, or raise --memory"
        }
    }
}
