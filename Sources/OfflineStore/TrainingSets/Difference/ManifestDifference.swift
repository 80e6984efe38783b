import FeatureDefs

/// What two training sets were asked for, where it differs.
package struct ManifestDifference: Codable, Hashable, Sendable {
    package let what: String
    package let a: String
    package let b: String
}

extension TrainingManifest {
    /// Every respect in which another training set was asked for something else, or found something else in its sources.
    package func differences(from other: TrainingManifest) -> [ManifestDifference] {
        var differences: [ManifestDifference] = []
        func compare(_ what: String, _ a: String?, _ b: String?) {
            if a != b { differences.append(.init(what: what, a: a ?? "none", b: b ?? "none")) }
        }
        compare("asof version", asof, other.asof)
        compare("project", project, other.project)
        compare("service", service, other.service)
        compare("knowledge", knowledge.rawValue, other.knowledge.rawValue)
        compare("as of", asOf, other.asOf)
        compare("strategy", strategy.rawValue, other.strategy.rawValue)
        compare("spine", spine.source, other.spine.source)
        compare("spine content", String(spine.sha256.prefix(12)), String(other.spine.sha256.prefix(12)))
        for name in Set(viewFingerprints.keys).union(other.viewFingerprints.keys).sorted() {
            compare(
                "definition of view \(name)",
                viewFingerprints[name].map { String($0.prefix(12)) },
                other.viewFingerprints[name].map { String($0.prefix(12)) }
            )
        }
        for source in Set(sources.map(\.source)).union(other.sources.map(\.source)).sorted() {
            let a = sources.first { $0.source == source }
            let b = other.sources.first { $0.source == source }
            compare("rows of source \(source)", a?.rows.map(String.init), b?.rows.map(String.init))
            compare("newest row of source \(source)", a?.maxAvailable, b?.maxAvailable)
        }
        return differences
    }
}
