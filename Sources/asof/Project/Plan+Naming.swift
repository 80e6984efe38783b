import FeatureDefs

extension Plan {
    /// The feature that a user calls `view.feature`.
    func reference(named feature: String) throws(CommandFailure) -> FeatureReference {
        let known = featureViews.flatMap(\.references) + onDemandReferences
        if let reference = known.first(where: { $0.description == feature }) { return reference }
        let ofView = known.filter { $0.view == feature }.map(\.description)
        guard ofView.isEmpty else {
            throw .usage("`\(feature)` is a view; name one of its features: \(ofView.joined(separator: ", "))")
        }
        let sameName = known.filter { $0.feature == feature }.map(\.description)
        let help = Suggestion.help(
            for: feature, among: sameName.isEmpty ? known.map(\.description) : sameName, available: "there are")
        throw .usage("the project has no feature `\(feature)`; name one as VIEW.FEATURE; \(help ?? "there are none")")
    }
}
