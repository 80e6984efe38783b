package import FeatureDefs

/// Why a training set was not made. Nothing has been written.
package enum TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
    case cannotWrite(path: String, reason: String)
    /// The output leads to the file that the spine is read from.
    case outputIsSpine(output: String, spine: String)
    case tableExists(String)
    /// An expression of the definitions failed on some row: division by zero, overflow, the logarithm of a negative.
    /// `feature` is nil where a statement failed as a whole.
    case computationFailed(feature: String?, reason: String)
    case noSuchLabel(String, available: [String])
    /// The leak check found something, and was asked to be strict.
    case leaks([LeakFinding])
    /// A part of the leak check came to no end, and the check was asked to be strict.
    case leakCheckInconclusive([String])
    /// The sources no longer have what the recorded definitions read.
    case sourcesChanged([PlanMisfit])

    package var description: String {
        switch self {
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .outputIsSpine(let output, let spine):
            "\(output) is the spine itself\(output == spine ? "" : " (\(spine))"); name another file for the training set"
        case .tableExists(let name): "table `\(name)` exists already; drop it or name another"
        case .noSuchLabel(let name, let available):
            "the spine has no column `\(name)` to take for the label; it has: \(available.joined(separator: ", "))"
        case .leaks(let findings):
            "the leak check found \(findings.count) sign\(findings.count == 1 ? "" : "s") of a leak, and nothing was written: "
                + findings.map(\.description).joined(separator: "; ")
        case .leakCheckInconclusive(let parts):
            "the leak check could not tell, and nothing was written: " + parts.joined(separator: "; ")
                + " (without --strict that is a warning)"
        case .sourcesChanged(let misfits):
            "it cannot be made again: " + misfits.map(\.description).joined(separator: "; ")
        case .computationFailed(let feature, let reason):
            "computing \(feature.map { "`\($0)`" } ?? "a feature") failed: \(reason); guard the expression, for instance with nullif(x, 0) or case when"
        }
    }

    /// What went wrong, without the place.
    var reason: String {
        switch self {
        case .cannotWrite(_, let reason): reason
        case .outputIsSpine, .tableExists, .computationFailed, .sourcesChanged, .noSuchLabel, .leaks, .leakCheckInconclusive:
            description
        }
    }
}
