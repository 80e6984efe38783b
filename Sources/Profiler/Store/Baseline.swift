package import FeatureDefs

/// What a baseline is the baseline of, and where its rows came from.
package struct Baseline: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, Codable {
        /// A training set of a service; its name is the dataset's.
        case training
        /// The first profiles of a view.
        case offline
        /// The first served values of a service without a training set.
        case served
    }

    package let name: String
    package let kind: Kind
    /// The service or the view.
    package let subject: String
    package let planFingerprint: String
    package let rows: Int
    /// Fewer than `rows` where a sample of them was profiled.
    package let profiledRows: Int
    package let origin: String
    package let createdAt: Timestamp
    package let isPinned: Bool

    /// How it is shown.
    package var shortName: String { kind == .training ? String(name.prefix(12)) : name }
}

/// Why profiles cannot be made or read; says what to do next.
package enum ProfileError: Error, Hashable, Sendable, CustomStringConvertible {
    case noSuchBaseline(String, known: [String])
    case severalBaselines(service: String, known: [String])
    case emptyBaseline(subject: String)
    case notServed(service: String)
    case damaged(String)

    package var description: String {
        switch self {
        case .noSuchBaseline(let name, let known):
            "no baseline `\(name)`; there are: \(known.isEmpty ? "none" : known.joined(separator: ", "))"
        case .severalBaselines(let service, let known):
            "\(known.count) training sets of `\(service)` have profiles: \(known.joined(separator: ", ")); say once which one the deployed "
                + "model was trained on: --baseline DATASET (`datasetID` in its manifest)"
        case .emptyBaseline(let subject):
            "no rows of `\(subject)` between --from and --to to take a baseline from; name a stretch that has some"
        case .notServed(let service):
            "nothing of `\(service)` was logged between --from and --to; a service logs what it serves with `log: {sample: 1.0}`"
        case .damaged(let reason): "\(reason)"
        }
    }
}
